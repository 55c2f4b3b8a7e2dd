import { createHash } from 'node:crypto'
import { controlFields, debPackage } from './deb.js'
import type { DemoFile } from './demo-file.js'
import type { HostPlan, Release } from './fleet-plan.js'
import { installedPackages, offeredPackages } from './packages.js'

/** Where a host's package source lies: on its own disk, since it has no network. */
const SOURCE = '/srv/apt'

/**
 * A package database of the host's own (the `status` file of dpkg(1)), so that `dpkg-query` and `apt` list this host's
 * packages and not the machine's, and a package source to install from. The database only records packages: which
 * programs there are is decided by the machine's `/usr`.
 */
export function aptFiles(plan: HostPlan): readonly DemoFile[] {
  const installed = installedPackages(plan)
  const index = sourceFiles(plan.release)
  return [
    {
      path: '/var/lib/dpkg/status',
      content: installed.map(spec => `${controlFields(spec)}Status: install ok installed\n`).join('\n'),
    },
    ...installed.flatMap(({ name }) => [
      { path: `/var/lib/dpkg/info/${name}.list`, content: '/.\n' },
      { path: `/var/lib/dpkg/info/${name}.md5sums`, content: '' },
    ]),
    { path: '/var/lib/dpkg/info/format', content: '1\n' },
    ...EMPTY.map(path => ({ path, content: '' })),
    { path: '/etc/apt/sources.list', content: `deb [trusted=yes] file:${SOURCE} ./\n` },
    // Only root exists in a sandbox, so apt cannot drop to its own user for downloads.
    { path: '/etc/apt/apt.conf.d/10sandbox', content: 'APT::Sandbox::User "root";\nAcquire::Languages "none";\n' },
    ...index,
  ]
}

/** Files that dpkg and apt want to find, if only empty, or whose directories they want. */
const EMPTY = [
  ...['available', 'diversions', 'lock', 'lock-frontend', 'statoverride', 'triggers/File', 'triggers/Unincorp'].map(
    name => `/var/lib/dpkg/${name}`,
  ),
  '/var/lib/dpkg/updates/.keep',
  '/var/lib/apt/lists/partial/.keep',
  '/var/cache/apt/archives/partial/.keep',
  '/etc/apt/preferences.d/.keep',
]

/** A flat repository (sources.list(5)) and, as if `apt-get update` had been run, its index in apt's own lists. */
function sourceFiles(release: Release): readonly DemoFile[] {
  const packages = offeredPackages(release).map(spec => {
    const content = debPackage(spec)
    const fileName = `${spec.name}_${release}_all.deb`
    const sha256 = createHash('sha256').update(content).digest('hex')
    const entry = `${controlFields(spec)}Filename: ./${fileName}\nSize: ${content.length}\nSHA256: ${sha256}\n`
    return { file: { path: `${SOURCE}/${fileName}`, content }, entry }
  })
  const index = packages.map(({ entry }) => entry).join('\n')
  return [
    ...packages.map(({ file }) => file),
    { path: `${SOURCE}/Packages`, content: index },
    { path: `/var/lib/apt/lists/${SOURCE.replaceAll('/', '_')}_._Packages`, content: index },
  ]
}
