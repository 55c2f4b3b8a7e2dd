import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** The processes below another one, all generations, by ps-like reading of proc(5). */
export function descendants(root: number): readonly number[] {
  const children = new Map<number, number[]>()
  for (const pid of everyProcess()) {
    const parent = parentOf(pid)
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid])
  }
  const below = (pid: number): number[] => (children.get(pid) ?? []).flatMap(child => [child, ...below(child)])
  return below(root)
}

/** Those of them that live in a user namespace other than this process's. */
export function sandboxed(root: number): readonly number[] {
  const here = userNamespace('self')
  return descendants(root).filter(pid => userNamespace(`${pid}`) !== here)
}

/** Whether a process still runs; one that only waits to be reaped does not. */
export function runs(pid: number): boolean {
  return !['Z', 'X', undefined].includes(statFields(pid)?.[0])
}

function everyProcess(): readonly number[] {
  return readdirSync('/proc')
    .filter(entry => /^\d+$/.test(entry))
    .map(Number)
}

function parentOf(pid: number): number | undefined {
  const parent = statFields(pid)?.[1]
  return parent === undefined ? undefined : Number(parent)
}

/** The fields of `stat` after the name: state, parent, … */
function statFields(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

function userNamespace(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/user`)
  } catch {
    return undefined
  }
}
