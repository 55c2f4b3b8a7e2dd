import type ts from 'typescript'
import { nearest } from '../../engine/nodeset/pattern.js'
import { calledName } from './call-at.js'
import type { Meant } from './meant-literal.js'

/** TypeScript's numbers for a key that an object may not have, by itself and with a near one. */
const UNKNOWN_KEY = new Set([2353, 2561])

/** For an argument that is not what is wanted, of which a missing key is one reason, and for one of all overloads. */
const WRONG_ARGUMENT = new Set([2345, 2769])

/** Keys that are listed; more would not be read. */
const MOST_LISTED = 12

/**
 * Says of a call's object of arguments which key it does not take, or lacks, in place of the two types that do not fit:
 * `files.put has no argument dst; did you mean dest?`
 *
 * @param start where TypeScript found it
 * @returns nothing where something else is wrong
 */
export function meantArgument(
  compiler: typeof ts,
  checker: ts.TypeChecker,
  file: ts.SourceFile,
  { start, code }: { readonly start: number; readonly code: number },
): Meant | undefined {
  if (UNKNOWN_KEY.has(code)) {
    const key = nodeAt(compiler, file, start, isKey(compiler))
    const object = key && compiler.isObjectLiteralExpression(key.parent) ? key.parent : undefined
    const wanted = object && keysOf(compiler, checker, object)
    if (!key || !wanted) return undefined
    const name = textOf(key.name, file)
    const given = new Set(object.properties.map(each => each.name && textOf(each.name, file)))
    const near = nearest(
      name,
      wanted.keys.filter(each => !given.has(each)),
    )
    const rest = near === undefined ? `. ${takes(wanted.keys)}` : `; did you mean ${near}?`
    const fix =
      near !== undefined && compiler.isPropertyAssignment(key)
        ? { fix: { title: `write ${near}`, start: key.name.getStart(file), end: key.name.end, text: near } }
        : {}
    return { message: `${wanted.called} has no argument ${name}${rest}`, ...fix }
  }
  if (!WRONG_ARGUMENT.has(code)) return undefined
  const object = nodeAt(compiler, file, start, compiler.isObjectLiteralExpression)
  const wanted = object && keysOf(compiler, checker, object)
  if (!wanted || object.properties.some(compiler.isSpreadAssignment)) return undefined
  const given = new Set(object.properties.map(each => each.name && textOf(each.name, file)))
  const missing = wanted.needed.filter(key => !given.has(key))
  if (missing.length === 0) return undefined
  return { message: `${wanted.called} needs ${missing.join(' and ')}. ${takes(wanted.keys)}` }
}

function takes(keys: readonly string[]): string {
  const more = keys.length > MOST_LISTED ? ` and ${keys.length - MOST_LISTED} more` : ''
  return keys.length === 0 ? 'It takes none.' : `It takes ${keys.slice(0, MOST_LISTED).join(', ')}${more}.`
}

/** The call that an object is an argument of, and the keys it takes, those it must have first. */
function keysOf(
  compiler: typeof ts,
  checker: ts.TypeChecker,
  object: ts.ObjectLiteralExpression,
): { readonly called: string; readonly keys: readonly string[]; readonly needed: readonly string[] } | undefined {
  const { parent } = object
  const wanted = compiler.isCallExpression(parent) ? checker.getContextualType(object) : undefined
  if (!wanted || !compiler.isCallExpression(parent)) return undefined
  const kinds = (wanted.isUnion() ? wanted.types : [wanted]).filter(kind => kind.getCallSignatures().length === 0)
  const optional = (symbol: ts.Symbol): boolean => (symbol.flags & compiler.SymbolFlags.Optional) !== 0
  const properties = kinds.map(kind => checker.getPropertiesOfType(kind))
  const required = properties.map(each => new Set(each.filter(symbol => !optional(symbol)).map(({ name }) => name)))
  const names = [...new Set(properties.flat().map(({ name }) => name))]
  const needed = names.filter(name => required.every(each => each.has(name)))
  const keys = [...needed, ...names.filter(name => !needed.includes(name))]
  return { called: calledName(compiler, parent.expression), keys, needed }
}

/** A key without its quotes. */
const textOf = (name: ts.PropertyName, file: ts.SourceFile): string =>
  name.getText(file).replace(/^(['"])(.*)\1$/, '$2')

const isKey =
  (compiler: typeof ts) =>
  (node: ts.Node): node is ts.PropertyAssignment | ts.ShorthandPropertyAssignment =>
    compiler.isPropertyAssignment(node) || compiler.isShorthandPropertyAssignment(node)

/** The node of a kind that begins at an offset. */
function nodeAt<T extends ts.Node>(
  compiler: typeof ts,
  file: ts.SourceFile,
  start: number,
  is: (node: ts.Node) => node is T,
): T | undefined {
  const find = (node: ts.Node): T | undefined => {
    if (start < node.pos || start >= node.end) return undefined
    if (is(node) && node.getStart(file) === start) return node
    return compiler.forEachChild(node, find)
  }
  return find(file)
}
