import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whether a process runs on this machine. A zombie whose new parent has not yet collected it is dead. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z')
}

/** What proc_pid_stat(5) tells of a process, and what tells it from a later one of the same number. */
interface ProcessStatus {
  readonly pid: number
  readonly name: string
  readonly parent: number
  readonly session: number
  /** Ticks from the start of the machine to that of the process. */
  readonly since: string
}

/** A process, its children and theirs, and whoever else is in the session that it leads: all that a terminal's program has started. */
export function familyOf(pid: number): readonly ProcessStatus[] {
  const all = runningProcesses()
  const family = new Set(all.filter(each => each.pid === pid || each.session === pid))
  // a set gives what is added to it while it is gone through
  for (const member of family) for (const each of all) if (each.parent === member.pid) family.add(each)
  return [...family]
}

/** Waits until processes have ended. @throws {Error} one runs on after half a minute */
export async function ended(processes: readonly ProcessStatus[]): Promise<void> {
  const until = performance.now() + 30_000
  for (;;) {
    const left = processes.filter(({ pid, since }) => statusOf(pid)?.since === since)
    if (left.length === 0) return
    if (performance.now() > until)
      throw new Error(`of what a terminal had started runs on: ${left.map(({ name, pid }) => `${name} (${pid})`)}`)
    await sleep(20)
  }
}

function runningProcesses(): readonly ProcessStatus[] {
  return readdirSync('/proc').flatMap(entry => (/^\d+$/.test(entry) ? (statusOf(Number(entry)) ?? []) : []))
}

/** Of a process that runs: a zombie does not. */
function statusOf(pid: number): ProcessStatus | undefined {
  try {
    // a name may hold spaces and parentheses
    const [, name = '', rest = ''] = /\((.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    const fields = rest.split(' ')
    const isDead = 'ZX'.includes(fields[0] ?? 'X')
    return isDead
      ? undefined
      : { pid, name, parent: Number(fields[1]), session: Number(fields[3]), since: fields[19] ?? '' }
  } catch {
    return undefined
  }
}
