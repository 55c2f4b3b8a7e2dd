import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './command.js'
import { machineMirror } from './mirror.js'
import { basesFolder } from './places.js'
import { tinyPackages, writeRepository } from './repository.js'

const suite = 'bookworm'

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

/** What sudo asks the user `deploy` for, on every host. */
export const deployPassword = 'correct horse'

/** The user accounts of every host besides root: each may become root, `deploy` only with a password. */
const prepareAccounts = `
useradd --create-home --uid 1000 --shell /bin/bash ops
useradd --create-home --uid 1001 --shell /bin/sh deploy
echo 'deploy:${deployPassword}' | chpasswd
echo 'ops ALL=(ALL:ALL) NOPASSWD: ALL' > /etc/sudoers.d/ops
echo 'deploy ALL=(ALL:ALL) ALL' > /etc/sudoers.d/deploy
chmod 440 /etc/sudoers.d/ops /etc/sudoers.d/deploy`

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

/** Units that make no sense on a machine without devices, consoles or a network to configure. */
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
  'systemd-networkd.service',
  'systemd-resolved.service',
  'systemd-udevd.service',
] as const

const preparation = ['set -e', prepareAccounts, prepareSsh, prepareApt].join('\n')

/**
 * The folder of the base file system that this version of the recipe makes. Another recipe has another folder, so a base
 * is never changed under the hosts that stand on it.
 */
function baseFolder(): string {
  const recipe = JSON.stringify([suite, packages, preparation, maskedUnits, tinyPackages])
  return join(basesFolder(), `${suite}-${createHash('sha256').update(recipe).digest('hex').slice(0, 12)}`)
}

/** The base file system, if it has been built; undefined when the first lab must build it (about a minute). */
export function builtBase(): string | undefined {
  const base = baseFolder()
  return existsSync(base) ? base : undefined
}

/**
 * The folder of the base file system, built first where it is missing. Two processes may build at once: the first to end wins.
 *
 * @throws {CommandFailed} when debootstrap cannot build it, for want of a network for instance.
 */
export async function base(): Promise<string> {
  const ready = builtBase()
  if (ready !== undefined) return ready
  await mkdir(basesFolder(), { recursive: true })
  await removeAbandonedBuilds()
  const target = baseFolder()
  const build = `${target}.build-${process.pid}`
  try {
    await debootstrap(build)
    await prepare(build)
    await rename(build, target).catch((error: unknown) => {
      if (!existsSync(target)) throw error
    })
  } finally {
    await rm(build, { recursive: true, force: true })
  }
  return target
}

/** In a mount namespace of its own, so that what debootstrap mounts is gone when it ends, however it ends. */
async function debootstrap(folder: string): Promise<void> {
  const mirror = await machineMirror(suite)
  const include = `--include=${packages.join(',')}`
  await run('unshare', '-m', 'debootstrap', '--variant=minbase', include, suite, folder, ...(mirror ? [mirror] : []))
}

async function prepare(folder: string): Promise<void> {
  await writeRepository(join(folder, 'srv/repository'))
  await writeFile(join(folder, 'etc/resolv.conf'), '')
  for (const unit of maskedUnits) await symlink('/dev/null', join(folder, 'etc/systemd/system', unit))
  await run('chroot', folder, 'sh', '-c', preparation)
}

/** Removes what builders that died left: their folder carries their pid. */
async function removeAbandonedBuilds(): Promise<void> {
  for (const name of await readdir(basesFolder())) {
    const pid = /\.build-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) {
      await rm(join(basesFolder(), name), { recursive: true, force: true })
    }
  }
}
