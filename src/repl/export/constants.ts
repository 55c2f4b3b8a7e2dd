import type ts from 'typescript'
import { REDACTED } from '../../engine/secret.js'
import { type Use, type Variable, variableKey } from '../notebook/linked-cells.js'
import { stringText } from './shell/offered-call.js'
import { singleOperation } from './superseded.js'
import type { Unit } from './units.js'

/** What becomes of reads that decide something: they are asked each time, or what they answered is written down. */
export type Reads = 'conditions' | 'constants'

/** The units of a session with what its reads answered in the place of the reads. */
export interface Constants {
  readonly units: readonly Unit[]
  /** The hosts that an operation acted on, where it was a read that chose them. */
  readonly hosts: ReadonlyMap<Unit, readonly string[]>
  /** What a variable held, as TypeScript, where a read had given it. */
  readonly values: ReadonlyMap<Unit, string>
}

/**
 * Writes down what reads answered: the hosts that were chosen by them, and values of variables. Hosts that were chosen by what failed
 * are written down in any case: in a deploy, a host on which something fails leaves the run.
 *
 * @param reads what becomes of the others
 * @param held what a variable holds, as far as that is known
 */
export function withConstants(
  compiler: typeof ts,
  units: readonly Unit[],
  reads: Reads,
  held: (variable: Variable) => unknown,
): Constants {
  const isWanted = ({ cell }: Unit): boolean => reads === 'constants' || cell.cell.effects.failed.length > 0
  const fromReads = usesOfReads(units, isWanted)
  const hosts = new Map<Unit, readonly string[]>()
  const values = new Map<Unit, string>()
  const constant = units.map((unit): Unit => {
    const [call] = singleOperation(compiler, unit)
    const [selection, ...more] = unit.cell.cell.effects.selections
    const end = call?.call.expression.getEnd() ?? 0
    // options that the selection was given would be lost with it
    const isSelection = call && !/\bwith \(/.test(call.target)
    const isOfFailed = /\b(?:failed|unreachable)$/.test(call?.target ?? '')
    const isChosen = isOfFailed || unit.uses.some(use => use.reference.start < end && fromReads(use))
    if (isSelection && isChosen && selection && more.length === 0) {
      const fixed = { ...unit, uses: unit.uses.filter(({ reference }) => reference.start >= end) }
      hosts.set(fixed, selection)
      return fixed
    }
    if (reads === 'conditions') return unit
    const isRead = unit.calls.some(({ kind }) => kind === 'read') || unit.uses.some(fromReads)
    const [variable, ...others] = unit.declares
    const isPlain = unit.declaration && compiler.isIdentifier(unit.declaration.name) && others.length === 0
    const isMade = unit.calls.every(({ kind }) => kind === 'read' || kind === 'none')
    const text = isRead && isPlain && isMade && variable ? literalText(held(variable)) : undefined
    if (text === undefined) return unit
    const fixed = { ...unit, uses: [], calls: [], deferred: [] }
    values.set(fixed, text)
    return fixed
  })
  return { units: constant, hosts, values }
}

/** Tells whether a name stands for what a read answered, or for something that was made of it. */
function usesOfReads(units: readonly Unit[], isWanted: (unit: Unit) => boolean): (use: Use) => boolean {
  const variables = new Set<string>()
  const values = new Set<number>()
  const isFromRead = ({ meaning }: Use): boolean =>
    meaning.kind === 'variable'
      ? variables.has(variableKey(meaning.variable))
      : meaning.kind === 'value' && values.has(meaning.cell)
  for (const unit of units) {
    const { calls, uses, declares, isValue, cell } = unit
    if (calls.some(({ kind }) => kind === 'operation' || kind === 'command')) continue
    const isRead = isWanted(unit) && calls.some(({ kind }) => kind === 'read')
    if (!isRead && !uses.some(isFromRead)) continue
    for (const variable of declares) variables.add(variableKey(variable))
    if (isValue) values.add(cell.cell.id)
  }
  return isFromRead
}

/** More than this is no constant that anyone would read. */
const MOST_TEXT = 400

/** A value as TypeScript; `undefined` for what has no short literal. */
function literalText(value: unknown): string | undefined {
  const text = written(value)
  return text === undefined || text.length > MOST_TEXT || text.includes(REDACTED) ? undefined : text
}

function written(value: unknown): string | undefined {
  if (typeof value === 'string') return stringText(value)
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  if (typeof value === 'boolean' || value === null) return String(value)
  if (Array.isArray(value)) return joined(value.map(written), ['[', ']'])
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return undefined
  const fields = Object.entries(value).map(([name, held]) => {
    const text = written(held)
    return text === undefined ? undefined : `${/^[A-Za-z_]\w*$/.test(name) ? name : stringText(name)}: ${text}`
  })
  return joined(fields, ['{ ', ' }'])
}

function joined(parts: readonly (string | undefined)[], [open, close]: readonly [string, string]): string | undefined {
  return parts.includes(undefined) ? undefined : `${open}${parts.join(', ')}${close}`
}
