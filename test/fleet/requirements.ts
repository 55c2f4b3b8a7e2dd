import { execFileSync } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type BaseName, builtBase } from './base.js'

/** Debian's package for each program the lab runs on this machine. */
const programs = {
  ip: 'iproute2',
  ss: 'iproute2',
  bridge: 'iproute2',
  ethtool: 'ethtool',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  chroot: 'coreutils',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  'dpkg-deb': 'dpkg',
} as const

/** An overlay over a tmpfs, in fresh namespaces of every kind that a host has: what a host needs from the kernel. */
const probe = `
mount -t tmpfs probe /mnt && cd /mnt && mkdir lower upper work root &&
mount -t overlay probe root -o lowerdir=lower,upperdir=upper,workdir=work`

/**
 * Says in one sentence why the lab cannot run here; undefined when it can.
 *
 * @param bases the base file systems that its hosts stand on.
 * @example
 * describe.skipIf(labUnavailable() !== undefined)('over real sshd', () => {…})
 */
export function labUnavailable(bases: readonly BaseName[] = ['bookworm']): string | undefined {
  if (process.platform !== 'linux') return 'the test fleet needs Linux namespaces: run it on Linux'
  if (process.getuid?.() !== 0) return 'the test fleet needs root: run this command as root'
  for (const [program, debianPackage] of Object.entries(programs)) {
    if (!installed(program)) return `the test fleet needs ${program}: apt-get install ${debianPackage}`
  }
  if (bases.some(base => builtBase(base) === undefined) && !installed('debootstrap')) {
    return 'the test fleet needs debootstrap to build a base file system: apt-get install debootstrap'
  }
  if (cgroup2Mount() === undefined) return 'the test fleet needs a mounted cgroup2 file system: there is none here'
  try {
    execFileSync('unshare', ['-m', '-p', '-u', '-i', '-n', '-C', '--fork', 'sh', '-c', probe], { stdio: 'pipe' })
  } catch {
    return 'the test fleet needs namespaces and overlayfs, which the kernel refuses here (a container without privileges?)'
  }
  return undefined
}

function installed(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some(folder => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Where cgroup2 is mounted: `/sys/fs/cgroup`, or `/sys/fs/cgroup/unified` beside version 1. */
export function cgroup2Mount(): string | undefined {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map(line => line.split(' '))
    .find(([, , type]) => type === 'cgroup2')
    ?.at(1)
}
