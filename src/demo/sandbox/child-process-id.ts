import { readFileSync } from 'node:fs'

/** The process id of the one child of a process that has one (proc(5), `children`); `undefined` when there is none. */
export function onlyChild(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined
  try {
    const first = /^\d+/.exec(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'))
    return first ? Number(first[0]) : undefined
  } catch {
    return undefined
  }
}
