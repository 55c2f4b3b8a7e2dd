import type ts from 'typescript'
import { applyEdits, type Edit } from '../../cells/position-map.js'
import { linkCells, type RanCell, variableKey } from '../../notebook/linked-cells.js'
import { bare } from '../../notebook/promise-value.js'
import { callText } from './offered-call.js'
import { type PackageLists, withListUpdates } from './package-lists.js'
import { recognise } from './recognise.js'

/** A shell line that operations stand for. */
export interface OfferedLine {
  readonly cell: number
  /** The line as it was typed. */
  readonly line: string
}

export interface Offered<C extends RanCell> {
  readonly cells: readonly C[]
  readonly lines: readonly OfferedLine[]
}

/**
 * Cells with operations in the place of shell lines that these can express. A line whose answer is used stays what it is.
 *
 * @param promptNames names that the prompt itself binds
 */
export function offerOperations<C extends RanCell>(
  compiler: typeof ts,
  cells: readonly C[],
  promptNames: ReadonlySet<string>,
): Offered<C> {
  const linked = linkCells(compiler, cells, promptNames)
  const meanings = linked.flatMap(({ uses }) => uses.map(({ meaning }) => meaning))
  const usedValues = new Set(meanings.flatMap(meaning => (meaning.kind === 'value' ? [meaning.cell] : [])))
  const usedNames = new Set(
    meanings.flatMap(meaning => (meaning.kind === 'variable' ? [variableKey(meaning.variable)] : [])),
  )
  const lines: OfferedLine[] = []
  const lists: PackageLists = { updated: false }
  const offered = linked.map(({ cell, text, file, uses, analysis }) => {
    const prompt = new Set(
      uses.flatMap(({ reference, meaning }) => (meaning.kind === 'prompt' ? [reference.start] : [])),
    )
    const last = file.statements.at(-1)
    const edits: Edit[] = []
    const visit = (node: ts.Node): void => {
      const isUsedValue = node === last && analysis.value !== undefined && usedValues.has(cell.id)
      const line = isUsedValue
        ? undefined
        : lineIn(compiler, node, file, prompt, lists, name => usedNames.has(variableKey({ name, cell: cell.id })))
      if (!line) {
        compiler.forEachChild(node, visit)
        return
      }
      lines.push({ cell: cell.id, line: line.text })
      const isAlone = compiler.isBlock(node.parent) || compiler.isSourceFile(node.parent) || line.calls.length === 1
      const body = line.calls.map(call => `await ${call}`).join('\n')
      edits.push({ start: node.getStart(file), end: node.getEnd(), text: isAlone ? body : `{\n${body}\n}` })
    }
    visit(file)
    return edits.length === 0 ? cell : { ...cell, source: applyEdits(text, edits).text, hasValue: false }
  })
  return { cells: offered, lines }
}

interface Line {
  readonly text: string
  readonly calls: readonly string[]
}

/** The calls that stand for a statement that does nothing but run a shell line. */
function lineIn(
  compiler: typeof ts,
  node: ts.Node,
  file: ts.SourceFile,
  prompt: ReadonlySet<number>,
  lists: PackageLists,
  isUsed: (name: string) => boolean,
): Line | undefined {
  const run = runIn(compiler, node, isUsed)
  const isAwaited = run && (compiler.isAwaitExpression(run) || compiler.isSourceFile(node.parent))
  if (!run || !isAwaited) return undefined
  const template = templateOf(
    compiler,
    compiler.isAwaitExpression(run) ? bare(compiler, run.expression) : run,
    file,
    prompt,
  )
  if (!template) return undefined
  const { strings, holes, target } = template
  const found = recognise(strings)
  if (found.kind !== 'operations') return undefined
  const calls = withListUpdates(found.calls, lists).map(call => {
    const sudo = call.sudo === true ? 'true' : `'${call.sudo}'`
    return `${target}${callText(call, holes, call.sudo === undefined ? '' : `, { sudo: ${sudo} }`)}`
  })
  return { text: strings.map((text, at) => (at === 0 ? text : `\${${holes[at - 1]}}${text}`)).join(''), calls }
}

/** The expression of a statement whose value nobody takes. */
function runIn(compiler: typeof ts, node: ts.Node, isUsed: (name: string) => boolean): ts.Expression | undefined {
  if (compiler.isExpressionStatement(node)) return bare(compiler, node.expression)
  if (!compiler.isVariableStatement(node) || !compiler.isSourceFile(node.parent)) return undefined
  const [only, ...more] = node.declarationList.declarations
  if (!only?.initializer || more.length > 0 || !compiler.isIdentifier(only.name) || isUsed(only.name.text))
    return undefined
  return bare(compiler, only.initializer)
}

interface Template {
  readonly strings: readonly string[]
  /** Source of each interpolated value. */
  readonly holes: readonly string[]
  /** What stands before `$`: `` or `web.`. */
  readonly target: string
}

function templateOf(
  compiler: typeof ts,
  node: ts.Expression,
  file: ts.SourceFile,
  prompt: ReadonlySet<number>,
): Template | undefined {
  const target = (tag: ts.Expression, name: string): string | undefined => {
    if (compiler.isIdentifier(tag)) return tag.text === name && prompt.has(tag.getStart(file)) ? '' : undefined
    if (!compiler.isPropertyAccessExpression(tag) || tag.name.text !== name) return undefined
    return `${tag.expression.getText(file)}.`
  }
  if (compiler.isTaggedTemplateExpression(node)) {
    const before = target(bare(compiler, node.tag), '$')
    return before === undefined ? undefined : partsOf(compiler, node.template, file, before)
  }
  if (!compiler.isCallExpression(node) || node.arguments.length !== 1) return undefined
  const before = target(bare(compiler, node.expression), 'script')
  const [script] = node.arguments
  if (before === undefined || !script || !compiler.isStringLiteralLike(script)) return undefined
  return { strings: [script.text], holes: [], target: before }
}

function partsOf(
  compiler: typeof ts,
  template: ts.TemplateLiteral,
  file: ts.SourceFile,
  target: string,
): Template | undefined {
  if (compiler.isNoSubstitutionTemplateLiteral(template))
    return { strings: templateStrings(compiler, template), holes: [], target }
  const { templateSpans } = template
  // what raw() puts in is not quoted: nobody can tell what the shell makes of it
  const isRaw = templateSpans.some(
    ({ expression }) => compiler.isCallExpression(expression) && expression.expression.getText(file) === 'raw',
  )
  if (isRaw) return undefined
  const holes = templateSpans.map(({ expression }) => expression.getText(file))
  return { strings: templateStrings(compiler, template), holes, target }
}

/** The text between the interpolated values of a template. */
export function templateStrings(compiler: typeof ts, template: ts.TemplateLiteral): string[] {
  if (compiler.isNoSubstitutionTemplateLiteral(template)) return [template.text.trim()]
  return [template.head.text, ...template.templateSpans.map(({ literal }) => literal.text)]
}
