import type ts from 'typescript'
import { foldNames } from '../../engine/nodeset/fold.js'
import { brief } from '../../engine/text/brief.js'
import { hasRun, ranCell } from '../notebook/from-session.js'
import { type LinkedCell, linkCells, type Use, type Variable, variableKey } from '../notebook/linked-cells.js'
import { identifiersIn, type Naming, nameVariables } from '../notebook/naming.js'
import { promptNames } from '../notebook/prompt-names.js'
import type { Move } from '../notebook/relocate.js'
import type { SessionCell } from '../notebook/session-cells.js'
import { type Constants, type Reads, withConstants } from './constants.js'
import { type EditedContents, editedContents } from './edited-contents.js'
import { formatModule } from './format.js'
import { headerOf } from './header.js'
import { type Lifted, lifted } from './lifted.js'
import { notesOn } from './notes.js'
import { packagesLeft } from './packages-left.js'
import { PromptMeanings } from './prompt-meanings.js'
import { type Restarts, restartsIn } from './restarts.js'
import { type SecretParameter, SecretParameters } from './secret-parameters.js'
import type { Hosts } from './selections.js'
import { type OfferedLine, offerOperations } from './shell/offer.js'
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
  /** Default: `conditions`. */
  readonly reads?: Reads
  /** What a variable of the session holds; for constants. */
  readonly valueOf?: (variable: Variable) => unknown
}

export interface ExportedDeploy {
  /** The text of the module, its header included. */
  readonly source: string
  /** What was left out or cannot be proven, one sentence each; the header says the same. */
  readonly notes: readonly string[]
  /** Numbers of the cells that something was taken from. */
  readonly cells: readonly number[]
  /** What it is to be given each time. */
  readonly secrets: readonly SecretParameter[]
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
  const typed = linked.flatMap(cell => unitsOf(compiler, cell, domains))
  const constants = withConstants(compiler, typed, context.reads ?? 'conditions', context.valueOf ?? (() => undefined))
  const { units } = constants
  const chosen = slice(compiler, units, context.shellLines !== 'drop')
  const packages = packagesLeft(compiler, chosen.kept)
  const edited = editedContents(compiler, chosen.kept, context.inventory.hosts)
  const edits = [...edited.edits.values()].flat()
  const steps = chosen.kept.filter(unit => !edits.includes(unit) && packages.get(unit)?.length !== 0)
  const restarts = restartsIn(compiler, steps)
  const causes = new Set([...restarts.after.keys(), ...[...restarts.after.values()].flat()])
  const everywhere = lifted(compiler, steps, unit => causes.has(unit) || edited.edits.has(unit))
  const same = [...everywhere.same.values()].flat()
  const kept = steps.filter(unit => !restarts.baseless.has(unit) && !same.includes(unit))
  const taken = [...new Set([...kept, ...edits, ...same].map(({ cell }) => cell.cell.id))].sort((a, b) => a - b)
  const { text, secrets } = moduleText(
    compiler,
    { kept, restarts, edited, packages, constants, everywhere, offered: offered.lines },
    context,
  )
  const notes = [
    ...notesOn(cells, { ...chosen, kept, baseless: restarts.baseless, offered: offered.lines }),
    ...secrets.map(
      ({ name, variable, cell }) =>
        `Needs ${variable} in the environment, or ${name} as an argument: the secret was in cell ${cell} and is not kept.`,
    ),
  ]
  const header = headerOf({ session: context.session, at: context.at, cells: taken, notes })
  return {
    source: header + formatModule(compiler, text),
    notes,
    secrets,
    cells: taken,
  }
}

/** What a deploy is made of. */
interface Content {
  readonly kept: readonly Unit[]
  readonly restarts: Restarts
  readonly edited: EditedContents
  readonly constants: Constants
  readonly everywhere: Lifted
  /** What is left of lists of packages. */
  readonly packages: ReadonlyMap<Unit, readonly string[]>
  readonly offered: readonly OfferedLine[]
}

function moduleText(
  compiler: typeof ts,
  { kept: all, restarts, edited, packages, constants, everywhere, offered }: Content,
  { inventory, move }: ExportContext,
): { readonly text: string; readonly secrets: readonly SecretParameter[] } {
  const given = [...edited.added.values()].flat()
  const added = given.map(({ edit }) => edit.unit)
  const present = new Set([...all, ...added].flatMap(({ cell }) => [...identifiersIn(compiler, cell.file)]))
  const naming = nameAll([...all, ...added], present)
  const secrets = new SecretParameters(compiler, [...all, ...added], naming)
  const kept = all.filter(unit => !secrets.replaced.has(unit))
  const valueNames = new Map([...valuesUsed([...kept, ...added])].map(cell => [cell, naming.fresh(`result${cell}`)]))
  const results = nameResults(restarts, naming, valueNames)
  const fixed = new Map([...constants.hosts, ...everywhere.hosts])
  const prompt = new PromptMeanings(compiler, kept, inventory, naming, {
    tied: unit => restarts.after.has(unit),
    fixed,
    selected: given.flatMap(({ on }) => (on && !('kind' in on.selection) ? [on.selection] : [])),
  })
  const used = new Set(
    [...kept, ...added].flatMap(({ uses }) =>
      uses.flatMap(({ meaning }) => (meaning.kind === 'variable' ? [variableKey(meaning.variable)] : [])),
    ),
  )
  for (const unit of results.keys()) for (const variable of unit.declares) used.add(variableKey(variable))
  const conditions = new Map(
    [...restarts.after].map(([unit, causes]) => [unit, conditionText(causes.map(cause => results.get(cause) ?? ''))]),
  )
  for (const unit of kept) {
    const hosts = restarts.after.has(unit) ? undefined : fixed.get(unit)
    if (hosts) conditions.set(unit, prompt.select(hosts))
  }
  const written = kept.map(unit => {
    const before = prompt.before(unit)
    const { place, text } = writeUnit(compiler, unit, {
      naming,
      move,
      used,
      values: valueNames,
      results,
      conditions,
      contents: edited.contents,
      added: edited.added,
      fresh: name => naming.fresh(name),
      select: hosts => prompt.select(hosts),
      constants: constants.values,
      packages,
      secrets: each => secrets.edits(each),
      prompt: (use, of) => prompt.write(use, of),
    })
    return { place, text: before === undefined ? text : `${before}\n${text}` }
  })
  const body = [...prompt.declarations, ...grouped(kept, written, originsOf(kept, edited, everywhere, offered))]
  const parameter = prompt.isFleetUsed ? prompt.fleet : `_${prompt.fleet}`
  const source = secrets.all.length === 0 ? 'secret' : naming.fresh('secret')
  const parameters = [`${parameter}: Fleet`, ...secrets.declarations(source)]
  const imported = source === 'secret' ? source : `secret as ${source}`
  const text = [
    ...(importsFleet(kept, used) ? [] : ["import type { Fleet } from 'muster';"]),
    ...(secrets.all.length === 0 ? [] : [`import { ${imported} } from 'muster';`]),
    ...prompt.imports,
    ...new Set(written.flatMap(({ place, text }) => (place === 'module' ? [text] : []))),
    '',
    `export default async function deploy(${parameters.length === 1 ? parameters.join() : `\n${parameters.join(',\n')},\n`}) {`,
    ...body,
    '}',
    '',
  ].join('\n')
  return { text, secrets: secrets.all }
}

/** Names of the results that restarts ask whether something changed. */
function nameResults(
  { after }: Restarts,
  naming: Naming,
  values: ReadonlyMap<number, string>,
): ReadonlyMap<Unit, string> {
  const names = new Map<Unit, string>()
  for (const unit of [...after.values()].flat()) {
    if (names.has(unit)) continue
    const [declared] = unit.declares
    const value = unit.isValue ? values.get(unit.cell.cell.id) : undefined
    names.set(unit, declared ? naming.of(declared) : (value ?? naming.fresh(resultName(unit))))
  }
  return names
}

/** `ntpConf` for what was written to /etc/ntp.conf. */
function resultName({ calls }: Unit): string {
  const [call] = calls
  if (call?.kind !== 'operation') return 'result'
  if (call.operation.endsWith('.packages')) return 'packages'
  const path = /\b(?:path|dest): *['"`]([^'"`$]*)['"`]/.exec(call.call.getText())?.[1] ?? ''
  const words = (path.split('/').at(-1) ?? '').split(/[^A-Za-z0-9]+/).filter(Boolean)
  const name = words.map((word, at) => (at === 0 ? word.toLowerCase() : `${word[0]?.toUpperCase()}${word.slice(1)}`))
  return /^[a-z]/.test(name.join('')) ? name.join('') : 'written'
}

/** The fleet of those that something was changed on: `a.changed.or(b.changed)`. */
function conditionText(results: readonly string[]): string {
  const [first = '', ...more] = results
  return `${first}.changed${more.map(name => `.or(${name}.changed)`).join('')}`
}

/** Lines of the function, what came from one cell below a comment that names it. */
function grouped(kept: readonly Unit[], written: readonly WrittenUnit[], originOf: (unit: Unit) => string): string[] {
  let last: number | undefined
  return written.flatMap(({ place, text }, index) => {
    const unit = kept[index]
    if (place === 'module' || !unit) return []
    const { id } = unit.cell.cell
    const isNew = id !== last
    const isSpaced = last !== undefined && isNew && text.includes('\n')
    last = id
    return [...(isSpaced ? [''] : []), ...(isNew ? [originOf(unit)] : []), text]
  })
}

/** Cells of whose values something that is written makes use. */
function valuesUsed(kept: readonly Unit[]): Set<number> {
  return new Set(
    kept.flatMap(({ uses }) => uses.flatMap(({ meaning }) => (meaning.kind === 'value' ? [meaning.cell] : []))),
  )
}

/** Says where a step comes from, and what is to be known of it. */
function originsOf(
  kept: readonly Unit[],
  { edits }: EditedContents,
  { same }: Lifted,
  offered: readonly OfferedLine[],
): (unit: Unit) => string {
  return ({ cell, calls }) => {
    const own = kept.filter(unit => unit.cell === cell)
    const merged = own.flatMap(unit => edits.get(unit) ?? []).map(edit => edit.cell.cell.id)
    const others = own.flatMap(unit => same.get(unit) ?? []).map(each => each.cell.cell.id)
    const ids = [...new Set([cell.cell.id, ...merged, ...others])].sort((a, b) => a - b)
    const name = `// ${ids.length === 1 ? 'Cell' : 'Cells'} ${foldNames(ids.map(String)).replace(/^\[|\]$/g, '')}`
    const lines = offered.filter(({ cell }) => ids.includes(cell)).map(({ line }) => brief(line))
    if (lines.length > 0) return `${name}: ${shortened([...new Set(lines)].join('; '))}`
    if (merged.length > 0) return `${name}: the file as the edits after it left it.`
    const isShell = calls.some(({ kind }) => kind === 'command')
    return `${name}${isShell ? ': a shell line, run each time; what it leaves is not proven.' : ''}`
  }
}

/** At most so long that the comment fits a line. */
function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text
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
  // the results of a loop, say, are no value that a name could be given to
  const withValue = new Set(linked.flatMap(({ cell, analysis }) => (analysis.value === undefined ? [] : [cell.id])))
  const results = new Set(
    cells.flatMap(({ id, end }) =>
      end.kind === 'ok' && end.value.kind === 'results' && withValue.has(id) ? [id] : [],
    ),
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
