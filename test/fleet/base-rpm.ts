import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Recipe } from './base.js'
import { releases } from './base-debian.js'
import { run } from './command.js'
import { machineMirror } from './mirror.js'
import { specOf, type TinyPackage, tinyPackages } from './repository.js'

const packages = ['dnf', 'rpm', 'createrepo-c', 'git'] as const

/** What the hosts of this base can install by dnf: those of the tiny packages that start no service. */
const rpms: readonly TinyPackage[] = [
  ...tinyPackages.filter(({ name }) => name !== 'muster-demo'),
  {
    name: 'muster-old',
    version: '0.9',
    summary: 'is installed already',
    files: { '/usr/bin/muster-old': '#!/bin/sh\necho old\n' },
  },
]

const files: Readonly<Record<string, string>> = {
  // Debian keeps the list of installed packages in the home of whoever asks; Red Hat's systems keep it here
  'etc/rpm/macros': '%_dbpath /var/lib/rpm\n',
  'etc/dnf/vars/releasever': '12\n',
  'etc/yum.repos.d/lab.repo': '[lab]\nname=lab\nbaseurl=file:///srv/rpms\nenabled=1\ngpgcheck=0\n',
  'etc/gitconfig': '[user]\n\tname = lab\n\temail = root@localhost\n[init]\n\tdefaultBranch = main\n',
  ...Object.fromEntries(rpms.map(tiny => [`tmp/rpms/${tiny.name}-${tiny.version}.spec`, specOf(tiny)])),
}

const installation = `
set -e
apt='apt-get -q -y -o Dir::Etc::sourcelist=/tmp/sources.list -o Dir::Etc::sourceparts=-'
$apt update
DEBIAN_FRONTEND=noninteractive $apt install --no-install-recommends ${packages.join(' ')}
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /tmp/sources.list
apt-get -q update`

/** A repository for dnf, and one to clone, with two branches. */
const repositories = `
set -e
mkdir -p /srv/rpms /srv/git
rpmbuild -bb --quiet --define '_rpmdir /srv/rpms' --define '_topdir /tmp/rpms/top' /tmp/rpms/*.spec
createrepo_c -q /srv/rpms
dnf -q -y install muster-old
rm -rf /var/cache/dnf/* /var/log/dnf* /var/log/hawkey.log
rm -rf /tmp/rpms
git init -q /tmp/site
cd /tmp/site
echo 'hello' > index
git add index
git commit -q -m 'a page'
git branch stable
echo 'hello again' > index
git commit -q -a -m 'another page'
git clone -q --bare /tmp/site /srv/git/site.git
rm -rf /tmp/site`

/**
 * The recipe of a host as Red Hat's systems are, as far as Debian's packages of their tools go: bookworm with dnf, rpm and git, an
 * rpm repository (`/srv/rpms`) of the tiny packages, of which `muster-old` is installed, and a git repository (`/srv/git/site.git`).
 */
export const rpmRecipe: Recipe = {
  from: 'bookworm',
  text: JSON.stringify([packages, files, installation, repositories]),
  async build(folder, from) {
    const mirror = await machineMirror(releases)
    if (mirror === undefined) throw new Error('apt of this machine knows no mirror of Debian to take dnf from')
    await run('cp', '-a', '--reflink=auto', from, folder)
    await put(folder, 'etc/resolv.conf', await readFile('/etc/resolv.conf', 'utf8'))
    await put(folder, 'tmp/sources.list', `deb ${mirror} bookworm main\n`)
    await inside(folder, installation)
    await put(folder, 'etc/resolv.conf', '')
    for (const [path, text] of Object.entries(files)) await put(folder, path, text)
    await inside(folder, repositories)
  },
}

async function put(folder: string, path: string, text: string): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true })
  await writeFile(join(folder, path), text)
}

/** In a mount namespace of its own, with /proc, which rpm looks at; as a build, apt starts no service in a chroot. */
async function inside(folder: string, script: string): Promise<void> {
  await run('unshare', '-m', 'sh', '-c', 'mount -t proc proc "$0/proc" && exec chroot "$0" sh -c "$1"', folder, script)
}
