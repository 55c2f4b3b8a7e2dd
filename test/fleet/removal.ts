import { spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { labCgroup, removeCgroup } from './cgroup.js'
import { run } from './command.js'
import { removeNetwork } from './network.js'
import { checkout } from './places.js'
import { type LabRecord, labFolder, ownerLives, readRecords } from './record.js'

/**
 * Removes every trace of a lab: processes, cgroups, mounts, network, folder. Whatever is not there, for a lab that was half
 * made or half removed, is passed over.
 */
export async function removeLab(id: number): Promise<void> {
  await removeCgroup(labCgroup(id))
  for (const mountPoint of await mountsBelow(labFolder(id))) await run('umount', mountPoint)
  await removeNetwork(id)
  await rm(labFolder(id), { recursive: true, force: true })
}

/** Removes the labs whose owner ended without removing them. */
export async function removeAbandonedLabs(): Promise<void> {
  for (const { id, owner } of await readRecords()) {
    if (!(await ownerLives(owner))) await removeLab(id)
  }
}

/**
 * Has a lab removed soon after its owner has ended, however that ended (`kill -9`, Ctrl-C): by a process that outlives it,
 * a shell that looks once a second whether both are still there.
 */
export function removeWithOwner({ id, owner }: LabRecord): void {
  if (owner.kind === 'person') return
  const watch = 'while [ -e "/proc/$1" ]; do [ -d "$2" ] || exit; sleep 1; done; shift 2; exec "$@"'
  const cli = fileURLToPath(new URL('cli.ts', import.meta.url))
  const sweep = [process.execPath, '--import', 'tsx', cli, 'sweep']
  spawn('sh', ['-c', watch, 'watch', String(owner.pid), labFolder(id), ...sweep], {
    cwd: checkout,
    detached: true,
    stdio: 'ignore',
  }).unref()
}

/** What this machine has mounted below a folder, innermost first. */
export async function mountsBelow(folder: string): Promise<readonly string[]> {
  return (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map(line => line.split(' ').at(1) ?? '')
    .filter(mountPoint => mountPoint.startsWith(`${folder}/`))
    .reverse()
}
