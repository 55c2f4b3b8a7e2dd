import { inspect } from 'node:util'
import { LOGIN } from '../../engine/connect/link.js'
import type { Engine } from '../../engine/engine.js'
import type { Fact } from '../../engine/fact.js'
import { sanitise } from '../../engine/text/sanitise.js'
import * as facts from '../../facts/index.js'
import type { FactView } from '../protocol.js'

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
  return Promise.all(
    USUAL.map(async fact => {
      const question = fact.ask(undefined)
      try {
        const value = await reader.ask(question, { identity: LOGIN })
        const age = reader.age(question, LOGIN) ?? 0
        const shown = fact === facts.server.clock ? clockRows(value, age) : rowsOf(value)
        return { name: fact.name, rows: shown, age }
      } catch (error) {
        return { name: fact.name, rows: [], age: 0, error: error instanceof Error ? error.message : String(error) }
      }
    }),
  )
}

/** Rows shown of one fact. */
const MOST_ROWS = 200

/** A clock is of interest for how far it is from ours; the answer was on its way for a moment. */
function clockRows(value: unknown, age: number): [string, string][] {
  if (typeof value !== 'number') return rowsOf(value)
  const offset = value - (Date.now() / 1000 - age)
  return [
    ['time', new Date(value * 1000).toISOString()],
    ['offset', `${offset < 0 ? '-' : '+'}${Math.abs(offset).toFixed(1)} s`],
  ]
}

/** A value as names and texts: members of members have the names above them before theirs. */
function rowsOf(value: unknown): [string, string][] {
  return leavesOf(value, '').slice(0, MOST_ROWS)
}

function leavesOf(value: unknown, path: string): [string, string][] {
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
