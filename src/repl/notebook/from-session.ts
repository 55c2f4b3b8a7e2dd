import { createHash } from 'node:crypto'
import type ts from 'typescript'
import { applyEdits, type Edit } from '../cells/position-map.js'
import type { CellEnd } from '../protocol.js'
import type { FrontMatter } from './front-matter.js'
import { type LinkedCell, linkCells, type RanCell } from './linked-cells.js'
import { identifiersIn, type Naming, nameVariables, namingEdits } from './naming.js'
import { type CellOutput, type Outputs, sourceHash } from './outputs.js'
import { type CellKind, cellText, type Notebook, type NotebookCell } from './percent.js'
import { isUnary, mayBePromise } from './promise-value.js'
import { proseOf } from './prose.js'
import { importEdits, type Move } from './relocate.js'
import type { SessionCell } from './session-cells.js'

export interface NotebookContext {
  readonly session: string
  readonly meta: FrontMatter
  /** Names that the prompt itself binds. */
  readonly promptNames: ReadonlySet<string>
  /** From the session's working directory to the notebook's. */
  readonly move: Move
  /** How the hosts of a cell's focus are written; `undefined` where they are those of the notebook's. */
  readonly focusText?: (hosts: readonly string[]) => string | undefined
}

/**
 * Makes a notebook of a session: its cells in the order they ran, as one module that means the same. `await` is written where the
 * prompt awaited a value, a name that was declared again gets a number, `_` becomes the value it stood for. Cells that did not
 * succeed are kept as comments.
 */
export function notebookFromSession(
  compiler: typeof ts,
  cells: readonly SessionCell[],
  { session, meta, promptNames, move, focusText = () => undefined }: NotebookContext,
): { readonly notebook: Notebook; readonly outputs: Outputs } {
  const linked = linkCells(compiler, cells.filter(hasRun).map(ranCell), promptNames)
  const prompt = usedNames(linked, 'prompt')
  const naming = nameAll(compiler, linked, new Set([...prompt, ...usedNames(linked, 'foreign')]))
  const values = nameValues(linked, naming)
  const texts = new Map(
    linked.map(entry => {
      const edits = [...moduleEdits(compiler, entry, naming, values), ...importEdits(compiler, entry.file, move)]
      return [entry.cell.id, applyEdits(entry.text, edits).text]
    }),
  )
  const written = cells.flatMap(
    (cell): { readonly cell: NotebookCell; readonly output?: readonly [string, CellOutput] }[] => {
      const prose = proseOf(cell.source)
      if (prose !== undefined) return [{ cell: { kind: 'markdown', source: cellText(prose) } }]
      const source = cellText(texts.get(cell.id) ?? cell.source)
      if (source === '' || isColonCommand(cell.source)) return []
      const id = cellId(session, cell.id)
      const focus = focusText(cell.focus)
      const kept = { kind: kindOf(cell.end), id, ...(focus === undefined ? {} : { focus }), source }
      return [{ cell: kept, output: [id, outputOf(cell, session, source)] }]
    },
  )
  return {
    notebook: { meta: { ...meta, session }, head: headOf(prompt), cells: written.map(({ cell }) => cell) },
    outputs: {
      cells: Object.fromEntries(written.flatMap(({ output }) => (output ? [[output[0], [output[1]]]] : []))),
    },
  }
}

/** The line by which an editor knows the prompt's names; without any, what makes a file a module. */
export function headOf(names: ReadonlySet<string>): string {
  return names.size === 0 ? 'export {}' : `import { ${[...names].sort().join(', ')} } from 'muster/session'`
}

/** A cell that succeeded, for its names to be resolved. */
export function ranCell<C extends SessionCell>(cell: C): C & RanCell {
  return { ...cell, hasValue: cell.end.kind === 'ok' && cell.end.value.kind !== 'nothing' }
}

/** Whether a cell is code that succeeded. */
export function hasRun({ source, end }: SessionCell): boolean {
  return end.kind === 'ok' && !isColonCommand(source)
}

function isColonCommand(source: string): boolean {
  return source.trimStart().startsWith(':')
}

/** The id of a cell: distinct in one notebook, and between the notebooks of two sessions. */
export function cellId(session: string, cell: number): string {
  return createHash('sha256').update(`${session}/${cell}`).digest('hex').slice(0, 8)
}

function kindOf({ kind }: CellEnd): CellKind {
  if (kind === 'ok') return 'code'
  return kind === 'error' ? 'failed' : kind
}

export function outputOf({ id, at, end, console }: SessionCell, session: string, source: string): CellOutput {
  return { hash: sourceHash(source), session, cell: id, at, end, console }
}

function usedNames(linked: readonly LinkedCell[], kind: 'prompt' | 'foreign'): Set<string> {
  const names = linked.flatMap(({ uses }) =>
    uses.flatMap(({ meaning }) => (meaning.kind === kind ? [meaning.name] : [])),
  )
  return new Set(names)
}

function nameAll(compiler: typeof ts, linked: readonly LinkedCell[], reserved: ReadonlySet<string>): Naming {
  const variables = linked.flatMap(({ cell, bindings }) => bindings.map(({ name }) => ({ name, cell: cell.id })))
  const present = linked.flatMap(({ file }) => [...identifiersIn(compiler, file)])
  return nameVariables(variables, reserved, new Set(present))
}

/** Names for the values that later cells use as `_` or `_3`. */
function nameValues(linked: readonly LinkedCell[], naming: Naming): ReadonlyMap<number, string> {
  const values = new Map<number, string>()
  for (const { meaning } of linked.flatMap(({ uses }) => uses))
    if (meaning.kind === 'value' && !values.has(meaning.cell))
      values.set(meaning.cell, naming.fresh(`result${meaning.cell}`))
  return values
}

function moduleEdits(
  compiler: typeof ts,
  entry: LinkedCell,
  naming: Naming,
  values: ReadonlyMap<number, string>,
): Edit[] {
  const { text, analysis, uses } = entry
  const defaults = analysis.exportWords.filter(({ start, end }) => text.slice(start, end).includes('default'))
  return [
    ...separation(entry),
    ...defaults.map(word => ({ ...word, text: '' })),
    ...valueEdits(compiler, entry, values.get(entry.cell.id)),
    ...uses.flatMap(({ reference: { name, start, end, shorthand }, meaning }): Edit[] => {
      const value = meaning.kind === 'value' ? values.get(meaning.cell) : undefined
      return value === undefined ? [] : [{ start, end, text: shorthand ? `${name}: ${value}` : value }]
    }),
    ...namingEdits(entry, naming),
  ]
}

/** A statement that begins so would go on with the one before it, where that has no semicolon. */
function separation({ file, text }: LinkedCell): Edit[] {
  const start = file.statements[0]?.getStart(file)
  return start !== undefined && '[(`+-/'.includes(text.charAt(start)) ? [{ start, end: start, text: ';' }] : []
}

/** Writes the `await` that the prompt supplied, and gives the value a name where one is needed. */
function valueEdits(compiler: typeof ts, { file, analysis }: LinkedCell, name: string | undefined): Edit[] {
  const statement = file.statements.at(-1)
  const isValue = statement && (compiler.isExpressionStatement(statement) || compiler.isExportAssignment(statement))
  if (!analysis.value || !isValue) return []
  const { start, end } = analysis.value
  const awaited = mayBePromise(compiler, statement.expression)
  const open = awaited && !isUnary(compiler, statement.expression) ? '(' : ''
  const before = `${name === undefined ? '' : `const ${name} = `}${awaited ? 'await ' : ''}${open}`
  return [
    { start, end: start, text: before },
    { start: end, end, text: open === '' ? '' : ')' },
  ]
}
