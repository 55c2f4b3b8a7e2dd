import { isDeepStrictEqual } from 'node:util'
import { UsageError } from '../../src/engine/errors.js'
import type { Change } from '../../src/engine/plan/change.js'
import { type Json, listIn, type RecordedCase, recordedCases, textsIn } from './cases.js'
import { type Deviation, factDeviations, operationDeviations } from './deviations.js'
import { factAdapters } from './facts.js'
import { callIn, operationAdapters, scriptsOf } from './operations.js'
import { recordedHost } from './recorded-host.js'

/** How one recorded case came out. */
export type Verdict =
  | { readonly kind: 'equal' }
  /** It differs, as a row of the deviations says it should. */
  | { readonly kind: 'deviation'; readonly reason: string }
  /** There is no such fact or operation yet. */
  | { readonly kind: 'uncovered' }
  /** It differs and nobody said that it should. */
  | { readonly kind: 'different'; readonly ours: unknown; readonly theirs: unknown }

export interface Checked {
  readonly id: string
  readonly subject: string
  readonly verdict: Verdict
}

/** Checks all recorded facts of a folder. */
export async function checkFacts(folder: string): Promise<Checked[]> {
  return Promise.all(recordedCases(folder, 'facts').map(each => check(each, factDeviations, compareFact)))
}

/** Checks all recorded operations of a folder. */
export async function checkOperations(folder: string): Promise<Checked[]> {
  return Promise.all(
    recordedCases(folder, 'operations').map(each => check(each, operationDeviations, compareOperation)),
  )
}

/** The report: deviations with their reasons, what is not covered in one line each, and two lines for a program at the end. */
export function report(facts: readonly Checked[], operations: readonly Checked[]): string {
  const parts = { facts, operations }
  return [
    ...Object.entries(parts).flatMap(([kind, checked]) => [
      ...checked.flatMap(({ id, verdict }) =>
        verdict.kind === 'deviation' ? [`deviation ${id}: ${verdict.reason}`] : [],
      ),
      ...checked.flatMap(({ id, verdict }) =>
        verdict.kind === 'different'
          ? [`different ${id}: ours ${JSON.stringify(verdict.ours)}, theirs ${JSON.stringify(verdict.theirs)}`]
          : [],
      ),
      uncoveredLine(kind, checked),
    ]),
    ...Object.entries(parts).map(([kind, checked]) => countLine(kind, checked)),
  ].join('\n')
}

function uncoveredLine(kind: string, checked: readonly Checked[]): string {
  const open = checked.filter(({ verdict }) => verdict.kind === 'uncovered')
  const subjects = [...new Set(open.map(({ subject }) => subject))]
  return `${kind} not yet covered: ${open.length} cases of ${subjects.length}: ${subjects.join(' ') || 'none'}`
}

function countLine(kind: string, checked: readonly Checked[]): string {
  const count = (wanted: Verdict['kind']): number => checked.filter(({ verdict }) => verdict.kind === wanted).length
  return `conformance ${kind}: ${count('equal')}/${checked.length}, ${count('deviation')} deviations listed`
}

type Comparison = readonly [ours: unknown, theirs: unknown] | undefined

async function check(
  recorded: RecordedCase,
  deviations: readonly Deviation[],
  compare: (recorded: RecordedCase) => Promise<Comparison>,
): Promise<Checked> {
  const { id, subject } = recorded
  const compared = await compare(recorded)
  return { id, subject, verdict: verdictOf(recorded, deviations, compared) }
}

function verdictOf(recorded: RecordedCase, deviations: readonly Deviation[], compared: Comparison): Verdict {
  if (!compared) return { kind: 'uncovered' }
  const [ours, theirs] = compared
  if (isDeepStrictEqual(plain(ours), plain(theirs))) return { kind: 'equal' }
  const expected = deviations.find(({ applies }) => applies(recorded))
  return expected ? { kind: 'deviation', reason: expected.reason } : { kind: 'different', ours, theirs }
}

/** Both sides as JSON, so that a missing key and an undefined value are the same. */
function plain(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value))
}

async function compareFact({ subject, recorded }: RecordedCase): Promise<Comparison> {
  const adapter = factAdapters[subject]
  if (!adapter) return undefined
  return [attempt(() => adapter.read(textsIn(recorded.output), recorded)), adapter.theirs(recorded.fact ?? null)]
}

function attempt(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    return `refused: ${error instanceof Error ? error.message : String(error)}`
  }
}

async function compareOperation({ subject, recorded }: RecordedCase): Promise<Comparison> {
  const adapter = operationAdapters[subject]
  if (!adapter) return undefined
  const planned = await plan(subject, recorded)
  const theirs = textsIn(listIn(recorded.commands).flatMap((command: Json) => command))
  if (recorded.exception || planned.decision === 'refused') {
    return [planned.decision === 'refused' ? 'refused' : planned, recorded.exception ? 'refused' : 'accepted']
  }
  const decided = listIn(recorded.commands).length > 0 ? 'change' : 'same'
  const [ourCommands, theirCommands] = adapter.commands?.(scriptsOf(planned.changes), theirs) ?? []
  return [
    { decision: planned.decision, commands: ourCommands },
    { decision: decided, commands: theirCommands },
  ]
}

type Planned =
  | { readonly decision: 'change' | 'same'; readonly changes: readonly Change[] }
  | { readonly decision: 'refused'; readonly reason: string }

async function plan(subject: string, recorded: RecordedCase['recorded']): Promise<Planned> {
  const adapter = operationAdapters[subject]
  if (!adapter) throw new Error(`no adapter for ${subject}`)
  const changes: Change[] = []
  try {
    const host = recordedHost(adapter.answers(recorded), recorded)
    const args = adapter.args(callIn(subject, recorded), recorded)
    for await (const change of adapter.operation.plan(host, args)) changes.push(change)
  } catch (error) {
    if (error instanceof UsageError) return { decision: 'refused', reason: error.message }
    throw error
  }
  return { decision: changes.length > 0 ? 'change' : 'same', changes }
}
