import type ts from 'typescript'
import { type SingleOperation, singleOperation } from './superseded.js'
import type { Unit } from './units.js'

/** Restarts and reloads of an export: each is done where something before it changed, not each time. */
export interface Restarts {
  /** For a restart, the units whose changes make it needed. */
  readonly after: ReadonlyMap<Unit, readonly Unit[]>
  /** Restarts of which nothing exported says what made them needed. */
  readonly baseless: ReadonlySet<Unit>
}

/**
 * Ties restarts to what they were for: the files and packages that the same hosts got since the last restart of the same service.
 * A restart by itself is no state that a host could be in.
 */
export function restartsIn(compiler: typeof ts, kept: readonly Unit[]): Restarts {
  const calls = kept.flatMap(unit => singleOperation(compiler, unit))
  const after = new Map<Unit, readonly Unit[]>()
  const baseless = new Set<Unit>()
  for (const [at, call] of calls.entries()) {
    if (!isRestart(call)) continue
    const before = calls.slice(0, at)
    const last = before.findLastIndex(
      other => isRestart(other) && other.args.get('service') === call.args.get('service'),
    )
    const causes = before.slice(last + 1).filter(other => isCause(other, call))
    if (causes.length > 0)
      after.set(
        call.unit,
        causes.map(({ unit }) => unit),
      )
    else if (!saysMore(call)) baseless.add(call.unit)
  }
  return { after, baseless }
}

/** Of a whole fleet, and not tied to something already. */
function isRestart({ operation, args, target, unit }: SingleOperation): boolean {
  const isAsked = ['restarted', 'reloaded'].some(name => args.get(name) === `${name} : true`)
  const isPlain = !/\bchanged\b|(?:^|\. )host \(|\[/.test(target)
  return operation === 'systemd.service' && isAsked && isPlain && unit.declares.length === 0
}

function isCause({ operation, target, unit }: SingleOperation, restart: SingleOperation): boolean {
  const hosts = new Set(restart.unit.cell.cell.focus)
  const isThere = unit.cell.cell.focus.every(host => hosts.has(host)) && unit.cell.cell.focus.length === hosts.size
  return /^files\.|\.packages$/.test(operation) && target === restart.target && isThere
}

/** It also says in what state the service is to be. */
function saysMore({ args }: SingleOperation): boolean {
  return ['running', 'enabled'].some(name => args.has(name))
}
