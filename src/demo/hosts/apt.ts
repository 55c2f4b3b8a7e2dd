import type { DemoFile } from './demo-file.js'
import type { HostPlan, Release, Role } from './fleet-plan.js'

interface Package {
  readonly name: string
  readonly version: Readonly<Record<Release, string>>
  readonly summary: string
  /** Installed only on hosts of these roles; default: on every host. */
  readonly roles?: readonly Role[]
}

const PACKAGES: readonly Package[] = [
  { name: 'apt', version: { '12.9': '2.6.1', '11.11': '2.2.4' }, summary: 'commandline package manager' },
  { name: 'base-files', version: { '12.9': '12.4+deb12u9', '11.11': '11.1+deb11u11' }, summary: 'base system files' },
  { name: 'bash', version: { '12.9': '5.2.15-2+b7', '11.11': '5.1-2+deb11u1' }, summary: 'GNU Bourne Again SHell' },
  { name: 'coreutils', version: { '12.9': '9.1-1', '11.11': '8.32-4+b1' }, summary: 'GNU core utilities' },
  { name: 'cron', version: { '12.9': '3.0pl1-162', '11.11': '3.0pl1-137' }, summary: 'process scheduling daemon' },
  { name: 'curl', version: { '12.9': '7.88.1-10+deb12u8', '11.11': '7.74.0-1.3+deb11u14' }, summary: 'transfer tool' },
  { name: 'dash', version: { '12.9': '0.5.12-2', '11.11': '0.5.11-5' }, summary: 'POSIX-compliant shell' },
  { name: 'dpkg', version: { '12.9': '1.21.22', '11.11': '1.20.13' }, summary: 'package management system' },
  { name: 'libc6', version: { '12.9': '2.36-9+deb12u9', '11.11': '2.31-13+deb11u11' }, summary: 'GNU C Library' },
  { name: 'ntp', version: { '12.9': '1:4.2.8p15-2', '11.11': '1:4.2.8p15-1' }, summary: 'network time daemon' },
  { name: 'openssh-server', version: { '12.9': '1:9.2p1-2', '11.11': '1:8.4p1-5' }, summary: 'secure shell server' },
  { name: 'openssl', version: { '12.9': '3.0.15-1', '11.11': '1.1.1w-0' }, summary: 'cryptographic toolkit' },
  { name: 'tzdata', version: { '12.9': '2024b-0', '11.11': '2024b-0' }, summary: 'time zone data' },
  {
    name: 'nginx',
    version: { '12.9': '1.22.1-9', '11.11': '1.18.0-6.1' },
    summary: 'small, powerful web and proxy server',
    roles: ['web', 'edge'],
  },
  {
    name: 'postgresql-15',
    version: { '12.9': '15.10-0', '11.11': '15.10-0' },
    summary: 'object-relational SQL database',
    roles: ['db'],
  },
]

const OLD_CURL = '7.88.1-10+deb12u5'

/**
 * A package database of the host's own (the `status` file of dpkg(1)), so that `dpkg-query` and `apt` list this host's
 * packages and not the machine's. It records packages; their programs are whatever `/usr` of the machine holds.
 */
export function aptFiles(plan: HostPlan): readonly DemoFile[] {
  const installed = PACKAGES.filter(({ roles }) => roles === undefined || roles.includes(plan.role))
  const entries = installed.map(entry => ({
    ...entry,
    installed: plan.name === 'web-2' && entry.name === 'curl' ? OLD_CURL : entry.version[plan.release],
  }))
  return [
    { path: '/var/lib/dpkg/status', content: entries.map(statusEntry).join('\n') },
    ...['available', 'diversions', 'statoverride', 'lock', 'lock-frontend', 'triggers/File', 'triggers/Unincorp'].map(
      file => ({ path: `/var/lib/dpkg/${file}`, content: '' }),
    ),
    { path: '/var/lib/dpkg/info/format', content: '1\n' },
    ...entries.map(({ name }) => ({ path: `/var/lib/dpkg/info/${name}.list`, content: '/.\n' })),
    { path: '/var/lib/dpkg/updates/.keep', content: '' },
    { path: '/var/lib/apt/lists/partial/.keep', content: '' },
    { path: '/var/cache/apt/archives/partial/.keep', content: '' },
    { path: '/etc/apt/sources.list', content: '# A demo host has no network, and so no package sources.\n' },
    { path: '/etc/apt/preferences.d/.keep', content: '' },
    { path: '/etc/apt/apt.conf.d/10sandbox', content: 'APT::Sandbox::User "root";\n' },
  ]
}

function statusEntry(entry: Package & { readonly installed: string }): string {
  return [
    `Package: ${entry.name}`,
    'Status: install ok installed',
    'Priority: optional',
    'Section: admin',
    'Maintainer: Demo <root@demo.example>',
    'Architecture: all',
    `Version: ${entry.installed}`,
    `Description: ${entry.summary}`,
    '',
  ].join('\n')
}
