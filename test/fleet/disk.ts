import { randomUUID } from 'node:crypto'
import { chmod, copyFile, mkdir, readFile, statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { quote } from '../../src/engine/shell/quote.js'
import { run } from './command.js'
import type { FullKind } from './kinds.js'
import { labFolder } from './record.js'
import { servers } from './ssh-servers.js'

/** How much a host can write before its disk is full. */
const diskSize = '512m'

/** The script that starts the SSH server of a host where systemd does not, as the host sees it. */
export const serverScript = '/usr/local/sbin/ssh-server'

/** The files of this machine that are the disk of a host. */
export const diskFolder = (id: number, name: string): string => join(labFolder(id), name, 'disk')

/** The files that a host had when its disk was made. */
const firstFiles = (id: number, name: string): string => join(labFolder(id), name, 'first')

/**
 * Makes the disk of a new host: the writable layer over the base, with the few files that make this host itself.
 *
 * @returns its public host key.
 */
export async function makeDisk(id: number, name: string, address: string, kind: FullKind): Promise<string> {
  const disk = diskFolder(id, name)
  const [device = '', options = ''] = tmpfs(id, name)
  await mkdir(disk, { recursive: true })
  await run('mount', '-t', 'tmpfs', device, disk, '-o', options)
  for (const folder of ['upper', 'work', 'root']) await makeFolder(join(disk, folder))
  const put = async (path: string, content: string | Buffer, mode = 0o644): Promise<void> => {
    const file = join(disk, 'upper', path)
    await makeFolder(dirname(file))
    await writeFile(file, content)
    await chmod(file, mode)
  }
  await put('etc/hostname', `${name}\n`)
  await put('etc/hosts', `127.0.0.1 localhost\n${address} ${name}\n`)
  await put('etc/machine-id', `${randomUUID().replaceAll('-', '')}\n`)
  if (!kind.systemd) {
    await put(serverScript, `#!/bin/sh\necho $$ > /run/ssh-server.pid\n${servers[kind.server].start}\n`, 0o755)
    // systemd's reboot would ask systemd to.
    if (kind.base !== 'busybox') await put('/usr/local/sbin/reboot', '#!/bin/sh\nexec /sbin/reboot -f "$@"\n', 0o755)
  }
  const hostKey = await putKeys(id, name, join(disk, 'upper'), put, kind)
  await run('cp', '-a', join(disk, 'upper'), firstFiles(id, name))
  return hostKey
}

/** `sh` text that puts a new disk into a host that is off: as {@link makeDisk} left it, with the same host key. */
export function newDisk(id: number, name: string): string {
  const disk = quote(diskFolder(id, name))
  const [device = '', options = ''] = tmpfs(id, name)
  // lazily: what ran on the host is dead, and perhaps not yet buried
  return `umount -l ${disk}
mount -t tmpfs ${quote(device)} ${disk} -o ${quote(options)}
(cd ${disk}; umask 022; mkdir work root; cp -a ${quote(firstFiles(id, name))} upper)`
}

/** The device and the options of a host's disk. */
const tmpfs = (id: number, name: string): readonly string[] => [`muster-${id}-${name}`, `size=${diskSize},mode=755`]

async function putKeys(
  id: number,
  name: string,
  upper: string,
  put: (path: string, content: string | Buffer, mode?: number) => Promise<void>,
  kind: FullKind,
): Promise<string> {
  const key = join(upper, 'etc/ssh/ssh_host_ed25519_key')
  await makeFolder(dirname(key))
  await run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', key)
  const forServer = servers[kind.server].hostKeyFiles?.(await readFile(key, 'utf8')) ?? {}
  for (const [path, content] of Object.entries(forServer)) await put(path, content, 0o600)
  await copyFile(join(labFolder(id), 'key.pub'), join(upper, 'etc/ssh/authorized_keys'))
  await chmod(join(upper, 'etc/ssh/authorized_keys'), 0o644)
  return (await readFile(`${key}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ')
}

/** A folder and those above it, open to all whatever the umask: they lie over folders of the base that are. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return
  for (let folder = path; folder.length >= first.length; folder = dirname(folder)) await chmod(folder, 0o755)
}

/** Leaves not one free page on a host's disk, by making the disk as small as what is on it. */
export async function fillDisk(id: number, name: string): Promise<void> {
  for (let left = 50; ; left--) {
    const { blocks, bfree, bsize } = await statfs(diskFolder(id, name))
    try {
      await resizeDisk(id, name, String((blocks - bfree) * bsize))
      return
    } catch (error) {
      // The host has written something in the meantime.
      if (left === 0) throw error
    }
  }
}

export const freeDisk = (id: number, name: string): Promise<void> => resizeDisk(id, name, diskSize)

/** tmpfs(5): the size can be changed while it is in use, to no less than what it holds. */
async function resizeDisk(id: number, name: string, size: string): Promise<void> {
  await run('mount', '-o', `remount,size=${size}`, diskFolder(id, name))
}
