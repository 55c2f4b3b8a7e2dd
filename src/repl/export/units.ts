import type ts from 'typescript'
import type { LinkedCell, RanCell, Use, Variable } from '../notebook/linked-cells.js'
import type { SessionCell } from '../notebook/session-cells.js'
import { changedInPlace } from './changes-in-place.js'
import { type HostCall, hostCall, type Surroundings } from './host-calls.js'

export type ExportCell = SessionCell & RanCell

/** The smallest part of a session that is exported or not: a statement, or one declaration of several. */
export interface Unit {
  readonly cell: LinkedCell<ExportCell>
  readonly statement: ts.Statement
  /** The one declaration of a variable statement that this is. */
  readonly declaration: ts.VariableDeclaration | undefined
  readonly declares: readonly Variable[]
  readonly uses: readonly Use[]
  /** Variables it assigns, or changes in place. */
  readonly changes: readonly Variable[]
  /** What it calls when it runs; bodies of functions that it only defines are not among them. */
  readonly calls: readonly HostCall[]
  /** What it calls when a function it defines is run. */
  readonly deferred: readonly HostCall[]
  /** Commands among them that only look. */
  readonly reads: ReadonlySet<ts.TaggedTemplateExpression>
  /** It gives the cell's value. */
  readonly isValue: boolean
}

/** Takes a cell apart. */
export function unitsOf(compiler: typeof ts, cell: LinkedCell<ExportCell>, domains: ReadonlySet<string>): Unit[] {
  const { statements } = cell.file
  const promptUses = new Set(
    cell.uses.flatMap(({ reference, meaning }) => (meaning.kind === 'prompt' ? [reference.start] : [])),
  )
  const around = { domains, isPrompt: (name: ts.Identifier): boolean => promptUses.has(name.getStart(cell.file)) }
  return statements.flatMap((statement, index) => {
    const isValue = index === statements.length - 1 && cell.analysis.value !== undefined
    const parts = compiler.isVariableStatement(statement) ? statement.declarationList.declarations : [undefined]
    return parts.map((declaration): Unit => {
      const node = declaration ?? statement
      const [start, end] = [node.getStart(cell.file), node.getEnd()]
      const isInside = (at: { readonly start: number; readonly end: number }): boolean =>
        at.start >= start && at.end <= end
      const uses = cell.uses.filter(({ reference }) => isInside(reference))
      const inPlace = new Set(changedInPlace(compiler, node, around).map(name => name.getStart(cell.file)))
      return {
        cell,
        statement,
        declaration,
        declares: cell.bindings.filter(isInside).map(({ name }) => ({ name, cell: cell.cell.id })),
        uses,
        changes: uses.flatMap(({ reference, meaning }) =>
          meaning.kind === 'variable' && (reference.assigned || inPlace.has(reference.start)) ? [meaning.variable] : [],
        ),
        ...callsIn(compiler, node, around),
        isValue,
      }
    })
  })
}

function callsIn(compiler: typeof ts, root: ts.Node, around: Surroundings): Pick<Unit, 'calls' | 'deferred' | 'reads'> {
  const calls: HostCall[] = []
  const reads = new Set<ts.TaggedTemplateExpression>()
  const deferred: HostCall[] = []
  const visit = (node: ts.Node, into: HostCall[]): void => {
    if (compiler.isCallExpression(node) || compiler.isTaggedTemplateExpression(node)) {
      const call = hostCall(compiler, node, around)
      into.push(call)
      if (call.kind === 'read' && compiler.isTaggedTemplateExpression(node)) reads.add(node)
    }
    const inside = isDefinition(compiler, node) ? deferred : into
    compiler.forEachChild(node, child => visit(child, inside))
  }
  visit(root, calls)
  return { calls, deferred, reads }
}

/** A function that is not run where it stands: one that is passed to a call is taken to be run by it. */
export function isDefinition(compiler: typeof ts, node: ts.Node): boolean {
  if (!compiler.isFunctionLike(node)) return false
  let outer: ts.Node = node.parent
  while (compiler.isParenthesizedExpression(outer)) outer = outer.parent
  return !compiler.isCallExpression(outer) && !compiler.isNewExpression(outer)
}
