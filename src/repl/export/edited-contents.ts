import type ts from 'typescript'
import { REDACTED } from '../../engine/secret.js'
import { editLines, type LinePattern } from '../../operations/files/edit-lines.js'
import { replaceInLines } from '../../operations/files/replace-in-lines.js'
import { variableKey } from '../notebook/linked-cells.js'
import { type SingleOperation, singleOperation, subjectOf } from './superseded.js'
import type { Unit } from './units.js'

/** Files that were written whole and then edited line by line: a deploy writes them as they ended. */
export interface EditedContents {
  /** For a `files.put`, the content that it is given in the place of its own. */
  readonly contents: ReadonlyMap<Unit, string>
  /** Edits that are part of it, by the put that they are part of. */
  readonly edits: ReadonlyMap<Unit, readonly Unit[]>
}

/** A put, and what has become of its content so far. */
interface Written {
  readonly put: SingleOperation
  content: string
  readonly edits: Unit[]
}

/**
 * Puts edits of a file into the `files.put` before them, which would undo them each time the deploy runs. What is worked out from
 * values that are not written in the call (`content: text`) stays as it is: a text in their place would say less.
 */
export function editedContents(compiler: typeof ts, kept: readonly Unit[]): EditedContents {
  const written = new Map<string, Written>()
  const finished: Written[] = []
  for (const unit of kept) {
    const [call] = singleOperation(compiler, unit)
    if (!call) {
      if (unit.changes.length > 0 || unit.calls.some(({ kind }) => kind !== 'read' && kind !== 'none')) written.clear()
      continue
    }
    const subject = subjectOf(call)
    const before = written.get(subject)
    const content = before && isOfSameFile(before.put, call) ? edited(compiler, before.content, call) : undefined
    if (before && content !== undefined && !isAskedFor(unit, kept, before.edits)) {
      before.content = content
      before.edits.push(unit)
      continue
    }
    written.delete(subject)
    const own = call.operation === 'files.put' ? literalArguments(compiler, call)?.content : undefined
    if (typeof own !== 'string') continue
    const put = { put: call, content: own, edits: [] }
    written.set(subject, put)
    finished.push(put)
  }
  const composed = finished.filter(({ edits }) => edits.length > 0)
  return {
    contents: new Map(composed.map(({ put, content }) => [put.unit, content])),
    edits: new Map(composed.map(({ put, edits }) => [put.unit, edits])),
  }
}

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
