import type { Engine } from '../../engine/engine.js'
import { ApprovalDesk } from '../../engine/run/approval.js'
import { inScope } from '../../engine/run/scope.js'
import type { Analysis } from '../cells/analyse.js'
import { cellLabel } from '../cells/cell-error.js'
import type { Evaluator } from '../cells/evaluator.js'
import { CHANGED_HOSTS } from '../past-cells.js'
import type { PastCell, Replayed } from './messages.js'
import type { PromptGlobals } from './prompt-globals.js'

/** Calls that act outside of the session, by the names that Node and the web give them. */
const ACTS =
  /\b(?:(?:write|append|copy)File|createWriteStream|rm|rmdir|unlink|rename|mkdir|cp|symlink|link|truncate|chmod|chown|exec|execFile|spawn|fork|fetch|kill)(?:Sync)?\s*\(/

/** Names at the prompt of fleets that a new kernel knows nothing of. */
const HOW_HOSTS_FARED = new Set(['failed', 'changed', 'unreachable'])

interface ReplayContext {
  readonly engine: Engine
  readonly evaluator: Evaluator
  readonly globals: PromptGlobals
}

/**
 * Brings back what the cells of a kernel that is gone have declared. Cells that changed something, or may have, are left; so is
 * what uses their names. While it runs every host is `readonly`, so that nothing is changed whatever a cell turns out to do.
 */
export async function replay(cells: readonly PastCell[], context: ReplayContext): Promise<Replayed> {
  const { engine, evaluator, globals } = context
  const again: Replayed['again'][number][] = []
  const left: Replayed['left'][number][] = []
  const missing = new Map<string, string>()
  const guards = [...engine.fleet].map(host => [host.name, host.guard] as const)
  const { sel } = globals.bound
  engine.setGuard(engine.universe.hosts, 'readonly')
  try {
    for (const past of cells) {
      if (past.end !== 'ok' || past.source.startsWith(':')) continue
      const { cell, source } = past
      const analysis = await evaluator.analyse(source)
      const declared = [...new Set(analysis.declarations.map(({ name }) => name))]
      const reason = whyLeft(past, analysis, missing) ?? (await runAgain(past, context))
      if (reason === undefined) {
        again.push({ cell, source, hasValue: globals.hasValue(cell) })
        for (const name of globals.hasValue(cell) ? [...declared, '_'] : declared) missing.delete(name)
        continue
      }
      left.push({ cell, reason })
      // `_` would be the value of a cell before it
      const names = [...declared, `_${cell}`, '_']
      for (const name of names) missing.set(name, goneText(past, reason))
    }
  } finally {
    for (const [host, guard] of guards) engine.setGuard([host], guard)
    globals.select(sel)
  }
  return { again, left, missing: Object.fromEntries(missing) }
}

/** Of a name: `is gone: cell 3 is not run again: …`. What it held of ways back, `:undo` has from the journal. */
function goneText({ cell, wrote }: PastCell, reason: string): string {
  const back = wrote === CHANGED_HOSTS ? `; :undo ${cell} takes back what it changed` : ''
  return `is gone: ${cellLabel(cell)} is not run again: ${reason}${back}`
}

/** Why a cell is not run again; `undefined` when it may be. */
function whyLeft(
  { source, wrote }: PastCell,
  { references }: Pick<Analysis, 'references'>,
  missing: ReadonlyMap<string, string>,
): string | undefined {
  if (wrote !== undefined) return wrote
  if (ACTS.test(source)) return 'it may have acted outside of the session'
  const lost = references.find(({ name }) => missing.has(name))
  if (lost) return `it uses ${lost.name}, which is gone`
  const fared = references.find(({ name }) => HOW_HOSTS_FARED.has(name))
  return fared && `it uses ${fared.name}, which says how hosts fared before`
}

async function runAgain(
  { cell, source, focus, marked }: PastCell,
  { evaluator, globals }: ReplayContext,
): Promise<string | undefined> {
  const { signal } = new AbortController()
  // nothing is asked either: every answer is no
  const desk = new ApprovalDesk(
    async () => ({ kind: 'decline' }),
    () => {},
    signal,
    cell,
  )
  globals.select(marked)
  try {
    await globals.focused(focus, () =>
      inScope({ mode: 'live', cell, signal, desk, since: Date.now() }, async () => {
        const { value } = await evaluator.run(source, { id: cell, globals: globals.bindings, signal })
        globals.keep(cell, value instanceof Promise ? await value : value)
      }),
    )
    return undefined
  } catch (error) {
    return `it failed this time (${error instanceof Error ? error.message : String(error)})`
  }
}
