import type ts from 'typescript'
import { canAwait } from './can-await.js'
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

/**
 * Results, a fleet or a host as a condition: they are objects, so the answer would be dropped and the condition always hold. So
 * it is with what is still awaited.
 */
export const alwaysTrue: Rule = (node, context) => {
  const { compiler, checker, file } = context
  const condition = conditionOf(compiler, node)
  if (!condition) return undefined
  const type = checker.getTypeAtLocation(condition)
  const awaited = checker.getAwaitedType(type)
  const isAwaited = awaited === undefined || awaited === type
  const question = questionOf(context, awaited ?? type)
  if (!question) return undefined
  const { ask } = question
  const start = condition.getStart(file)
  const end = condition.getEnd()
  const text = condition.getText(file)
  const bare = !isAwaited ? `(await ${text})` : compiler.isLeftHandSideExpression(condition) ? text : `(${text})`
  const negated = compiler.isPrefixUnaryExpression(condition.parent)
  const asked = negated && ask.includes(' ') ? `(${bare}${ask})` : `${bare}${ask}`
  const found = { node: condition, code: LINT_CODES.alwaysTrue }
  const fix = { title: isAwaited ? `ask ${ask}` : `await it and ask ${ask}`, start, end, text: asked }
  if (isAwaited) return { ...found, message: `${question.says}: ask ${ask}.`, fix }
  const message = `${calledIn(compiler, condition).getText(file)} is not awaited, and so is true whatever comes of it: await it, and ask ${ask}.`
  return { ...found, message, ...(canAwait(compiler, node) ? { fix } : {}) }
}

/** What is called by an expression, else the expression. */
function calledIn(compiler: typeof ts, node: ts.Expression): ts.Expression {
  if (compiler.isParenthesizedExpression(node)) return calledIn(compiler, node.expression)
  if (compiler.isCallExpression(node)) return node.expression
  return compiler.isTaggedTemplateExpression(node) ? node.tag : node
}

function questionOf(context: LintContext, type: ts.Type): { readonly ask: string; readonly says: string } | undefined {
  const name = classNames(type).find(each => QUESTIONS[each] !== undefined)
  const question = name === undefined ? undefined : QUESTIONS[name]
  return question && name === 'Results' && isOfOperations(context, type)
    ? { ...question, ask: OPERATION_RESULTS }
    : question
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
