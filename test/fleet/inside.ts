import { readFile } from 'node:fs/promises'
import { hostCgroup, processesOf } from './cgroup.js'
import { run } from './command.js'
import type { LabHost } from './record.js'

const environment = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LANG=C.UTF-8']

/**
 * Runs a command of `sh` as root inside a host, through its namespaces, whatever state its network and sshd are in.
 *
 * @throws {CommandFailed} when it exits with anything but 0.
 */
export async function execInside(id: number, host: LabHost, command: string): Promise<string> {
  const [program, args] = await insideHost(id, host, ['sh', '-c', command])
  return run(program, ...args)
}

/** The program of this machine, and its arguments, that runs a command inside a host. */
export async function insideHost(
  id: number,
  host: LabHost,
  command: readonly string[],
): Promise<readonly [program: string, args: readonly string[]]> {
  const pid = await firstProcessOf(id, host)
  if (pid === undefined) throw new Error(`${host.name} is off`)
  const enter = ['-t', String(pid), '-a', 'env', '-i', ...environment, 'sh', '-c', 'cd && exec "$@"', 'exec']
  return ['nsenter', [...enter, ...command]]
}

/** The pid, on this machine, of the process that is PID 1 inside the host; undefined when the host is off. */
export async function firstProcessOf(id: number, host: LabHost): Promise<number | undefined> {
  for (const pid of await processesOf(hostCgroup(id, host.name))) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    if (/^NSpid:\t\d+\t1$/m.test(status)) return pid
  }
  return undefined
}
