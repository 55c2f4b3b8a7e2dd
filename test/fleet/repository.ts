import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from './command.js'

/** A package, small enough to be written out here. */
export interface TinyPackage {
  readonly name: string
  readonly version: string
  readonly summary: string
  readonly depends?: string
  /** Paths of the files that dpkg keeps when a person changed them. */
  readonly conffiles?: readonly string[]
  /** Contents by path. What lies in a `bin` or `sbin` folder is executable. */
  readonly files: Readonly<Record<string, string>>
}

const demoUnit = `[Unit]
Description=Greets, and greets again when reloaded

[Service]
ExecStart=/usr/sbin/muster-demo
ExecReload=/bin/kill -HUP $MAINPID

[Install]
WantedBy=multi-user.target
`

const demoDaemon = `#!/bin/sh
# Writes its greeting to /run/muster-demo when it starts, and again on SIGHUP.
greet() { . /etc/muster-demo.conf; echo "$GREETING" > /run/muster-demo; }
trap 'kill $!; greet' HUP
greet
while :; do sleep 1000 & wait $!; done
`

const hello = (version: string): TinyPackage => ({
  name: 'muster-hello',
  version,
  summary: 'says hello and its version',
  files: { '/usr/bin/muster-hello': `#!/bin/sh\necho "hello ${version}"\n` },
})

/** What the hosts can install without a network: two versions of one package, one that depends on it, one with a unit. */
export const tinyPackages: readonly TinyPackage[] = [
  hello('1.0'),
  hello('1.1'),
  {
    name: 'muster-tool',
    version: '2.3-1',
    summary: 'needs muster-hello 1.1 or later',
    depends: 'muster-hello (>= 1.1)',
    files: { '/usr/bin/muster-tool': '#!/bin/sh\nexec muster-hello\n' },
  },
  {
    name: 'muster-demo',
    version: '1.0',
    summary: 'a service that greets',
    conffiles: ['/etc/muster-demo.conf'],
    files: {
      '/etc/muster-demo.conf': 'GREETING="good morning"\n',
      '/lib/systemd/system/muster-demo.service': demoUnit,
      '/usr/sbin/muster-demo': demoDaemon,
    },
  },
]

/** Writes a flat apt repository: the packages and their index (Debian repository format, `Packages`). */
export async function writeRepository(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const entries: string[] = []
  for (const tiny of tinyPackages) entries.push(await writePackage(tiny, folder))
  await writeFile(join(folder, 'Packages'), entries.join('\n'))
}

/**
 * The same package for rpmbuild(8): a spec file whose `%install` writes the files.
 *
 * Nothing is looked for that it needs: the lab has no rpm that would provide `/bin/sh`.
 */
export function specOf({ name, version, summary, depends, files }: TinyPackage): string {
  const [number = '', release = '1'] = version.split('-')
  const paths = Object.keys(files)
  const installed = Object.entries(files).map(
    ([path, text]) =>
      `install -D -m ${modeOf(path).toString(8)} /dev/stdin %{buildroot}${path} <<'END'\n${text.replaceAll('%', '%%')}END`,
  )
  return `Name: ${name}
Version: ${number}
Release: ${release}
Summary: ${summary}
License: MIT
BuildArch: noarch
AutoReqProv: no
${depends === undefined ? '' : `Requires: ${depends.replaceAll(/[()]/g, '')}\n`}
%description
${summary}
%install
${installed.join('\n')}
%files
${paths.join('\n')}
`
}

/** Builds one package and returns its entry in the index. */
async function writePackage(tiny: TinyPackage, folder: string): Promise<string> {
  const control = [
    `Package: ${tiny.name}`,
    `Version: ${tiny.version}`,
    'Architecture: all',
    'Maintainer: muster tests <root@localhost>',
    ...(tiny.depends === undefined ? [] : [`Depends: ${tiny.depends}`]),
    `Description: ${tiny.summary}`,
    '',
  ].join('\n')
  const tree = await mkdtemp(join(tmpdir(), 'muster-deb-'))
  try {
    await chmod(tree, 0o755)
    await put(tree, '/DEBIAN/control', control)
    if (tiny.conffiles !== undefined) await put(tree, '/DEBIAN/conffiles', `${tiny.conffiles.join('\n')}\n`)
    for (const [path, text] of Object.entries(tiny.files)) await put(tree, path, text)
    const name = `${tiny.name}_${tiny.version}_all.deb`
    await run('dpkg-deb', '--root-owner-group', '--build', tree, join(folder, name))
    const deb = await readFile(join(folder, name))
    const sum = createHash('sha256').update(deb).digest('hex')
    return `${control}Filename: ./${name}\nSize: ${deb.length}\nSHA256: ${sum}\n`
  } finally {
    await rm(tree, { recursive: true })
  }
}

async function put(tree: string, path: string, text: string): Promise<void> {
  const file = join(tree, path)
  await mkdir(dirname(file), { recursive: true, mode: 0o755 })
  await writeFile(file, text)
  await chmod(file, modeOf(path))
}

const modeOf = (path: string): number => (/\/s?bin\//.test(path) ? 0o755 : 0o644)
