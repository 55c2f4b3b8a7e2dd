import type ts from 'typescript'
import { applyEdits } from '../cells/position-map.js'
import { variableKey } from '../notebook/linked-cells.js'
import { bare } from '../notebook/promise-value.js'
import type { HostCall } from './host-calls.js'
import type { Unit } from './units.js'

/** Arguments that name the one thing an operation brings to a state: called again for it, the later call is what counts. */
const SUBJECTS: Readonly<Record<string, readonly string[]>> = {
  'files.put': ['dest'],
  'files.template': ['dest'],
  'files.copy': ['dest'],
  'files.line': ['path', 'replace'],
  'files.replace': ['path', 'pattern'],
  'files.link': ['path'],
  'files.file': ['path'],
  'files.directory': ['path'],
  'files.attributes': ['path'],
  'apt.packages': ['packages'],
  'dnf.packages': ['packages'],
  'apk.packages': ['packages'],
  'systemd.service': ['service'],
  'server.user': ['user'],
  'server.group': ['group'],
  'server.sysctl': ['key'],
  'server.hostname': [],
  'server.timezone': [],
  'server.crontab': ['command', 'user'],
  'git.repo': ['dest'],
}

/** Operations that write the same thing whole: one of them supersedes another. */
const FAMILIES: Readonly<Record<string, string>> = {
  'files.put': 'content',
  'files.template': 'content',
  'files.copy': 'content',
}

/**
 * Of units that are one operation each, those that a later one made void: it was called again the same way, or for the same
 * thing with other arguments.
 */
export function supersededUnits(compiler: typeof ts, units: readonly Unit[]): Set<Unit> {
  const calls = units.flatMap(unit => singleOperation(compiler, unit))
  const gone = new Set<Unit>()
  calls.forEach((later, index) => {
    for (const earlier of calls.slice(0, index)) {
      if (gone.has(earlier.unit) || gone.has(later.unit) || meansAnother(later.unit, earlier.unit, units)) continue
      if (earlier.text === later.text) {
        const between = calls.slice(calls.indexOf(earlier) + 1, index)
        const again = within(later, earlier) && !wasNeededAgain(later, between)
        if (again) gone.add(later.unit)
        else if (within(earlier, later)) gone.add(earlier.unit)
      } else if (replaces(later, earlier) && within(earlier, later)) gone.add(earlier.unit)
    }
  })
  for (const [index, earlier] of calls.entries()) {
    const after = calls.slice(index + 1).filter(later => !gone.has(later.unit))
    if (isSaidLater(earlier, after)) gone.add(earlier.unit)
  }
  return gone
}

/** Whether something that a unit makes use of was changed since an earlier one: equal texts then say different things. */
function meansAnother(later: Unit, earlier: Unit, units: readonly Unit[]): boolean {
  const used = new Set(
    later.uses.flatMap(({ meaning }) => (meaning.kind === 'variable' ? [variableKey(meaning.variable)] : [])),
  )
  if (used.size === 0) return false
  const between = units.slice(units.indexOf(earlier) + 1, units.indexOf(later))
  return between.some(({ changes }) => changes.some(variable => used.has(variableKey(variable))))
}

/** Whether several later calls for the same thing say, between them, all that a call says. */
function isSaidLater(earlier: SingleOperation, after: readonly SingleOperation[]): boolean {
  const subjects = SUBJECTS[earlier.operation] ?? []
  if (!BY_FIELDS.has(earlier.operation) || isRemoval(earlier)) return false
  const later = after.filter(
    other =>
      other.operation === earlier.operation &&
      areComparable(earlier, other) &&
      within(earlier, other) &&
      subjects.every(name => other.args.get(name) === earlier.args.get(name)),
  )
  const said = new Set(later.flatMap(({ args }) => [...args.keys()]))
  return later.length > 1 && [...earlier.args.keys()].every(name => said.has(name))
}

/** Operations whose arguments are each a part of a state. */
const BY_FIELDS: ReadonlySet<string> = new Set(['systemd.service', 'files.attributes', 'server.user'])

/** A unit that is one call of an operation and nothing else. */
export interface SingleOperation {
  readonly unit: Unit
  readonly call: ts.CallExpression
  readonly operation: string
  /** The call, names resolved: equal for equal calls. */
  readonly text: string
  /** What it is called on, names resolved. */
  readonly target: string
  readonly args: ReadonlyMap<string, string>
}

/** The call that a unit is; none where it does more. */
export function singleOperation(compiler: typeof ts, unit: Unit): SingleOperation[] {
  const [call, ...more] = unit.calls.filter(({ kind }) => kind === 'operation')
  if (call?.kind !== 'operation' || more.length > 0 || !isWhole(compiler, unit, call.call)) return []
  return [operationOf(compiler, unit, call)]
}

/** One of the operations that a unit calls. */
export function operationOf(
  compiler: typeof ts,
  unit: Unit,
  { operation, call }: Extract<HostCall, { readonly kind: 'operation' }>,
): SingleOperation {
  const text = (node: ts.Node): string => resolvedText(compiler, unit, node)
  const properties = givenObject(compiler, call)?.properties ?? []
  return {
    unit,
    call,
    operation,
    text: text(call),
    target: text(call.expression).replace(/(?:^| \. )\w+ \. \w+$/, ''),
    args: new Map(properties.map(property => [property.name?.getText() ?? '…', text(property)])),
  }
}

/** The arguments of a call of an operation, where they are written in it: `{ … }`, `host => ({ … })`. */
export function givenObject(
  compiler: typeof ts,
  { arguments: [args] }: ts.CallExpression,
): ts.ObjectLiteralExpression | undefined {
  const given = args && compiler.isArrowFunction(args) ? args.body : args
  const body = given && !compiler.isBlock(given) ? bare(compiler, given) : undefined
  return body && compiler.isObjectLiteralExpression(body) ? body : undefined
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
  const hosts = new Set(hostsOf(outer))
  return hostsOf(inner).every(host => hosts.has(host))
}

/** The hosts that an operation was called on, as far as they are told apart from those of other steps of its cell. */
export function hostsOf({ unit: { cell } }: SingleOperation): readonly string[] {
  const [selection, ...more] = cell.cell.effects.selections
  return selection && more.length === 0 ? selection : cell.cell.focus
}

/** Whether two operations were called on hosts that were only selected, so that the hosts say all of it. */
function areComparable(one: SingleOperation, other: SingleOperation): boolean {
  return one.target === other.target || [one, other].every(isOnPlainHosts)
}

/** Whether a call names the hosts it acts on and nothing else: no options, nothing that an answer decides. */
export function isOnPlainHosts({ target }: SingleOperation): boolean {
  return PLAIN_TARGET.test(target)
}

/** `fleet`, `focus`, `host ( 'h1' )`, `fleet . group ( 'web' )`. */
const PLAIN_TARGET = /^(?:|fleet|focus|(?:fleet \. )?(?:host|group|match) \( '[^']*' \)) ?\.?$/

/** It changed something that other operations had changed since it was first called. */
function wasNeededAgain(later: SingleOperation, between: readonly SingleOperation[]): boolean {
  const { touched, commands } = later.unit.cell.cell.effects
  const isOther = ({ unit }: SingleOperation): boolean => unit.cell !== later.unit.cell
  const others = new Set(between.filter(isOther).flatMap(other => other.unit.cell.cell.effects.touched))
  // what one cell changed is not told apart by its steps
  if (between.some(other => !isOther(other) && subjectOf(other) === subjectOf(later))) return true
  if (touched.some(thing => others.has(thing))) return true
  // what a shell line changed is not recorded: whatever else was said of the same thing may have been in its way
  return commands.length > 0 && between.some(other => subjectOf(other) === subjectOf(later))
}

/** What an operation is about, as text. */
export function subjectOf({ operation, args }: SingleOperation): string {
  const path = args.get('dest') ?? args.get('path')
  if (path !== undefined && operation.startsWith('files.')) return givenIn(path).replace(/^"([^"'\\]*)"$/, "'$1'")
  return (SUBJECTS[operation] ?? ['']).map(name => givenIn(args.get(name) ?? '')).join(' ')
}

/** Another call for the same thing, which says at least as much about it. */
function replaces(later: SingleOperation, earlier: SingleOperation): boolean {
  if (!areComparable(later, earlier)) return false
  if (later.operation.startsWith('files.') && earlier.operation.startsWith('files.')) {
    if (isRemoval(later)) return isAtOrBelow(subjectOf(earlier), subjectOf(later))
    if (isRemoval(earlier) && earlier.operation !== 'files.line')
      return isAtOrBelow(subjectOf(later), subjectOf(earlier))
  }
  if (isRewritten(earlier, later)) return true
  const family = (operation: string): string => FAMILIES[operation] ?? operation
  const subjects = SUBJECTS[later.operation]
  if (!subjects || family(later.operation) !== family(earlier.operation)) return false
  const isGiven = (name: string): boolean => later.args.has(name) || name === 'user'
  const isSameThing = subjects.every(name => isGiven(name) && later.args.get(name) === earlier.args.get(name))
  const isTurned = isRemoval(later) !== isRemoval(earlier)
  const saysAll = [...earlier.args.keys()].every(name => name === 'present' || later.args.has(name))
  return isSameThing && (isTurned || family(later.operation) === 'content' || saysAll)
}

/** A line that a later call took out of the same file, or made another of. */
function isRewritten(earlier: SingleOperation, later: SingleOperation): boolean {
  if (earlier.operation !== 'files.line' || isGone(earlier) || subjectOf(earlier) !== subjectOf(later)) return false
  const line = /^(['"])([^'"\\]*)\1$/.exec(givenIn(earlier.args.get('line') ?? ''))?.[2]
  if (line === undefined) return false
  const looked = later.operation === 'files.replace' ? 'pattern' : isGone(later) ? 'line' : 'replace'
  if (later.operation !== 'files.replace' && later.operation !== 'files.line') return false
  const pattern = givenIn(later.args.get(looked) ?? '')
  const [, source, flags] = /^\/(.*)\/([a-z]*)$/.exec(pattern) ?? []
  const isFound = source === undefined ? pattern === `'${line}'` : line.search(new RegExp(source, flags)) !== -1
  return isFound && (isGone(later) || givenIn(later.args.get('line') ?? '') !== `'${line}'`)
}

function isGone({ args }: SingleOperation): boolean {
  return givenIn(args.get('present') ?? '') === 'false'
}

function isRemoval(call: SingleOperation): boolean {
  return call.operation !== 'files.line' && isGone(call)
}

/** Whether one path, as written in code, is another or lies in it. */
function isAtOrBelow(inner: string, outer: string): boolean {
  const text = /^(['"])([^'"`$\\]*)\1$/
  const [path, place] = [text.exec(inner)?.[2], text.exec(outer)?.[2]]
  return inner === outer || (path !== undefined && place !== undefined && path.startsWith(`${place}/`))
}

/** What a property is given: all after its name. */
function givenIn(property: string): string {
  return property.replace(/^\w+ : /, '')
}
