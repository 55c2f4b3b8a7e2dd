import { inspect } from 'node:util'
import { LOGIN } from '../../engine/connect/link.js'
import type { Engine } from '../../engine/engine.js'
import type { Fact } from '../../engine/fact.js'
import { sanitise } from '../../engine/text/sanitise.js'
import * as facts from '../../facts/index.js'
import type { FactRow, FactView } from '../protocol.js'
import { clockOffset, offsetText } from './clock-offset.js'

/** What the facts pane shows of a host, asked together: one round trip. */
const USUAL: readonly Fact<undefined, unknown>[] = [
  facts.server.os,
  facts.server.hostname,
  facts.server.kernel,
  facts.server.uptime,
  facts.server.load,
  facts.server.clock,
  facts.hardware.cpus,
  facts.hardware.memory,
  facts.hardware.disks,
  facts.server.mounts,
]

/** The usual facts of one host. A fact that cannot be read says why; the others are there. */
export function usualFacts(engine: Engine, name: string): Promise<FactView[]> {
  const { reader } = engine.machine(name)
  const began = Date.now()
  return Promise.all(
    USUAL.map(async fact => {
      const question = fact.ask(undefined)
      try {
        const value = await reader.ask(question, { identity: LOGIN })
        const age = reader.age(question, LOGIN) ?? 0
        const isClock = fact === facts.server.clock && typeof value === 'number'
        const shown = isClock ? [offsetRow(offsetOf(engine, name, { value, age, began }))] : rowsOf(value)
        return { name: fact.name, rows: shown, age }
      } catch (error) {
        return { name: fact.name, rows: [], age: 0, error: error instanceof Error ? error.message : String(error) }
      }
    }),
  )
}

/** Milliseconds that a clock was found to be off, by host, as long as the same answer stands. */
const offsets = new WeakMap<Engine, Map<string, { readonly value: number; readonly ms: number }>>()

const offsetRow = (ms: number): FactRow => ['offset', offsetText(ms), ms / 1000]

/** @param began when the facts were asked for, milliseconds since the epoch; this one may have been known then */
function offsetOf(
  engine: Engine,
  host: string,
  { value, age, began }: { readonly value: number; readonly age: number; readonly began: number },
): number {
  const known = offsets.get(engine) ?? new Map<string, { readonly value: number; readonly ms: number }>()
  offsets.set(engine, known)
  const before = known.get(host)
  if (before?.value === value) return before.ms
  const now = Date.now()
  const asked = now - age * 1000
  const ms = clockOffset(value, asked, asked + 1 >= began ? now : asked + LONGEST)
  known.set(host, { value, ms })
  return ms
}

/** Milliseconds that the answer to a question is on its way, where that was not seen. */
const LONGEST = 2000

/** Rows shown of one fact. */
const MOST_ROWS = 200

/** A value as names and texts: members of members have the names above them before theirs. */
function rowsOf(value: unknown): FactRow[] {
  return leavesOf(value, '').slice(0, MOST_ROWS)
}

function leavesOf(value: unknown, path: string): FactRow[] {
  if (typeof value === 'number') return [[path, String(value), value]]
  if (typeof value !== 'object' || value === null || 'toJSON' in value || isShort(value)) return [[path, text(value)]]
  return Object.entries(value).flatMap(([name, item]: [string, unknown]) =>
    leavesOf(item, path === '' ? name : `${path} ${name}`),
  )
}

/** A list of words and numbers is read in one line. */
const isShort = (value: object): boolean =>
  Array.isArray(value) && value.every((item: unknown) => typeof item !== 'object' || item === null)

function text(value: unknown): string {
  const shown =
    typeof value === 'object' && value !== null && 'toJSON' in value && typeof value.toJSON === 'function'
      ? value.toJSON()
      : value
  return sanitise(
    typeof shown === 'string' ? shown : inspect(shown, { breakLength: Number.POSITIVE_INFINITY, depth: 3 }),
  ).slice(0, 400)
}
