import type ts from 'typescript'
import { canAwait } from './can-await.js'
import { LINT_CODES, type NodeFix, type Rule } from './rule.js'

/** Calls at the end of a chain by which a promise is taken care of. */
const TAKEN_CARE_OF = new Set(['then', 'catch', 'finally'])

/**
 * A statement that starts something and does not wait: the lines after it run while it is under way, and its failure goes
 * unheard. The last expression of a cell is awaited anyway; `void` says that it is meant.
 */
export const notAwaited: Rule = (node, { compiler, checker, file }) => {
  if (!compiler.isExpressionStatement(node)) return undefined
  const call = withoutParentheses(compiler, node.expression)
  if (!compiler.isCallExpression(call) && !compiler.isTaggedTemplateExpression(call)) return undefined
  if (compiler.isCallExpression(call) && compiler.isPropertyAccessExpression(call.expression)) {
    if (TAKEN_CARE_OF.has(call.expression.name.text)) return undefined
  }
  if (!isPromise(checker, checker.getTypeAtLocation(call))) return undefined
  const called = (compiler.isCallExpression(call) ? call.expression : call.tag).getText(file)
  const start = node.getStart(file)
  const fix: NodeFix = { title: 'await it', start, end: start, text: 'await ' }
  return {
    node: call,
    code: LINT_CODES.notAwaited,
    message: `${called} is not awaited: what follows runs before it has ended. Write await before it, or void if that is meant.`,
    ...(canAwait(compiler, node) ? { fix } : {}),
  }
}

function withoutParentheses(compiler: typeof ts, expression: ts.Expression): ts.Expression {
  return compiler.isParenthesizedExpression(expression)
    ? withoutParentheses(compiler, expression.expression)
    : expression
}

function isPromise(checker: ts.TypeChecker, type: ts.Type): boolean {
  const then = checker.getPropertyOfType(checker.getNonNullableType(type), 'then')
  return then !== undefined && checker.getTypeOfSymbol(then).getCallSignatures().length > 0
}
