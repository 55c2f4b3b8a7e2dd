import type ts from 'typescript'

/**
 * A module's declarations without its code: `const total = prices.reduce(…)` is `const total: number`. What draws on the module is
 * then checked without inferring again what it holds, which TypeScript would do for every changed draft, back to the first cell.
 *
 * @returns none where something would be lost: a type that cannot be written down, the names of private fields, what is private
 * in a class that has no name outside of a function
 */
export function declarationsOf(compiler: typeof ts, service: ts.LanguageService, file: string): string | undefined {
  const program = service.getProgram()
  const source = program?.getSourceFile(file)
  if (!program || !source || hasInnerClass(compiler, source)) return undefined
  if (program.getDeclarationDiagnostics(source).length > 0) return undefined
  // forced, since the settings say that nothing is emitted
  const { outputFiles } = service.getEmitOutput(file, true, true)
  const text = outputFiles.find(({ name }) => name.endsWith('.d.ts'))?.text
  return text?.includes('#private') ? undefined : text
}

function hasInnerClass(compiler: typeof ts, source: ts.SourceFile): boolean {
  const find = (node: ts.Node): boolean =>
    (compiler.isClassLike(node) && node.parent !== source) || compiler.forEachChild(node, find) === true
  return /\bclass\b/.test(source.text) && find(source)
}
