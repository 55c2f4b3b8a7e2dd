import type ts from 'typescript'
import { type Quote, readInQuotes } from '../completion/in-quotes.js'

/** A text being written as an argument of a call: `files.line({ path: '/et▏' })`. */
export interface ArgumentPlace {
  /** The last two names of what is called: `files.line`, `facts.server.os` being `server.os`; one name: `match`. */
  readonly call: string
  /** The argument's key in an object; the position of one that stands by itself. */
  readonly key: string | number
  /** What it says, as far as the cursor. */
  readonly typed: string
  /** What it stands between, and so is written for. */
  readonly quote: Quote
  /** Offset in the module at which that begins. */
  readonly start: number
}

/** The argument whose text an offset of a module stands in, if it does. */
export function argumentPlace(compiler: typeof ts, file: ts.SourceFile, position: number): ArgumentPlace | undefined {
  const text = textAt(compiler, file, position)
  if (!text) return undefined
  const start = text.getStart(file) + 1
  const quote = quoteOf(file.text[start - 1])
  const typed = readInQuotes(file.text.slice(start, position))
  const named = compiler.findAncestor(text, compiler.isPropertyAssignment)
  const call = compiler.findAncestor(text, compiler.isCallExpression)
  if (!call || typed === undefined) return undefined
  const name = callName(compiler, call.expression)
  if (name === undefined) return undefined
  if (named && named.getStart(file) > call.expression.getEnd()) {
    const key = compiler.isIdentifier(named.name) || compiler.isStringLiteral(named.name) ? named.name.text : undefined
    return key === undefined ? undefined : { call: name, key, typed, start, quote }
  }
  const key = call.arguments.findIndex(each => each.pos <= position && position <= each.end)
  return key < 0 ? undefined : { call: name, key, typed, start, quote }
}

const quoteOf = (sign: string | undefined): Quote => (sign === '"' || sign === '`' ? sign : "'")

/** The string whose inside an offset is in; one that is not closed yet ends with its line. */
function textAt(compiler: typeof ts, file: ts.SourceFile, position: number): ts.StringLiteralLike | undefined {
  const find = (node: ts.Node): ts.StringLiteralLike | undefined => {
    if (position <= node.getStart(file) || position > node.getEnd()) return undefined
    if (!compiler.isStringLiteralLike(node)) return compiler.forEachChild(node, find)
    const closed =
      node.getEnd() - node.getStart(file) > 1 && file.text[node.getEnd() - 1] === file.text[node.getStart(file)]
    return closed && position === node.getEnd() ? undefined : node
  }
  return find(file)
}

function callName(compiler: typeof ts, called: ts.Expression): string | undefined {
  if (compiler.isIdentifier(called)) return called.text
  if (!compiler.isPropertyAccessExpression(called)) return undefined
  const { expression, name } = called
  if (compiler.isIdentifier(expression)) return `${expression.text}.${name.text}`
  return compiler.isPropertyAccessExpression(expression) ? `${expression.name.text}.${name.text}` : name.text
}
