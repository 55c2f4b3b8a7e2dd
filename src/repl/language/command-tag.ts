import type ts from 'typescript'
import type { LintContext } from './lint/rule.js'

/** Whether an expression is `$` as muster has it, of whatever fleet or host. */
export function isCommandTag(
  { compiler, checker, file }: Pick<LintContext, 'compiler' | 'checker' | 'file'>,
  node: ts.Expression,
): boolean {
  const name = compiler.isPropertyAccessExpression(node) ? node.name : node
  if (!compiler.isIdentifier(name) || name.text !== '$') return false
  const [strings] = checker.getTypeAtLocation(node).getCallSignatures()[0]?.parameters ?? []
  if (!strings || checker.getTypeOfSymbolAtLocation(strings, file).symbol?.name !== 'TemplateStringsArray') return false
  // somebody's own `$` is theirs
  const declared = checker.getSymbolAtLocation(name)?.declarations ?? []
  return compiler.isPropertyAccessExpression(node) || declared.some(each => each.getSourceFile().isDeclarationFile)
}
