import type ts from 'typescript'
import { isAskedFor } from './edited-contents.js'
import { hostsOf, isOnPlainHosts, type SingleOperation, singleOperation, subjectOf } from './superseded.js'
import type { Unit } from './units.js'

/** The same done on hosts after hosts, as one step on all of them. */
export interface Lifted {
  /** The hosts of a step that stands for several. */
  readonly hosts: ReadonlyMap<Unit, readonly string[]>
  /** The steps that each stands for, besides itself. */
  readonly same: ReadonlyMap<Unit, readonly Unit[]>
}

/**
 * Finds calls that are equal but for their hosts, which one call on all of these hosts says as well, as long as nothing between them
 * is about the same thing there.
 *
 * @param isTied whether others depend on where a unit acts
 */
export function lifted(compiler: typeof ts, kept: readonly Unit[], isTied: (unit: Unit) => boolean): Lifted {
  const hosts = new Map<Unit, readonly string[]>()
  const same = new Map<Unit, readonly Unit[]>()
  const gone = new Set<Unit>()
  for (const [index, first] of kept.entries()) {
    const call = plainCall(compiler, first)
    if (!call || gone.has(first) || isTied(first)) continue
    for (const [at, unit] of kept.entries()) {
      const other = at > index && !gone.has(unit) && !isTied(unit) ? plainCall(compiler, unit) : undefined
      if (!other || isSaid(call) !== isSaid(other) || isAskedFor(unit, kept, [])) continue
      if (!kept.slice(index + 1, at).every(between => isApart(compiler, between, other))) continue
      hosts.set(first, [...new Set([...(hosts.get(first) ?? hostsOf(call)), ...hostsOf(other)])])
      same.set(first, [...(same.get(first) ?? []), unit])
      gone.add(unit)
    }
  }
  return { hosts, same }
}

function plainCall(compiler: typeof ts, unit: Unit): SingleOperation | undefined {
  const [call] = singleOperation(compiler, unit)
  return call && isOnPlainHosts(call) ? call : undefined
}

/** A call without what it is called on. */
function isSaid({ text, target }: SingleOperation): string {
  return text.slice(target.length).replace(/^ \. /, '')
}

/** Whether a unit between may come before or after a call all the same. */
function isApart(compiler: typeof ts, unit: Unit, call: SingleOperation): boolean {
  // what a call is given may be another by then
  if (unit.changes.length > 0) return false
  if (unit.calls.every(({ kind }) => kind === 'read' || kind === 'none')) return true
  const [other] = singleOperation(compiler, unit)
  if (!other) return false
  const hosts = new Set(hostsOf(call))
  const isElsewhere = !hostsOf(other).some(host => hosts.has(host))
  return isElsewhere || (other.operation !== 'systemd.service' && subjectOf(other) !== subjectOf(call))
}
