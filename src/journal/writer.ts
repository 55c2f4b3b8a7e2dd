import { readFileSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { writeAtomically } from './file.js'

/** Name of the file that says which process writes a session's journal. */
const WRITER = 'writer.json'

interface Writer {
  readonly pid: number
  readonly machine: string
  /** When the process began, as the kernel tells it; numbers of processes are used again. */
  readonly began: string
}

/** Says that this process writes the journal in a folder. */
export function claimWriting(directory: string): void {
  const writer: Writer = { pid: process.pid, machine: hostname(), began: beganOf(process.pid) }
  writeAtomically(join(directory, WRITER), `${JSON.stringify(writer)}\n`)
}

export function endWriting(directory: string): void {
  rmSync(join(directory, WRITER), { force: true })
}

/** Whether another process that is alive writes the journal in a folder. One on another machine, by a shared disk, counts as alive. */
export function isBeingWritten(directory: string): boolean {
  const writer = writerOf(directory)
  if (!writer) return false
  if (writer.machine !== hostname()) return true
  return writer.pid !== process.pid && isAlive(writer.pid) && beganOf(writer.pid) === writer.began
}

function writerOf(directory: string): Writer | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(directory, WRITER), 'utf8'))
    return isWriter(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isWriter(value: unknown): value is Writer {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'machine' in value &&
    typeof value.machine === 'string' &&
    'began' in value &&
    typeof value.began === 'string'
  )
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Field 22 of proc_pid_stat(5), clock ticks since boot; empty where there is no /proc. */
function beganOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
