import type ts from 'typescript'
import { VALUE } from '../../cells/rewrite.js'
import { isCommandTag } from '../command-tag.js'
import { LINT_CODES, type Rule } from './rule.js'

/** `$` with nothing behind it, as a whole line: the function itself says nothing to anybody. */
export const bareCommand: Rule = (node, context) => {
  const { compiler, file } = context
  const whole = wholeLine(compiler, node)
  if (!whole || !isCommandTag(context, whole)) return undefined
  const written = whole.getText(file)
  return {
    node: whole,
    code: LINT_CODES.bareCommand,
    message: `A command goes behind ${written} in backticks: ${written}\`uptime\`.`,
  }
}

/** The expression that a cell, or a line of it, is nothing but. */
function wholeLine(compiler: typeof ts, node: ts.Node): ts.Expression | undefined {
  const isValue = compiler.isVariableDeclaration(node) && compiler.isIdentifier(node.name) && node.name.text === VALUE
  let inner = isValue ? node.initializer : compiler.isExpressionStatement(node) ? node.expression : undefined
  while (inner && (compiler.isAwaitExpression(inner) || compiler.isParenthesizedExpression(inner)))
    inner = inner.expression
  return inner
}
