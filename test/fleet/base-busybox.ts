import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Recipe } from './base.js'
import { deployPassword } from './base-debian.js'
import { run } from './command.js'

/** What is there beside BusyBox: the ssh servers, which are Debian's, each with the libraries it is linked with. */
const programs = [
  '/usr/sbin/sshd',
  '/usr/lib/openssh/sftp-server',
  '/usr/sbin/dropbear',
  '/usr/lib/dropbear/dropbearconvert',
] as const

const files: Readonly<Record<string, string>> = {
  'etc/os-release': 'NAME="BusyBox"\nID=busybox\nVERSION_ID=1.35\nPRETTY_NAME="BusyBox 1.35"\n',
  'etc/profile': 'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n',
  'etc/resolv.conf': '',
  'etc/shells': '/bin/sh\n/bin/ash\n',
  'etc/ssh/sshd_config': `AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/authorized_keys
HostKey /etc/ssh/ssh_host_ed25519_key
Subsystem sftp /usr/lib/openssh/sftp-server
UseDNS no
UsePAM no
MaxStartups 200
`,
}

/** Who has an account, as in the release that the servers come from; everybody's shell is BusyBox's. */
const accounts = ['root', 'sshd', 'nobody', 'ops', 'deploy'] as const
const groups = ['root', 'tty', 'nogroup', 'ops', 'deploy'] as const

/**
 * `su` needs the set-user-id bit, which BusyBox gives up at once for all its other applets, and a password hashed in a way
 * it knows, not in Debian's.
 */
const preparation = `
set -e
/bin/busybox --install -s
chmod 4755 /bin/busybox
chmod 1777 /tmp /var/tmp
chmod 700 /root
chmod 600 /etc/shadow
sed -i "s|^deploy:[^:]*|deploy:$(mkpasswd -m sha512 '${deployPassword}')|" /etc/shadow
chown ops:ops /home/ops
chown deploy:deploy /home/deploy`

const folders = [
  'bin',
  'sbin',
  'usr/bin',
  'usr/sbin',
  'usr/local/sbin',
  'proc',
  'sys',
  'dev',
  'run',
  'tmp',
  'root',
  'srv',
]
const moreFolders = ['var/tmp', 'var/log', 'var/empty', 'home/ops', 'home/deploy', 'etc/dropbear']

/** The recipe of a host with BusyBox alone: no bash, no GNU tools, no package system, no sudo, no systemd. */
export const busyboxRecipe: Recipe = {
  from: 'bookworm',
  text: JSON.stringify([programs, files, accounts, groups, preparation, folders, moreFolders]),
  async build(folder, from) {
    for (const name of [...folders, ...moreFolders]) await mkdir(join(folder, name), { recursive: true, mode: 0o755 })
    for (const program of ['/bin/busybox', ...programs]) await copy(from, folder, program)
    for (const library of await librariesOf(from)) await copy(from, folder, library)
    for (const [name, text] of Object.entries({ ...files, ...(await accountFiles(from)) })) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
    }
    await run('chroot', folder, '/bin/busybox', 'sh', '-c', preparation)
  },
}

/** Copies what a path means inside `from`, where links may be absolute. */
async function copy(from: string, to: string, path: string): Promise<void> {
  const file = (await run('chroot', from, 'realpath', path)).trim()
  await mkdir(dirname(join(to, path)), { recursive: true })
  await run('cp', '--preserve=mode', join(from, file), join(to, path))
}

/** All shared libraries of the programs, and the loader, as paths (ldd(1)). */
async function librariesOf(from: string): Promise<ReadonlySet<string>> {
  const lines = await run('chroot', from, 'ldd', ...programs)
  return new Set(lines.match(/\/\S+\.so\S*/g))
}

async function accountFiles(from: string): Promise<Readonly<Record<string, string>>> {
  const lines = async (file: string, names: readonly string[]): Promise<string> => {
    const all = (await readFile(join(from, file), 'utf8')).split('\n')
    return names.map(name => `${all.find(line => line.startsWith(`${name}:`))}\n`).join('')
  }
  return {
    'etc/passwd': (await lines('etc/passwd', accounts)).replaceAll('/bin/bash', '/bin/sh'),
    // Without PAM, sshd takes `!` for a locked account (sshd(8), AUTHENTICATION).
    'etc/shadow': (await lines('etc/shadow', accounts)).replaceAll(':!', ':*'),
    'etc/group': await lines('etc/group', groups),
  }
}
