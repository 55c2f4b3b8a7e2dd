import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const NAME = /^muster-demo-(\d+)-(\d+)-/

/**
 * Makes the folder of one run of the demo, readable by this user only, and removes those of runs that were killed.
 * The name carries process id and start time, so that whether its run still lives is known from the name alone.
 *
 * @returns its absolute path
 */
export function makeRunFolder(parent = tmpdir()): string {
  removeDeadRuns(parent)
  return mkdtempSync(join(parent, `muster-demo-${process.pid}-${startTime(process.pid) ?? '0'}-`))
}

export function removeRunFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

function removeDeadRuns(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid, started] = NAME.exec(name) ?? []
    if (pid === undefined || started === startTime(Number(pid))) continue
    const folder = join(parent, name)
    if (isOwnFolder(folder)) removeRunFolder(folder)
  }
}

/** Another user's folder, or a link that somebody left under such a name, is none of ours. */
function isOwnFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === process.getuid?.()
}

/** When a process started, in clock ticks since boot (proc(5), field 22 of `stat`); `undefined` when it is gone. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return afterName[19]
  } catch {
    return undefined
  }
}
