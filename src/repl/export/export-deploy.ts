import type ts from 'typescript'
import { hasRun, ranCell } from '../notebook/from-session.js'
import { type LinkedCell, linkCells, type Use, type Variable, variableKey } from '../notebook/linked-cells.js'
import { identifiersIn, type Naming, nameVariables } from '../notebook/naming.js'
import { promptNames } from '../notebook/prompt-names.js'
import type { Move } from '../notebook/relocate.js'
import type { SessionCell } from '../notebook/session-cells.js'
import { formatModule } from './format.js'
import { headerOf } from './header.js'
import { notesOn } from './notes.js'
import { PromptMeanings } from './prompt-meanings.js'
import type { Hosts } from './selections.js'
import { offerOperations } from './shell/offer.js'
import { slice } from './slice.js'
import { type ExportCell, type Unit, unitsOf } from './units.js'
import { type WrittenUnit, writeUnit } from './write-units.js'

/** What an export needs to know besides the cells. */
export interface ExportContext {
  readonly session: string
  /** When it is exported, milliseconds since the epoch. */
  readonly at: number
  readonly inventory: Hosts
  /** Operation domains: `apt`, `files` … */
  readonly domains: readonly string[]
  /** From the session's working directory to the deploy's. */
  readonly move: Move
  /** What becomes of shell lines and remote writes that no operation stands for and nothing makes use of; default: `keep`. */
  readonly shellLines?: 'keep' | 'drop'
}

export interface ExportedDeploy {
  /** The text of the module, its header included. */
  readonly source: string
  /** What was left out or cannot be proven, one sentence each; the header says the same. */
  readonly notes: readonly string[]
  /** Numbers of the cells that something was taken from. */
  readonly cells: readonly number[]
}

/**
 * Makes a deploy of a session: the operations that ran and were neither taken back nor superseded, and whatever those make use of,
 * as a module that type-checks. What the focus was is written out.
 *
 * @example
 * const compiler = (await import('typescript')).default
 * const { source } = exportDeploy(compiler, cellsFromRecords(records), context)
 */
export function exportDeploy(
  compiler: typeof ts,
  cells: readonly SessionCell[],
  context: ExportContext,
): ExportedDeploy {
  const names = promptNames(context.domains)
  const offered = offerOperations(compiler, cells.filter(hasRun).map(ranCell), names)
  const linked = withLastResults(linkCells(compiler, offered.cells, names), cells)
  const domains = new Set(context.domains)
  const units = linked.flatMap(cell => unitsOf(compiler, cell, domains))
  const chosen = slice(compiler, units, context.shellLines !== 'drop')
  const notes = notesOn(cells, chosen)
  const taken = [...new Set(chosen.kept.map(({ cell }) => cell.cell.id))].sort((a, b) => a - b)
  const header = headerOf({ session: context.session, at: context.at, cells: taken, notes })
  return {
    source: header + formatModule(compiler, moduleText(compiler, chosen.kept, chosen.values, context)),
    notes,
    cells: taken,
  }
}

function moduleText(
  compiler: typeof ts,
  kept: readonly Unit[],
  values: ReadonlySet<number>,
  { inventory, move }: ExportContext,
): string {
  const present = new Set(kept.flatMap(({ cell }) => [...identifiersIn(compiler, cell.file)]))
  const naming = nameAll(kept, present)
  const valueNames = new Map([...values].map(cell => [cell, naming.fresh(`result${cell}`)]))
  const prompt = new PromptMeanings(compiler, kept, inventory, naming)
  const used = new Set(
    kept.flatMap(({ uses }) =>
      uses.flatMap(({ meaning }) => (meaning.kind === 'variable' ? [variableKey(meaning.variable)] : [])),
    ),
  )
  const written = kept.map(unit =>
    writeUnit(compiler, unit, { naming, move, used, values: valueNames, prompt: (use, of) => prompt.write(use, of) }),
  )
  const body = [...prompt.declarations, ...grouped(kept, written)]
  const parameter = prompt.isFleetUsed ? prompt.fleet : `_${prompt.fleet}`
  return [
    ...(importsFleet(kept, used) ? [] : ["import type { Fleet } from 'muster';"]),
    ...prompt.imports,
    ...new Set(written.flatMap(({ place, text }) => (place === 'module' ? [text] : []))),
    '',
    `export default async function deploy(${parameter}: Fleet) {`,
    ...body,
    '}',
    '',
  ].join('\n')
}

/** Lines of the function; what came from one cell stays together. */
function grouped(kept: readonly Unit[], written: readonly WrittenUnit[]): string[] {
  let last: number | undefined
  return written.flatMap(({ place, text }, index) => {
    if (place === 'module') return []
    const cell = kept[index]?.cell.cell.id
    const isNew = last !== undefined && cell !== last && text.includes('\n')
    last = cell
    return isNew ? ['', text] : [text]
  })
}

function nameAll(kept: readonly Unit[], present: ReadonlySet<string>): Naming {
  const variables: Variable[] = kept.flatMap(({ declares }) => declares)
  const foreign = kept.flatMap(({ uses }) =>
    uses.flatMap(({ meaning }) => (meaning.kind === 'foreign' ? [meaning.name] : [])),
  )
  const isFleetImport = kept.some(unit => importedFleet(unit))
  return nameVariables(
    variables,
    new Set([...foreign, 'fleet', 'deploy', ...(isFleetImport ? [] : ['Fleet'])]),
    present,
  )
}

/** Whether the person's own import of `Fleet` is among what is written. */
function importsFleet(kept: readonly Unit[], used: ReadonlySet<string>): boolean {
  return kept.some(unit => {
    const name = importedFleet(unit)
    return name !== undefined && used.has(variableKey(name))
  })
}

function importedFleet({ statement, declares, cell }: Unit): Variable | undefined {
  const text = statement.getText(cell.file)
  return /^import\b/.test(text) && /from ['"]muster['"]/.test(text)
    ? declares.find(({ name }) => name === 'Fleet')
    : undefined
}

/** `changed`, `failed`, `unreachable` are parts of the latest results, where those are the value of a cell. */
function withLastResults(
  linked: readonly LinkedCell<ExportCell>[],
  cells: readonly SessionCell[],
): LinkedCell<ExportCell>[] {
  const results = new Set(
    cells.flatMap(({ id, end }) => (end.kind === 'ok' && end.value.kind === 'results' ? [id] : [])),
  )
  return linked.map(entry => ({
    ...entry,
    uses: entry.uses.map((use): Use => {
      const { meaning } = use
      const last = entry.cell.lastAsked
      const isOfLast =
        meaning.kind === 'prompt' && LAST_HOSTS.has(meaning.name) && last !== undefined && results.has(last)
      return isOfLast ? { ...use, meaning: { kind: 'value', cell: last } } : use
    }),
  }))
}

const LAST_HOSTS: ReadonlySet<string> = new Set(['failed', 'changed', 'unreachable'])
