import type ts from 'typescript'

/**
 * Whether a text is run by the hosts' shell as it stands: the script of `fleet.script('…')`, a command of
 * `server.shell({ commands: ['…'] })`.
 */
export function isScript(
  compiler: typeof ts,
  node: ts.Node,
): node is ts.StringLiteral | ts.NoSubstitutionTemplateLiteral {
  if (!compiler.isStringLiteralLike(node)) return false
  if (compiler.isCallExpression(node.parent))
    return node.parent.arguments[0] === node && isCalled(compiler, node.parent, 'script')
  const value = compiler.isArrayLiteralExpression(node.parent) ? node.parent : node
  const property = value.parent
  if (!compiler.isPropertyAssignment(property) || property.name.getText() !== 'commands') return false
  const call = property.parent.parent
  return compiler.isCallExpression(call) && isCalled(compiler, call, 'shell')
}

function isCalled(compiler: typeof ts, { expression }: ts.CallExpression, name: string): boolean {
  return compiler.isPropertyAccessExpression(expression) && expression.name.text === name
}
