import type ts from 'typescript'
import { type Analysis, analyse } from '../cells/analyse.js'
import { commit, type Names, noNames } from '../cells/names.js'
import type { Reference } from '../cells/references.js'
import { type Binding, topLevelBindings } from './top-level-bindings.js'

/** What is needed of a cell that succeeded to know what its names meant when it ran. */
export interface RanCell {
  readonly id: number
  readonly source: string
  /** Whether it gave a value, which then is `_` until another does. */
  readonly hasValue: boolean
  /** The cell whose value `_` is in it; left out for the last before it that gave one. */
  readonly lastValue?: number
}

/** A name as one cell declared it. A later cell that declares it again makes another variable. */
export interface Variable {
  readonly name: string
  readonly cell: number
}

/** What a name in a cell meant when the cell ran. */
export type Meaning =
  | { readonly kind: 'variable'; readonly variable: Variable }
  /** One of the prompt's own: `fleet`, `$`, `apt` … */
  | { readonly kind: 'prompt'; readonly name: string }
  /** `_`, `_3`: the value of a cell. */
  | { readonly kind: 'value'; readonly cell: number }
  /** Something of JavaScript's. */
  | { readonly kind: 'foreign'; readonly name: string }

export interface Use {
  readonly reference: Reference
  readonly meaning: Meaning
}

/** A cell with its names resolved. */
export interface LinkedCell<C extends RanCell = RanCell> {
  readonly cell: C
  /** The text that all offsets are in: the cell's source, an object literal in parentheses. */
  readonly text: string
  readonly file: ts.SourceFile
  readonly analysis: Analysis
  readonly uses: readonly Use[]
  readonly bindings: readonly Binding[]
}

/**
 * Resolves the names in cells as the prompt did when they ran: to the newest declaration at that time.
 *
 * @param cells those that succeeded, in the order they ran
 * @param promptNames names that the prompt itself binds
 */
export function linkCells<C extends RanCell>(
  compiler: typeof ts,
  cells: readonly C[],
  promptNames: ReadonlySet<string>,
): LinkedCell<C>[] {
  let names = noNames
  let lastValue: number | undefined
  return cells.map(cell => {
    const analysis = analyseAsModule(compiler, cell.source)
    const file = compiler.createSourceFile('cell.ts', analysis.source, compiler.ScriptTarget.Latest, true)
    const own = new Set(analysis.declarations.map(({ name }) => name))
    const meaningOf = (reference: Reference): Meaning => {
      const { name } = reference
      if (own.has(name) && !reference.older) return { kind: 'variable', variable: { name, cell: cell.id } }
      const origin = originOf(reference, names)
      if (origin !== undefined) return { kind: 'variable', variable: { name, cell: origin } }
      const value = valueCell(name, cell.lastValue ?? lastValue)
      if (value !== undefined) return { kind: 'value', cell: value }
      return promptNames.has(name) ? { kind: 'prompt', name } : { kind: 'foreign', name }
    }
    const linked = {
      cell,
      text: analysis.source,
      file,
      analysis,
      uses: analysis.references.map(reference => ({ reference, meaning: meaningOf(reference) })),
      bindings: topLevelBindings(compiler, file),
    }
    names = commit(names, analysis, { module: String(cell.id), label: `cell ${cell.id}` })
    if (cell.hasValue) lastValue = cell.id
    return linked
  })
}

/** One text for one variable. */
export function variableKey({ name, cell }: Variable): string {
  return `${cell} ${name}`
}

/** A cell that is an object literal as a whole is a statement only in parentheses. */
function analyseAsModule(compiler: typeof ts, source: string): Analysis {
  const analysis = analyse(compiler, source)
  const { value } = analysis
  const isObjectLiteral = value?.start === 0 && value.end === source.length && /^\s*\{/.test(source)
  if (!isObjectLiteral) return analysis
  const text = source.trim()
  const endsInComment = text.slice(text.lastIndexOf('\n') + 1).includes('//')
  return analyse(compiler, `(${text}${endsInComment ? '\n' : ''})`)
}

function originOf({ name, use }: Reference, names: Names): number | undefined {
  const { values, types } = names
  const origin = use === 'type' ? (types.get(name) ?? values.get(name)) : (values.get(name) ?? types.get(name))
  return origin && Number(origin.module)
}

function valueCell(name: string, last: number | undefined): number | undefined {
  if (name === '_') return last
  const number = /^_(\d+)$/.exec(name)?.[1]
  return number === undefined ? undefined : Number(number)
}
