import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cgroup2Mount } from './requirements.js'

/** The cgroup that holds a whole lab. */
export const labCgroup = (id: number): string => join(cgroup2Mount() ?? '/sys/fs/cgroup', `muster-${id}`)

/** The cgroup of one host: every process of that host and no other is in it. */
export const hostCgroup = (id: number, host: string): string => join(labCgroup(id), host)

/** The cgroup of the process that is a host's slow or lossy cable. */
export const wireCgroup = (id: number, host: string): string => join(labCgroup(id), `${host}.wire`)

export const makeCgroup = (folder: string): Promise<unknown> => mkdir(folder, { recursive: true })

/** All processes in a cgroup and below it, as pids of this machine. */
export async function processesOf(folder: string): Promise<readonly number[]> {
  const own = (await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => ''))
    .split('\n')
    .filter(Boolean)
    .map(Number)
  const below = await Promise.all((await childrenOf(folder)).map(processesOf))
  return [...own, ...below.flat()]
}

/** Whether a process is in a cgroup or below it. */
export async function isPopulated(folder: string): Promise<boolean> {
  return /populated 1/.test(await readFile(join(folder, 'cgroup.events'), 'utf8').catch(() => ''))
}

/** Kills every process of a cgroup at once, as a power cut does, then removes it (cgroup-v2.rst, `cgroup.kill`). */
export async function removeCgroup(folder: string): Promise<void> {
  await writeFile(join(folder, 'cgroup.kill'), '1').catch(() => {})
  const deadline = Date.now() + 10_000
  while (await isPopulated(folder)) {
    if (Date.now() > deadline) throw new Error(`processes in ${folder} do not die`)
    await sleep(5)
  }
  await removeEmpty(folder)
}

async function removeEmpty(folder: string): Promise<void> {
  for (const child of await childrenOf(folder)) await removeEmpty(child)
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}

async function childrenOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter(entry => entry.isDirectory()).map(entry => join(folder, entry.name))
}
