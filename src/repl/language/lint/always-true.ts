import type ts from 'typescript'
import { classNames, LINT_CODES, type LintContext, type Rule, typeArguments } from './rule.js'

/** What to ask instead, by the type whose every value is true. `Results` of an operation are asked what changed. */
const QUESTIONS: Readonly<Record<string, { readonly ask: string; readonly says: string }>> = {
  FleetCore: { ask: '.size > 0', says: 'A fleet is true even when it is empty' },
  HostCore: { ask: ".state === 'ready'", says: 'A host is true whatever its state' },
  CommandResult: { ask: '.exitCode === 0', says: 'The result of a command is true whatever its exit code' },
  OperationResult: { ask: '.changed', says: 'The result of an operation is true whether it changed anything or not' },
  Results: { ask: '.ok.size > 0', says: 'Results are true whatever the hosts answered' },
}
const OPERATION_RESULTS = '.changed.size > 0'

/** Results, a fleet or a host as a condition: they are objects, so the answer would be dropped and the condition always hold. */
export const alwaysTrue: Rule = (node, context) => {
  const { compiler, checker, file } = context
  const condition = conditionOf(compiler, node)
  if (!condition) return undefined
  const type = checker.getTypeAtLocation(condition)
  const name = classNames(type).find(each => QUESTIONS[each] !== undefined)
  const question = name === undefined ? undefined : QUESTIONS[name]
  if (!question) return undefined
  const ask = name === 'Results' && isOfOperations(context, type) ? OPERATION_RESULTS : question.ask
  const start = condition.getStart(file)
  const end = condition.getEnd()
  const text = condition.getText(file)
  const bare = compiler.isLeftHandSideExpression(condition) ? text : `(${text})`
  const negated = compiler.isPrefixUnaryExpression(condition.parent)
  const asked = negated && ask.includes(' ') ? `(${bare}${ask})` : `${bare}${ask}`
  return {
    node: condition,
    code: LINT_CODES.alwaysTrue,
    message: `${question.says}: ask ${ask}.`,
    fix: { title: `ask ${ask}`, start, end, text: asked },
  }
}

/** The expression that a node takes for true or false. */
function conditionOf(compiler: typeof ts, node: ts.Node): ts.Expression | undefined {
  if (compiler.isIfStatement(node) || compiler.isWhileStatement(node) || compiler.isDoStatement(node))
    return node.expression
  if (compiler.isConditionalExpression(node)) return node.condition
  if (compiler.isForStatement(node)) return node.condition
  if (compiler.isPrefixUnaryExpression(node) && node.operator === compiler.SyntaxKind.ExclamationToken)
    return node.operand
  if (!compiler.isBinaryExpression(node)) return undefined
  const { AmpersandAmpersandToken, BarBarToken } = compiler.SyntaxKind
  const { kind } = node.operatorToken
  return kind === AmpersandAmpersandToken || kind === BarBarToken ? node.left : undefined
}

function isOfOperations(context: LintContext, type: ts.Type): boolean {
  return typeArguments(context, type)[0]?.symbol?.name === 'OperationResult'
}
