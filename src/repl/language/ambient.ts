import type ts from 'typescript'
import { namesOfList } from '../cells/bindings.js'

/** The values that a declaration file puts into the global scope. */
export function ambientValues(compiler: typeof ts, text: string): readonly string[] {
  const file = compiler.createSourceFile('ambient.d.ts', text, compiler.ScriptTarget.Latest)
  if (!compiler.isExternalModule(file)) return file.statements.flatMap(statement => valuesOf(compiler, statement))
  return file.statements.flatMap(statement =>
    compiler.isModuleDeclaration(statement) &&
    (statement.flags & compiler.NodeFlags.GlobalAugmentation) !== 0 &&
    statement.body &&
    compiler.isModuleBlock(statement.body)
      ? statement.body.statements.flatMap(inner => valuesOf(compiler, inner))
      : [],
  )
}

function valuesOf(compiler: typeof ts, statement: ts.Statement): string[] {
  if (compiler.isVariableStatement(statement)) return namesOfList(compiler, statement.declarationList)
  const named =
    compiler.isFunctionDeclaration(statement) ||
    compiler.isClassDeclaration(statement) ||
    compiler.isEnumDeclaration(statement)
  return named && statement.name ? [statement.name.text] : []
}

/** A module that exports global values, for a cell that hides one of them by a name of its own and uses it to make that. */
export function exportAmbient(names: readonly string[]): string {
  const constants = names.map((name, index) => `const v${index} = ${name};`)
  return `${constants.join(' ')} export { ${names.map((name, index) => `v${index} as ${name}`).join(', ')} };`
}
