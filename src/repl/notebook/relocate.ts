import { posix } from 'node:path'
import type ts from 'typescript'
import { applyEdits, type Edit } from '../cells/position-map.js'

/** A move of code from one folder to another: paths are absolute. */
export interface Move {
  readonly from: string
  readonly to: string
}

/** The edits by which relative imports in a moved file still mean the same modules. */
export function importEdits(compiler: typeof ts, file: ts.SourceFile, move: Move): Edit[] {
  const edits: Edit[] = []
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(compiler, node)
    if (specifier && /^\.\.?(?:\/|$)/.test(specifier.text)) {
      const [start, end] = [specifier.getStart(file) + 1, specifier.getEnd() - 1]
      edits.push({ start, end, text: relocatePath(specifier.text, move) })
    }
    compiler.forEachChild(node, visit)
  }
  if (move.from !== move.to) visit(file)
  return edits
}

/** Code moved to another folder, its relative imports made to fit. */
export function relocateImports(compiler: typeof ts, source: string, move: Move): string {
  const file = compiler.createSourceFile('cell.ts', source, compiler.ScriptTarget.Latest, true)
  return applyEdits(source, importEdits(compiler, file, move)).text
}

/** A relative path as it is written after a move: `./a.ts` from `/x/history` → `../a.ts`. */
export function relocatePath(path: string, { from, to }: Move): string {
  const moved = posix.relative(to, posix.resolve(from, path))
  return moved.startsWith('..') ? moved : `./${moved}`
}

function specifierOf(compiler: typeof ts, node: ts.Node): ts.StringLiteral | undefined {
  const specifier = (): ts.Node | undefined => {
    if (compiler.isImportDeclaration(node) || compiler.isExportDeclaration(node)) return node.moduleSpecifier
    if (compiler.isCallExpression(node) && node.expression.kind === compiler.SyntaxKind.ImportKeyword)
      return node.arguments[0]
    if (compiler.isImportTypeNode(node) && compiler.isLiteralTypeNode(node.argument)) return node.argument.literal
    return compiler.isExternalModuleReference(node) ? node.expression : undefined
  }
  const found = specifier()
  return found && compiler.isStringLiteral(found) ? found : undefined
}
