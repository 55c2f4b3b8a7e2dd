import type ts from 'typescript'

/** Whether `await` may be written at a node: at the top of a cell, or in an async function. */
export function canAwait(compiler: typeof ts, node: ts.Node): boolean {
  const around = compiler.findAncestor(node.parent, compiler.isFunctionLike)
  if (around === undefined) return true
  if (!compiler.canHaveModifiers(around)) return false
  return compiler.getModifiers(around)?.some(({ kind }) => kind === compiler.SyntaxKind.AsyncKeyword) === true
}
