import { inspect } from 'node:util'
import { isProxy } from 'node:util/types'
import { CommandResult } from '../engine/fleet/command-result.js'
import { FleetCore } from '../engine/fleet/fleet.js'
import type { Folded } from '../engine/fleet/fold.js'
import { HostCore } from '../engine/fleet/host.js'
import { OperationResult } from '../engine/fleet/operation-result.js'
import type { Outcome } from '../engine/fleet/outcome.js'
import { groupText, outcomeText, outcomeView } from '../engine/fleet/outcome-view.js'
import { Results } from '../engine/fleet/results.js'
import { TransferResult } from '../engine/fleet/transfer-result.js'
import { sanitise } from '../engine/text/sanitise.js'
import { inspected } from './cells/inspected.js'
import type { Display, DisplayGroup } from './protocol.js'

/** Most characters of one answer that are sent to be drawn. */
const MOST = 64 * 1024
/** Room for the words that say how much more there is. */
const MARK = 100

/**
 * Under this name a value has a method that says how it is shown at the prompt: it returns a text, rows (an array of plain
 * objects: a table), or another value to show in its place. Without one, Node's `util.inspect.custom` counts.
 *
 * @example
 * class Rack { [Symbol.for('muster.inspect')]() { return [{ unit: 1, host: 'web-1' }] } }
 */
const INSPECT = Symbol.for('muster.inspect')

/** A cell's value made ready to be drawn: results folded, text sanitised and cut. */
export function displayOf(value: unknown): Display {
  const { hooked, given } = throughHook(value)
  try {
    return hooked && isRows(given) ? tableDisplay(given) : plainDisplay(given)
  } catch {
    // a proxy may throw at whoever asks what it is
    return { kind: 'text', text: clip(valueText(given)).text }
  }
}

function plainDisplay(value: unknown): Display {
  if (value === undefined) return { kind: 'nothing' }
  if (value instanceof Results) return resultsDisplay(value)
  if (value instanceof FleetCore) return { kind: 'fleet', hosts: value.names }
  if (isTable(value)) return tableDisplay(value)
  return { kind: 'text', text: clip(valueText(value)).text }
}

function valueText(value: unknown): string {
  if (isProxy(value)) return inspectedText(value)
  if (typeof value === 'string') return value
  if (value instanceof CommandResult || value instanceof OperationResult || value instanceof TransferResult)
    return outcomeText('', { status: 'ok', value, ms: 0 }, MOST - MARK)
  if (value instanceof HostCore) return value.name
  return inspectedText(value)
}

function inspectedText(value: unknown): string {
  return inspected(value, { depth: 5, breakLength: 100, maxArrayLength: 500, maxStringLength: MOST })
}

function resultsDisplay(results: Results<unknown>): Display {
  const folded = results.folded()
  return { kind: 'results', of: kindOf(results), groups: folded.map(group => groupDisplay(group, results.outcomes)) }
}

function kindOf(results: Results<unknown>): 'command' | 'operation' | 'value' {
  const [first] = results.values()
  if (first instanceof OperationResult) return 'operation'
  return first instanceof CommandResult ? 'command' : 'value'
}

function groupDisplay(
  { hosts, outcome }: Folded<unknown>,
  outcomes: ReadonlyMap<string, Outcome<unknown>>,
): DisplayGroup {
  const [host = ''] = hosts
  const { exitCode } = outcomeView(host, outcome)
  const changes =
    outcome.status === 'ok' && outcome.value instanceof OperationResult ? outcome.value.changes : undefined
  return {
    hosts,
    status: outcome.status,
    ...clip(groupText(hosts, outcomes, MOST - MARK)),
    ...(exitCode === undefined ? {} : { exitCode }),
    ms: Math.max(...hosts.map(name => outcomes.get(name)?.ms ?? 0)),
    ...(changes ? { changes } : {}),
  }
}

function clip(text: string): { text: string; cut: boolean } {
  return { text: sanitise(text.slice(0, MOST)), cut: text.length > MOST }
}

/** What a value wants shown; itself when it does not say, or fails to. */
function throughHook(value: unknown): { hooked: boolean; given: unknown } {
  if (typeof value !== 'object' || value === null || isProxy(value)) return { hooked: false, given: value }
  const hook: unknown = Reflect.get(value, INSPECT)
  if (typeof hook !== 'function') return { hooked: false, given: value }
  try {
    return { hooked: true, given: Reflect.apply(hook, value, []) }
  } catch {
    return { hooked: false, given: value }
  }
}

type Rows = readonly Readonly<Record<string, unknown>>[]

function isRows(value: unknown): value is Rows {
  const isRow = (row: unknown) =>
    typeof row === 'object' && row !== null && Object.getPrototypeOf(row) === Object.prototype
  return Array.isArray(value) && value.length > 0 && value.length <= 5_000 && value.every(isRow)
}

function isTable(value: unknown): value is Rows {
  return isRows(value) && value.every(row => 'host' in row)
}

function tableDisplay(rows: Rows): Display {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))]
  return { kind: 'table', columns, rows: rows.map(row => columns.map(column => cellText(row[column]))) }
}

function cellText(value: unknown): string {
  if (value === undefined) return ''
  return clip(
    typeof value === 'string' ? value : inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 3 }),
  ).text.slice(0, 200)
}
