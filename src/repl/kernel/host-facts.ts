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
  facts.hardware.cpus,
  facts.hardware.memory,
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
        return { name: fact.name, rows: rowsOf(value), age: reader.age(question, LOGIN) ?? 0 }
      } catch (error) {
        return { name: fact.name, rows: [], age: 0, error: error instanceof Error ? error.message : String(error) }
      }
    }),
  )
}

function rowsOf(value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return [['', text(value)]]
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((item, i) => [String(i), item])
    : Object.entries(value)
  return entries.slice(0, 100).map(([name, item]) => [name, text(item)])
}

function text(value: unknown): string {
  const shown =
    typeof value === 'object' && value !== null && 'toJSON' in value && typeof value.toJSON === 'function'
      ? value.toJSON()
      : value
  return sanitise(
    typeof shown === 'string' ? shown : inspect(shown, { breakLength: Number.POSITIVE_INFINITY, depth: 3 }),
  ).slice(0, 400)
}
