import type ts from 'typescript'
import { applyEdits } from '../cells/position-map.js'
import { variableKey } from '../notebook/linked-cells.js'
import type { Unit } from './units.js'

/** Arguments that name the one thing an operation brings to a state: called again for it, the later call is what counts. */
const SUBJECTS: Readonly<Record<string, readonly string[]>> = {
  'files.put': ['dest'],
  'files.template': ['dest'],
  'files.line': ['path', 'replace'],
  'files.link': ['path'],
  'files.file': ['path'],
  'files.directory': ['path'],
  'apt.packages': ['packages'],
  'systemd.service': ['service'],
  'server.user': ['user'],
}

/** Operations that write the same thing whole: one of them supersedes another. */
const FAMILIES: Readonly<Record<string, string>> = { 'files.put': 'content', 'files.template': 'content' }

/**
 * Of units that are one operation each, those that a later one made void: it was called again the same way, or for the same
 * thing with other arguments.
 */
export function supersededUnits(compiler: typeof ts, units: readonly Unit[]): Set<Unit> {
  const calls = units.flatMap(unit => singleOperation(compiler, unit))
  const gone = new Set<Unit>()
  calls.forEach((later, index) => {
    for (const earlier of calls.slice(0, index)) {
      if (gone.has(earlier.unit) || gone.has(later.unit)) continue
      if (earlier.text === later.text) {
        const between = calls.slice(calls.indexOf(earlier) + 1, index)
        const again = within(later, earlier) && !wasNeededAgain(later, between)
        if (again) gone.add(later.unit)
        else if (within(earlier, later)) gone.add(earlier.unit)
      } else if (replaces(later, earlier) && within(earlier, later)) gone.add(earlier.unit)
    }
  })
  return gone
}

interface SingleOperation {
  readonly unit: Unit
  readonly operation: string
  /** The call, names resolved: equal for equal calls. */
  readonly text: string
  /** What it is called on, names resolved. */
  readonly target: string
  readonly args: ReadonlyMap<string, string>
}

function singleOperation(compiler: typeof ts, unit: Unit): SingleOperation[] {
  const [call, ...more] = unit.calls.filter(({ kind }) => kind === 'operation')
  if (call?.kind !== 'operation' || more.length > 0 || !isWhole(compiler, unit, call.call)) return []
  const text = (node: ts.Node): string => resolvedText(compiler, unit, node)
  const [args] = call.call.arguments
  const properties = args && compiler.isObjectLiteralExpression(args) ? args.properties : []
  return [
    {
      unit,
      operation: call.operation,
      text: text(call.call),
      target: text(call.call.expression).replace(/ \. \w+ \. \w+$/, ''),
      args: new Map(properties.map(property => [property.name?.getText() ?? '…', text(property)])),
    },
  ]
}

/** Whether a call is all that a unit does: `await call` or `const x = await call`. */
function isWhole(compiler: typeof ts, { statement, declaration }: Unit, call: ts.CallExpression): boolean {
  const outer = compiler.isAwaitExpression(call.parent) ? call.parent : call
  if (declaration) return declaration.initializer === outer
  return compiler.isExpressionStatement(statement) && statement.expression === outer
}

/** Source as tokens with one space between them, each variable under a name of its own. */
function resolvedText(compiler: typeof ts, { cell, uses }: Unit, node: ts.Node): string {
  const [start, end] = [node.getStart(cell.file), node.getEnd()]
  const edits = uses.flatMap(({ reference, meaning }) =>
    meaning.kind === 'variable' && reference.start >= start && reference.end <= end
      ? [
          {
            start: reference.start - start,
            end: reference.end - start,
            text: `$$${variableKey(meaning.variable).replace(' ', '$$')}`,
          },
        ]
      : [],
  )
  const { text } = applyEdits(cell.text.slice(start, end), edits)
  const file = compiler.createSourceFile('x.ts', text, compiler.ScriptTarget.Latest, true)
  const tokens: string[] = []
  const visit = (child: ts.Node): void => {
    const children = child.getChildren(file)
    if (children.length === 0 && child.getText(file) !== '') tokens.push(child.getText(file))
    children.forEach(visit)
  }
  visit(file)
  return tokens.join(' ').replaceAll(/ ,(?= [}\])])/g, '')
}

function within(inner: SingleOperation, outer: SingleOperation): boolean {
  const hosts = new Set(outer.unit.cell.cell.focus)
  return inner.unit.cell.cell.focus.every(host => hosts.has(host))
}

/** It changed something that other operations had changed since it was first called. */
function wasNeededAgain({ unit }: SingleOperation, between: readonly SingleOperation[]): boolean {
  const others = new Set(between.flatMap(other => other.unit.cell.cell.effects.touched))
  return unit.cell.cell.effects.touched.some(thing => others.has(thing))
}

/** Another call for the same thing, which says at least as much about it. */
function replaces(later: SingleOperation, earlier: SingleOperation): boolean {
  const family = (operation: string): string => FAMILIES[operation] ?? operation
  const subjects = SUBJECTS[later.operation]
  if (!subjects || family(later.operation) !== family(earlier.operation) || later.target !== earlier.target)
    return false
  const isSameThing = subjects.every(name => later.args.has(name) && later.args.get(name) === earlier.args.get(name))
  return (
    isSameThing &&
    (family(later.operation) === 'content' || [...earlier.args.keys()].every(name => later.args.has(name)))
  )
}
