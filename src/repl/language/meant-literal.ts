import type ts from 'typescript'
import { nearest, suggest } from '../../engine/nodeset/pattern.js'
import type { NodeFix } from './lint/rule.js'

/** TypeScript's numbers for a value of the wrong type: an argument, what is assigned, the argument of all overloads. */
const WRONG_TYPE = new Set([2345, 2322, 2820, 2769])

/** What is wrong in a person's terms, and what was meant. */
export interface Meant {
  readonly message: string
  readonly fix?: NodeFix
}

/**
 * Says of a text that is none of the few it must be which one is near: `group('wbe')`.
 *
 * @param start where TypeScript found the wrong type
 * @returns nothing when no text stands there, or any would do
 */
export function meantLiteral(
  compiler: typeof ts,
  checker: ts.TypeChecker,
  file: ts.SourceFile,
  { start, code, message }: { readonly start: number; readonly code: number; readonly message: string },
): Meant | undefined {
  if (!WRONG_TYPE.has(code)) return undefined
  const literal = literalAt(compiler, file, start)
  const wanted = literal && checker.getContextualType(literal)
  if (!literal || !wanted) return undefined
  const known = (wanted.isUnion() ? wanted.types : [wanted]).flatMap(each =>
    each.isStringLiteral() ? [each.value] : [],
  )
  const near = nearest(literal.text, known)
  const named = calledName(compiler, literal)
  const fix = near === undefined ? {} : { fix: replaceBy(file, literal, near) }
  if (named === 'group' || named === 'host')
    return { message: `There is no ${named} ${literal.text}${suggest(literal.text, known)}`, ...fix }
  if (near === undefined) return undefined
  return { message: message.includes('Did you mean') ? message : `${message} Did you mean '${near}'?`, ...fix }
}

/** The text that begins at an offset, or the value of the key or variable that does. */
function literalAt(compiler: typeof ts, file: ts.SourceFile, start: number): ts.StringLiteralLike | undefined {
  const find = (node: ts.Node): ts.StringLiteralLike | undefined => {
    if (start < node.pos || start >= node.end) return undefined
    if (compiler.isStringLiteralLike(node) && node.getStart(file) === start) return node
    if (
      (compiler.isPropertyAssignment(node) || compiler.isVariableDeclaration(node)) &&
      node.getStart(file) === start &&
      node.initializer &&
      compiler.isStringLiteralLike(node.initializer)
    )
      return node.initializer
    return compiler.forEachChild(node, find)
  }
  return find(file)
}

function calledName(compiler: typeof ts, { parent }: ts.Node): string | undefined {
  if (!compiler.isCallExpression(parent)) return undefined
  const { expression } = parent
  const name = compiler.isPropertyAccessExpression(expression) ? expression.name : expression
  return compiler.isIdentifier(name) ? name.text : undefined
}

/** Between the quotes that are there. */
function replaceBy(file: ts.SourceFile, literal: ts.StringLiteralLike, text: string): NodeFix {
  return { title: `write ${text}`, start: literal.getStart(file) + 1, end: literal.end - 1, text }
}
