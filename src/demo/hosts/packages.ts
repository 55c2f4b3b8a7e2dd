import type { DebSpec } from './deb.js'
import type { HostPlan, Release, Role } from './fleet-plan.js'

interface Package {
  readonly name: string
  readonly version: Readonly<Record<Release, string>>
  readonly summary: string
  /** On which hosts it is installed from the start; default: on every one. */
  readonly roles?: readonly Role[]
  /** Offered by the hosts' package source. */
  readonly offered?: boolean
}

const PACKAGES: readonly Package[] = [
  { name: 'apt', version: { '12.9': '2.6.1', '11.11': '2.2.4' }, summary: 'commandline package manager' },
  { name: 'base-files', version: { '12.9': '12.4+deb12u9', '11.11': '11.1+deb11u11' }, summary: 'base system files' },
  { name: 'bash', version: { '12.9': '5.2.15-2+b7', '11.11': '5.1-2+deb11u1' }, summary: 'GNU Bourne Again SHell' },
  {
    name: 'chrony',
    version: { '12.9': '4.3-2+deb12u1', '11.11': '4.0-8+deb11u2' },
    summary: 'versatile network time daemon',
    roles: [],
    offered: true,
  },
  { name: 'coreutils', version: { '12.9': '9.1-1', '11.11': '8.32-4+b1' }, summary: 'GNU core utilities' },
  { name: 'cron', version: { '12.9': '3.0pl1-162', '11.11': '3.0pl1-137' }, summary: 'process scheduling daemon' },
  {
    name: 'curl',
    version: { '12.9': '7.88.1-10+deb12u8', '11.11': '7.74.0-1.3+deb11u14' },
    summary: 'command line tool for transferring data',
    offered: true,
  },
  { name: 'dash', version: { '12.9': '0.5.12-2', '11.11': '0.5.11-5' }, summary: 'POSIX-compliant shell' },
  { name: 'dpkg', version: { '12.9': '1.21.22', '11.11': '1.20.13' }, summary: 'package management system' },
  {
    name: 'htop',
    version: { '12.9': '3.2.2-2', '11.11': '3.0.5-7' },
    summary: 'interactive processes viewer',
    roles: [],
    offered: true,
  },
  { name: 'libc6', version: { '12.9': '2.36-9+deb12u9', '11.11': '2.31-13+deb11u11' }, summary: 'GNU C Library' },
  {
    name: 'nginx',
    version: { '12.9': '1.22.1-9', '11.11': '1.18.0-6.1' },
    summary: 'small, powerful, scalable web and proxy server',
    roles: ['web', 'edge'],
    offered: true,
  },
  {
    name: 'ntp',
    version: { '12.9': '1:4.2.8p15+dfsg-2', '11.11': '1:4.2.8p15+dfsg-1' },
    summary: 'network time daemon',
    offered: true,
  },
  { name: 'openssh-server', version: { '12.9': '1:9.2p1-2', '11.11': '1:8.4p1-5' }, summary: 'secure shell server' },
  { name: 'openssl', version: { '12.9': '3.0.15-1', '11.11': '1.1.1w-0' }, summary: 'cryptographic toolkit' },
  {
    name: 'postgresql-15',
    version: { '12.9': '15.10-0+deb12u1', '11.11': '15.10-0+deb11u1' },
    summary: 'object-relational SQL database',
    roles: ['db'],
    offered: true,
  },
  { name: 'tzdata', version: { '12.9': '2024b-0', '11.11': '2024b-0' }, summary: 'time zone data' },
]

/** The one host that missed an update. */
const BEHIND = { host: 'web-2', name: 'curl', version: '7.88.1-10+deb12u5' }

/** What is installed on a host, by name. */
export function installedPackages(plan: HostPlan): readonly DebSpec[] {
  const installed = PACKAGES.filter(({ roles }) => roles === undefined || roles.includes(plan.role))
  return installed.map(({ name, version, summary }) => {
    const behind = plan.name === BEHIND.host && name === BEHIND.name
    return { name, version: behind ? BEHIND.version : version[plan.release], summary }
  })
}

/** What the package source of a release offers. */
export function offeredPackages(release: Release): readonly DebSpec[] {
  return PACKAGES.filter(({ offered }) => offered).map(({ name, version, summary }) => ({
    name,
    version: version[release],
    summary,
  }))
}
