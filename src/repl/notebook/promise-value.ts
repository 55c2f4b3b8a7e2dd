import type ts from 'typescript'

/** Calls by these names give plain values: selections, folds, texts, lists. A call that is not known may give a promise. */
const PLAIN_METHODS: ReadonlySet<string> = new Set([
  ...['group', 'match', 'where', 'minus', 'outliers', 'groups', 'table'],
  ...['push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse'],
  ...['map', 'filter', 'join', 'slice', 'split', 'trim', 'includes', 'toString', 'toFixed', 'at'],
])

/** The prompt's own functions that do not ask a host. */
const PLAIN_FUNCTIONS: ReadonlySet<string> = new Set(['group', 'match', 'host', 'raw'])

/** Everything these objects do is done when they return. */
const PLAIN_OBJECTS: ReadonlySet<string> = new Set(['console', 'JSON', 'Math', 'Object', 'Number', 'String'])

/**
 * Whether an expression may give a promise that is not awaited yet. The prompt awaits the value of a cell; what is written down
 * says `await` where that may have made a difference.
 */
export function mayBePromise(compiler: typeof ts, node: ts.Expression): boolean {
  const inner = bare(compiler, node)
  if (compiler.isTaggedTemplateExpression(inner)) return true
  if (compiler.isCallExpression(inner)) return !givesPlainValue(compiler, inner)
  if (compiler.isNewExpression(inner))
    return compiler.isIdentifier(inner.expression) && inner.expression.text === 'Promise'
  if (compiler.isConditionalExpression(inner))
    return mayBePromise(compiler, inner.whenTrue) || mayBePromise(compiler, inner.whenFalse)
  if (!compiler.isBinaryExpression(inner)) return false
  return passesLeft(compiler, inner.operatorToken.kind)
    ? mayBePromise(compiler, inner.left) || mayBePromise(compiler, inner.right)
    : passesRight(compiler, inner.operatorToken.kind) && mayBePromise(compiler, inner.right)
}

/** Whether `await ` can stand before an expression without parentheses. */
export function isUnary(compiler: typeof ts, node: ts.Expression): boolean {
  return compiler.isLeftHandSideExpression(node) || compiler.isPrefixUnaryExpression(node)
}

/** The name a call goes by: `apt.packages(…)` → `packages`. */
export function calledName(compiler: typeof ts, { expression }: ts.CallExpression): string | undefined {
  const callee = bare(compiler, expression)
  if (compiler.isPropertyAccessExpression(callee)) return callee.name.text
  return compiler.isIdentifier(callee) ? callee.text : undefined
}

/** The identifier a chain of properties and calls begins with: `web.facts.server.os()` → `web`. */
export function rootOf(compiler: typeof ts, node: ts.Expression): ts.Identifier | undefined {
  let root: ts.Expression = bare(compiler, node)
  for (;;) {
    if (compiler.isIdentifier(root)) return root
    if (
      compiler.isPropertyAccessExpression(root) ||
      compiler.isElementAccessExpression(root) ||
      compiler.isCallExpression(root)
    )
      root = bare(compiler, root.expression)
    else if (compiler.isAwaitExpression(root)) root = bare(compiler, root.expression)
    else return undefined
  }
}

/** Without parentheses and assertions around it. */
export function bare(compiler: typeof ts, node: ts.Expression): ts.Expression {
  const isWrapped =
    compiler.isParenthesizedExpression(node) ||
    compiler.isAsExpression(node) ||
    compiler.isSatisfiesExpression(node) ||
    compiler.isNonNullExpression(node)
  return isWrapped ? bare(compiler, node.expression) : node
}

function givesPlainValue(compiler: typeof ts, call: ts.CallExpression): boolean {
  const { expression } = call
  if (compiler.isIdentifier(expression)) return PLAIN_FUNCTIONS.has(expression.text)
  if (!compiler.isPropertyAccessExpression(expression)) return false
  const object = expression.expression
  if (compiler.isIdentifier(object) && PLAIN_OBJECTS.has(object.text)) return true
  return PLAIN_METHODS.has(expression.name.text)
}

function passesLeft(compiler: typeof ts, operator: ts.SyntaxKind): boolean {
  const { BarBarToken, QuestionQuestionToken } = compiler.SyntaxKind
  return operator === BarBarToken || operator === QuestionQuestionToken
}

function passesRight(compiler: typeof ts, operator: ts.SyntaxKind): boolean {
  const { AmpersandAmpersandToken, CommaToken, EqualsToken } = compiler.SyntaxKind
  return operator === AmpersandAmpersandToken || operator === CommaToken || operator === EqualsToken
}
