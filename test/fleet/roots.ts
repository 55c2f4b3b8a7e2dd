import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { base } from './base.js'
import { run } from './command.js'

/** A root file system on this machine that may be written to. */
export interface Root {
  readonly folder: string
  remove(): Promise<void>
}

/** Debian as the hosts of the lab have it, as an overlay over their base. @throws {CommandFailed} for whoever is not root. */
export async function debianRoot(): Promise<Root> {
  const lower = await base('bookworm')
  const disk = await mkdtemp(join(tmpdir(), 'muster-root-'))
  await run('mount', '-t', 'tmpfs', 'muster-root', disk)
  const folder = join(disk, 'root')
  for (const name of ['upper', 'work', 'root']) await mkdir(join(disk, name))
  const layers = `lowerdir=${lower},upperdir=${join(disk, 'upper')},workdir=${join(disk, 'work')}`
  await run('mount', '-t', 'overlay', 'muster-root', folder, '-o', layers)
  return {
    folder,
    remove: async () => {
      // Lazily: a process that a test left behind may still stand in it.
      await run('umount', '-l', folder)
      await run('umount', '-l', disk)
      await rm(disk, { recursive: true })
    },
  }
}

/** Nothing but a static busybox, the users root and nobody, and /dev/null. @throws {CommandFailed} for whoever is not root. */
export async function busyboxRoot(): Promise<Root> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-root-'))
  for (const name of ['bin', 'dev', 'etc', 'root', 'tmp']) await mkdir(join(folder, name))
  await run('sh', '-c', `cp "$(command -v busybox)" "$1/bin/busybox"`, 'copy', folder)
  await run('chroot', folder, '/bin/busybox', '--install', '-s', '/bin')
  await run('mknod', '-m', '666', join(folder, 'dev/null'), 'c', '1', '3')
  await run('mknod', '-m', '666', join(folder, 'dev/zero'), 'c', '1', '5')
  await writeFile(join(folder, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n')
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}
