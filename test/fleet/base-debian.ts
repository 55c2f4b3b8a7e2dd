import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Recipe } from './base.js'
import { run } from './command.js'
import { machineMirror } from './mirror.js'
import { tinyPackages, writeRepository } from './repository.js'

/** The Debian releases a host can run, oldest first: OpenSSH 8.4, 9.2 and 10.0. */
export const releases = ['bullseye', 'bookworm', 'trixie'] as const

export type Release = (typeof releases)[number]

const packages = [
  'openssh-server',
  'sudo',
  'systemd',
  'systemd-sysv',
  'dbus',
  'libpam-systemd',
  'iproute2',
  'procps',
  'cron',
  'acl',
  'less',
  'iputils-ping',
  'netcat-openbsd',
] as const

/** The odd servers, the other userland and the other sudo come from one release. */
const morePackages: Readonly<Partial<Record<Release, readonly string[]>>> = {
  bookworm: ['busybox-static', 'doas', 'dropbear-bin', 'tinysshd', 'ucspi-tcp'],
}

/** What sudo asks the user `deploy` for, on every host. */
export const deployPassword = 'correct horse'

/** The user accounts of every host besides root: each may become root, `deploy` only with a password, by sudo or doas. */
const prepareAccounts = `
useradd --create-home --uid 1000 --shell /bin/bash ops
useradd --create-home --uid 1001 --shell /bin/sh deploy
echo 'deploy:${deployPassword}' | chpasswd
echo 'ops ALL=(ALL:ALL) NOPASSWD: ALL' > /etc/sudoers.d/ops
echo 'deploy ALL=(ALL:ALL) ALL' > /etc/sudoers.d/deploy
chmod 440 /etc/sudoers.d/ops /etc/sudoers.d/deploy
printf 'permit nopass ops\\npermit deploy\\n' > /etc/doas.conf
chmod 400 /etc/doas.conf`

/** A host has an identity of its own, given when its disk is made, and one client key that opens all its accounts. */
const prepareSsh = `
rm -f /etc/ssh/ssh_host_*
cat > /etc/ssh/sshd_config.d/lab.conf <<'END'
AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/authorized_keys
HostKey /etc/ssh/ssh_host_ed25519_key
UseDNS no
MaxStartups 200
END
: > /etc/machine-id`

/** Hosts have no way out of the lab: packages come from a repository on their own disk. */
const prepareApt = `
rm -rf /etc/apt/sources.list.d/* /var/lib/apt/lists/* /var/cache/apt/*
echo 'deb [trusted=yes] file:/srv/repository ./' > /etc/apt/sources.list
apt-get -q update`

/** Units that make no sense on a machine without devices, consoles or a network to configure, and a second ssh server. */
const maskedUnits = [
  'apt-daily-upgrade.timer',
  'apt-daily.timer',
  'console-getty.service',
  'dev-hugepages.mount',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'getty.target',
  'sys-fs-fuse-connections.mount',
  'sys-kernel-debug.mount',
  'sys-kernel-tracing.mount',
  'systemd-networkd-wait-online.service',
  'systemd-networkd.service',
  'systemd-networkd.socket',
  'systemd-resolved.service',
  'systemd-udevd.service',
  'tinysshd.socket',
] as const

const preparation = ['set -e', prepareAccounts, prepareSsh, prepareApt].join('\n')

/** The recipe of a Debian release with OpenSSH, systemd, sudo and a repository of a few tiny packages. */
export function debianRecipe(release: Release): Recipe {
  const all = [...packages, ...(morePackages[release] ?? [])]
  return {
    text: JSON.stringify([release, all, preparation, maskedUnits, tinyPackages]),
    async build(folder) {
      await debootstrap(release, all, folder)
      await prepare(folder)
    },
  }
}

/** In a mount namespace of its own, so that what debootstrap mounts is gone when it ends, however it ends. */
async function debootstrap(release: Release, include: readonly string[], folder: string): Promise<void> {
  const mirror = await machineMirror([release, ...releases])
  const options = ['--variant=minbase', `--include=${include.join(',')}`]
  await run('unshare', '-m', 'debootstrap', ...options, release, folder, ...(mirror === undefined ? [] : [mirror]))
}

async function prepare(folder: string): Promise<void> {
  await writeRepository(join(folder, 'srv/repository'))
  await writeFile(join(folder, 'etc/resolv.conf'), '')
  for (const unit of maskedUnits) await symlink('/dev/null', join(folder, 'etc/systemd/system', unit))
  await run('chroot', folder, 'sh', '-c', preparation)
}
