import type ts from 'typescript'
import { REDACTED } from '../../engine/secret.js'
import { editLines, type LinePattern } from '../../operations/files/edit-lines.js'
import { replaceInLines } from '../../operations/files/replace-in-lines.js'
import { type Variable, variableKey } from '../notebook/linked-cells.js'
import { bare } from '../notebook/promise-value.js'
import { memberWriters } from './member-writers.js'
import { givenObject, hostsOf, isOnPlainHosts, type SingleOperation, singleOperation, subjectOf } from './superseded.js'
import type { Unit } from './units.js'

/** Files that were written whole and then edited line by line: a deploy writes them as they ended. */
export interface EditedContents {
  /** For a `files.put`, the content that it is given in the place of its own. */
  readonly contents: ReadonlyMap<Unit, string>
  /** What calls that write a file are given as its `edits`. */
  readonly added: ReadonlyMap<ts.CallExpression, readonly AddedEdit[]>
  /** Edits that are no steps any longer, since they are part of it in either way, by the unit that they are part of. */
  readonly edits: ReadonlyMap<Unit, readonly Unit[]>
}

/** An edit that a call is given. */
export interface AddedEdit {
  readonly edit: SingleOperation
  /** Where it was made on other hosts than the file was written on: on which it is to be made. */
  readonly on?: HostsOfEdit
}

/** Hosts by their names; or what the edit was called on, which selects them; and what the call that is given it calls its host. */
export interface HostsOfEdit {
  readonly selection: readonly string[] | ts.Expression
  /** `undefined`: it is called on a fleet, and its arguments are for every host the same. */
  readonly host: string | undefined
}

/** An operation that writes a file whole, and what has become of that so far. */
interface Written {
  readonly whole: SingleOperation
  /** The text so far; `undefined` where the call does not tell it, or no longer does. */
  content: string | undefined
  /** Edits that are no steps any longer. */
  readonly edits: Unit[]
  readonly added: AddedEdit[]
  /** What it calls its host, where `each` calls it for each one. */
  readonly host?: string
  /** Whether it writes it on every host there is. */
  readonly isEverywhere: boolean
}

/** Operations that write a file whole. */
const WRITING: ReadonlySet<string> = new Set(['files.put', 'files.template', 'files.copy'])

/**
 * Makes edits of a file a part of what wrote it whole before them, which would undo them each time the deploy runs: a content that is
 * written in the call becomes what it ended as; one that is worked out (`content: text`, a template) is given the edits.
 *
 * @param hosts all there are
 */
export function editedContents(compiler: typeof ts, kept: readonly Unit[], hosts: readonly string[]): EditedContents {
  const written = new Map<string, Written>()
  const finished: Written[] = []
  for (const unit of kept) {
    const [call] = singleOperation(compiler, unit)
    if (!call) {
      if (unit.changes.length > 0 || unit.calls.some(({ kind }) => kind !== 'read' && kind !== 'none')) written.clear()
      for (const { call: whole, host, isEverywhere } of memberWriters(compiler, unit, WRITING)) {
        if (whole.call.arguments.length !== 1 || !canBeAddedTo(compiler, whole)) continue
        const member = { whole, content: undefined, edits: [], added: [], host, isEverywhere }
        written.set(subjectOf(whole), member)
        finished.push(member)
      }
      continue
    }
    const subject = subjectOf(call)
    const before = written.get(subject)
    if (before && !isAskedFor(unit, kept, before.edits) && takesUp(compiler, before, call, kept, hosts)) continue
    written.delete(subject)
    if (!WRITING.has(call.operation) || !canBeAddedTo(compiler, call)) continue
    const own = call.operation === 'files.put' ? literalArguments(compiler, call)?.content : undefined
    const isEverywhere = isOnPlainHosts(call) && hosts.every(host => hostsOf(call).includes(host))
    const content = typeof own === 'string' ? own : undefined
    const whole = { whole: call, content, edits: [], added: [], isEverywhere }
    written.set(subject, whole)
    finished.push(whole)
  }
  const composed = finished.filter(({ edits, added }) => edits.length > 0 || added.length > 0)
  return {
    contents: new Map(
      composed.flatMap(({ whole, content }) => (content === undefined ? [] : [[whole.unit, content] as const])),
    ),
    added: new Map(composed.flatMap(({ whole, added }) => (added.length === 0 ? [] : [[whole.call, added] as const]))),
    edits: new Map(composed.map(({ whole, edits }) => [whole.unit, edits])),
  }
}

/** Makes an operation a part of what was written before, where it is an edit of that. */
function takesUp(
  compiler: typeof ts,
  before: Written,
  call: SingleOperation,
  kept: readonly Unit[],
  all: readonly string[],
): boolean {
  if (before.host !== undefined || !isOfSameFile(before.whole, call))
    return isGivenToSome(compiler, before, call, kept, all)
  const content =
    before.content === undefined || before.added.length > 0 ? undefined : edited(compiler, before.content, call)
  if (content !== undefined) before.content = content
  else if (canBeGiven(compiler, before.whole, call, kept)) before.added.push({ edit: call })
  else return false
  before.edits.push(call.unit)
  return true
}

/**
 * Gives what wrote a file the edits that were made on some of its hosts, so that it does not undo them where they are. They stay a step of
 * their own unless it writes the file on all hosts: where it does not, they have something to do.
 */
function isGivenToSome(
  compiler: typeof ts,
  before: Written,
  edit: SingleOperation,
  kept: readonly Unit[],
  all: readonly string[],
): boolean {
  const { whole, host } = before
  const selection = selectionOf(compiler, edit, whole.unit, kept)
  if (!selection || edit.call.arguments.length !== 1 || whole.call.arguments.length !== 1) return false
  if (!canBeGiven(compiler, whole, edit, kept) || isShadowed(compiler, whole, edit)) return false
  if (host === undefined && (!isOnPlainHosts(whole) || !hostsOf(edit).some(each => hostsOf(whole).includes(each))))
    return false
  const isOn = (hosts: readonly string[]): boolean => hosts.every(each => hostsOf(edit).includes(each))
  const isForAll = isOnPlainHosts(edit) && isOn(all)
  before.added.push(isForAll ? { edit } : { edit, on: { selection, host } })
  const isAmong =
    host === undefined && isOnPlainHosts(edit) && hostsOf(edit).every(each => hostsOf(whole).includes(each))
  if (before.isEverywhere || isAmong) before.edits.push(edit.unit)
  return true
}

/** Whether a name that an edit makes use of is another's where it would be given: of a variable in the function that `each` runs. */
function isShadowed(compiler: typeof ts, { unit: { statement } }: SingleOperation, { unit }: SingleOperation): boolean {
  const names = new Set(unit.uses.map(({ reference }) => reference.name))
  const declares = (node: ts.Node): boolean => {
    const isNamed =
      compiler.isParameter(node) ||
      compiler.isVariableDeclaration(node) ||
      compiler.isBindingElement(node) ||
      compiler.isFunctionDeclaration(node)
    if (isNamed && node.name && compiler.isIdentifier(node.name) && names.has(node.name.text)) return true
    return compiler.forEachChild(node, child => declares(child) || undefined) ?? false
  }
  return declares(statement)
}

/** What an edit was called on, as far as it says the same at the place of what wrote the file; `undefined` where it does not. */
function selectionOf(
  compiler: typeof ts,
  edit: SingleOperation,
  whole: Unit,
  kept: readonly Unit[],
): HostsOfEdit['selection'] | undefined {
  if (isOnPlainHosts(edit)) return hostsOf(edit)
  const domain = bare(compiler, edit.call.expression)
  const fleet = compiler.isPropertyAccessExpression(domain) ? bare(compiler, domain.expression) : domain
  if (!compiler.isPropertyAccessExpression(fleet) || !isSelecting(compiler, fleet.expression)) return undefined
  return meansTheSame(fleet.expression, edit.unit, whole, kept) ? fleet.expression : undefined
}

/** `fleet.where(…)`, `web.minus(…).first(2)`: selections, which ask no host. */
function isSelecting(compiler: typeof ts, node: ts.Expression): boolean {
  const inner = bare(compiler, node)
  if (compiler.isIdentifier(inner)) return inner.text === 'fleet'
  if (!compiler.isCallExpression(inner) || !compiler.isPropertyAccessExpression(inner.expression)) return false
  return SELECTING.has(inner.expression.name.text) && isSelecting(compiler, inner.expression.expression)
}

const SELECTING: ReadonlySet<string> = new Set(['group', 'match', 'where', 'first'])

/** Whether a call can be given `edits`: its arguments are written in it, and it has none yet. */
function canBeAddedTo(compiler: typeof ts, { call }: SingleOperation): boolean {
  const properties = givenObject(compiler, call)?.properties
  return properties?.every(property => isPlain(compiler, property) && nameIn(property) !== 'edits') ?? false
}

/** Whether the arguments of an edit mean at the place of another operation what they mean at their own. */
function canBeGiven(
  compiler: typeof ts,
  { unit: whole }: SingleOperation,
  { unit, call, operation }: SingleOperation,
  kept: readonly Unit[],
): boolean {
  const [args] = call.arguments
  if (operation !== 'files.line' && operation !== 'files.replace') return false
  if (!args || !compiler.isObjectLiteralExpression(args)) return false
  if (!args.properties.every(property => isPlain(compiler, property))) return false
  return meansTheSame(args, unit, whole, kept)
}

/** Whether a part of a unit means at the place of an earlier one what it means at its own. */
function meansTheSame(node: ts.Node, unit: Unit, whole: Unit, kept: readonly Unit[]): boolean {
  const earlier = kept.slice(0, kept.indexOf(whole))
  const between = kept.slice(kept.indexOf(whole), kept.indexOf(unit))
  return unit.uses
    .filter(({ reference }) => reference.start >= node.getStart() && reference.end <= node.getEnd())
    .every(({ reference, meaning }) => {
      if (meaning.kind === 'foreign') return true
      if (meaning.kind === 'prompt') return reference.name === 'fleet'
      if (meaning.kind === 'value') return earlier.some(({ isValue, cell }) => isValue && cell.cell.id === meaning.cell)
      if (meaning.kind !== 'variable') return false
      const key = variableKey(meaning.variable)
      const names = (variables: readonly Variable[]): boolean =>
        variables.some(variable => variableKey(variable) === key)
      return earlier.some(({ declares }) => names(declares)) && !between.some(({ changes }) => names(changes))
    })
}

function isPlain(compiler: typeof ts, property: ts.ObjectLiteralElementLike): boolean {
  return compiler.isPropertyAssignment(property) || compiler.isShorthandPropertyAssignment(property)
}

const nameIn = (property: ts.ObjectLiteralElementLike): string => property.name?.getText() ?? ''

/** The text of a file after one more operation; `undefined` for one that does something else, or that cannot be told. */
function edited(compiler: typeof ts, text: string, call: SingleOperation): string | undefined {
  const given = literalArguments(compiler, call)
  if (!given) return undefined
  const { line, present = true, replace, after, before, pattern, replacement } = given
  if (call.operation === 'files.line' && isPattern(line) && typeof present === 'boolean')
    return editLines(text, {
      line,
      present,
      ...(isPattern(replace) ? { replace } : {}),
      ...(isPattern(after) ? { after } : {}),
      ...(isPattern(before) ? { before } : {}),
    })
  if (call.operation === 'files.replace' && pattern instanceof RegExp && typeof replacement === 'string')
    return replaceInLines(text, pattern, replacement)
  return undefined
}

/** On the same hosts, or on those that the put itself changed when these are all of them, and with the same options. */
function isOfSameFile(put: SingleOperation, edit: SingleOperation): boolean {
  const options = ({ call }: SingleOperation): string => call.arguments[1]?.getText() ?? ''
  const hosts = put.unit.cell.cell.focus
  const isSameFocus = hosts.join() === edit.unit.cell.cell.focus.join()
  if (options(put) !== options(edit)) return false
  if (put.target === edit.target) return isSameFocus
  if (isOnPlainHosts(put) && isOnPlainHosts(edit)) return hostsOf(put).join() === hostsOf(edit).join()
  return isOfChanged(put.unit, edit) && hosts.every(host => hasTouched(edit.unit, host))
}

/** `conf.changed.files.line(…)`, `_.changed…`, `changed…`, where `conf` is what the put gave. */
function isOfChanged({ cell, isValue, declares }: Unit, { target, unit }: SingleOperation): boolean {
  const own = new Set(declares.map(variableKey))
  const isPuts = unit.uses.some(({ meaning }) =>
    meaning.kind === 'value'
      ? isValue && meaning.cell === cell.cell.id
      : meaning.kind === 'variable' && own.has(variableKey(meaning.variable)),
  )
  return isPuts && /^(?:\S+ \. )?changed$/.test(target)
}

function hasTouched({ cell }: Unit, host: string): boolean {
  return cell.cell.effects.touched.some(thing => thing.startsWith(JSON.stringify([host]).slice(0, -1)))
}

/** Whether something that stays makes use of what an edit gave. */
export function isAskedFor(edit: Unit, kept: readonly Unit[], others: readonly Unit[]): boolean {
  const own = new Set(edit.declares.map(variableKey))
  return kept.some(
    unit =>
      unit !== edit &&
      !others.includes(unit) &&
      unit.uses.some(({ meaning }) =>
        meaning.kind === 'value'
          ? edit.isValue && meaning.cell === edit.cell.cell.id
          : meaning.kind === 'variable' && own.has(variableKey(meaning.variable)),
      ),
  )
}

type Literal = string | boolean | RegExp

/** The arguments of a call but for its path, where all of them are written as literals. */
function literalArguments(
  compiler: typeof ts,
  { call }: SingleOperation,
): Readonly<Record<string, Literal>> | undefined {
  const [args] = call.arguments
  if (!args || !compiler.isObjectLiteralExpression(args)) return undefined
  const found: Record<string, Literal> = {}
  for (const property of args.properties) {
    const name = property.name?.getText()
    if (name === 'path' || name === 'dest') continue
    const value = compiler.isPropertyAssignment(property) ? literalOf(compiler, property.initializer) : undefined
    if (name === undefined || value === undefined) return undefined
    found[name] = value
  }
  return found
}

function literalOf(compiler: typeof ts, node: ts.Expression): Literal | undefined {
  // what was taken out of the record is no part of any file
  if (compiler.isStringLiteralLike(node)) return node.text.includes(REDACTED) ? undefined : node.text
  if (node.kind === compiler.SyntaxKind.TrueKeyword) return true
  if (node.kind === compiler.SyntaxKind.FalseKeyword) return false
  const [, source, flags] = (compiler.isRegularExpressionLiteral(node) && /^\/(.*)\/([a-z]*)$/.exec(node.text)) || []
  return source === undefined ? undefined : new RegExp(source, flags)
}

function isPattern(value: Literal | undefined): value is LinePattern {
  return typeof value === 'string' || value instanceof RegExp
}
