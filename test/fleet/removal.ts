import { readFile, rm } from 'node:fs/promises'
import { labCgroup, removeCgroup } from './cgroup.js'
import { run } from './command.js'
import { removeNetwork } from './network.js'
import { labFolder, ownerLives, readRecords } from './record.js'

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

/** What this machine has mounted below a folder, innermost first. */
export async function mountsBelow(folder: string): Promise<readonly string[]> {
  return (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map(line => line.split(' ').at(1) ?? '')
    .filter(mountPoint => mountPoint.startsWith(`${folder}/`))
    .reverse()
}
