import type ts from 'typescript'
import { hoistedVars, namesOfList, variableKind } from './bindings.js'
import { collectReferences, type Reference } from './references.js'

/** What a declaration puts into scope: a value, a type, or both (a class, an enum, a namespace, an import). */
export type DeclarationKind =
  | 'const'
  | 'let'
  | 'var'
  | 'using'
  | 'function'
  | 'class'
  | 'enum'
  | 'namespace'
  | 'type'
  | 'import'

export interface Declaration {
  readonly name: string
  readonly kind: DeclarationKind
  /** For an import: a statement that imports the same under the name given. */
  readonly importAs?: (local: string) => string
  /** For an import: brings in types only. */
  readonly typeOnly?: boolean
  /** Exists for the type checker only (`declare const …`). */
  readonly ambient?: boolean
  /** The cell says `export` itself. */
  readonly exported?: boolean
}

/** A stretch of the source. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface Fault extends Span {
  readonly message: string
  readonly code: number
  readonly fix?: Fix
}

/** An edit of the source that puts a fault right. */
export interface Fix extends Span {
  /** What it does: `await it`. */
  readonly title: string
  readonly text: string
}

/** What there is to know about a cell before it is rewritten. Offsets are those of the cell's source. */
export interface Analysis {
  readonly source: string
  readonly declarations: readonly Declaration[]
  readonly references: readonly Reference[]
  /** The last expression, whose value is the cell's. */
  readonly value: Span | undefined
  /** Words to take out for running: `export`, `export default`. */
  readonly exportWords: readonly Span[]
  readonly syntaxErrors: readonly Fault[]
  /** The `#!` of a first line that names an interpreter. */
  readonly hashBang?: Span
}

/** Analyses the source of one cell. */
export function analyse(compiler: typeof ts, source: string): Analysis {
  if (/^\s*\{/.test(source) && !/;\s*$/.test(source)) {
    // As in Node's REPL, `{ a: 1 }` is an object rather than a block with a label, if it can be read so.
    const file = parse(compiler, `(${source}\n)`)
    const [statement, ...more] = file.statements
    if (syntaxErrors(compiler, file).length === 0 && more.length === 0 && isObjectLiteral(compiler, statement)) {
      const references = collectReferences(compiler, file).map(at => ({ ...at, start: at.start - 1, end: at.end - 1 }))
      const value = { start: 0, end: source.length }
      return { source, declarations: [], references, value, exportWords: [], syntaxErrors: [] }
    }
  }
  const file = parse(compiler, source)
  const faults = syntaxErrors(compiler, file)
  return {
    source,
    declarations: file.statements.flatMap(statement => declarationsOf(compiler, file, statement)),
    references: collectReferences(compiler, file),
    value: valueSpan(compiler, file),
    exportWords: file.statements.flatMap(statement => exportWords(compiler, file, statement)),
    syntaxErrors: faults.length > 0 ? faults : returns(compiler, file),
    ...(source.startsWith('#!') ? { hashBang: { start: 0, end: 2 } } : {}),
  }
}

/** File name under which cells are parsed: TypeScript, without JSX. */
const CELL_FILE = 'cell.ts'

function parse(compiler: typeof ts, text: string): ts.SourceFile {
  return compiler.createSourceFile(CELL_FILE, text, compiler.ScriptTarget.Latest, true)
}

function isObjectLiteral(compiler: typeof ts, statement: ts.Statement | undefined): boolean {
  return (
    statement !== undefined &&
    compiler.isExpressionStatement(statement) &&
    compiler.isParenthesizedExpression(statement.expression) &&
    compiler.isObjectLiteralExpression(statement.expression.expression)
  )
}

function syntaxErrors(compiler: typeof ts, file: ts.SourceFile): Fault[] {
  if (!hasParseDiagnostics(file)) return []
  return file.parseDiagnostics.map(({ start, length, messageText, code }) => ({
    start,
    end: start + length,
    message: compiler.flattenDiagnosticMessageText(messageText, ' '),
    code,
  }))
}

/** `return` outside of any function: the body of a cell is one, but that is nobody's business. */
function returns(compiler: typeof ts, file: ts.SourceFile): Fault[] {
  const found: Fault[] = []
  const visit = (node: ts.Node): void => {
    if (compiler.isFunctionLike(node) || compiler.isClassLike(node)) return
    if (compiler.isReturnStatement(node)) {
      const message = "A 'return' statement can only be used within a function body."
      found.push({ start: node.getStart(file), end: node.getEnd(), message, code: RETURN_OUTSIDE })
    }
    compiler.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** TypeScript's number for it. */
const RETURN_OUTSIDE = 1108

/** TypeScript's parser leaves its findings on the file, though its types do not say so. */
function hasParseDiagnostics(
  file: ts.SourceFile,
): file is ts.SourceFile & { readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[] } {
  return 'parseDiagnostics' in file && Array.isArray(file.parseDiagnostics)
}

/** The last expression, else what is exported as default. */
function valueSpan(compiler: typeof ts, file: ts.SourceFile): Span | undefined {
  const last = file.statements.at(-1)
  if (last && compiler.isExpressionStatement(last)) return spanOf(file, last.expression)
  for (const statement of file.statements) {
    if (isDefaultExpression(compiler, statement)) return spanOf(file, statement.expression)
    const words = exportWords(compiler, file, statement)
    if (isNameless(compiler, statement)) return { start: words.at(-1)?.end ?? 0, end: statement.getEnd() }
  }
  return undefined
}

function spanOf(file: ts.SourceFile, node: ts.Node): Span {
  return { start: node.getStart(file), end: node.getEnd() }
}

/** `export default function () {}` or `export default class {}`. */
function isNameless(compiler: typeof ts, statement: ts.Statement): boolean {
  return (compiler.isFunctionDeclaration(statement) || compiler.isClassDeclaration(statement)) && !statement.name
}

/** `export default <expression>`; `export =` is not one. */
function isDefaultExpression(compiler: typeof ts, statement: ts.Statement): statement is ts.ExportAssignment {
  return compiler.isExportAssignment(statement) && !statement.isExportEquals
}

function exportWords(compiler: typeof ts, file: ts.SourceFile, statement: ts.Statement): Span[] {
  if (compiler.isExportAssignment(statement))
    return [{ start: statement.getStart(file), end: statement.expression.getStart(file) }]
  if (compiler.isExportDeclaration(statement) && !statement.moduleSpecifier)
    return [{ start: statement.getStart(file), end: statement.getEnd() }]
  const words = (compiler.canHaveModifiers(statement) ? (compiler.getModifiers(statement) ?? []) : []).filter(
    ({ kind }) => kind === compiler.SyntaxKind.ExportKeyword || kind === compiler.SyntaxKind.DefaultKeyword,
  )
  return words.map(word => ({ start: word.getStart(file), end: word.getEnd() }))
}

function declarationsOf(compiler: typeof ts, file: ts.SourceFile, statement: ts.Statement): Declaration[] {
  const modifiers = compiler.canHaveModifiers(statement) ? (compiler.getModifiers(statement) ?? []) : []
  const has = (kind: ts.SyntaxKind) => modifiers.some(modifier => modifier.kind === kind)
  const flags = {
    ...(has(compiler.SyntaxKind.DeclareKeyword) ? { ambient: true } : {}),
    ...(has(compiler.SyntaxKind.ExportKeyword) && !has(compiler.SyntaxKind.DefaultKeyword) ? { exported: true } : {}),
  }
  const named = (kind: DeclarationKind, name: ts.Node | undefined): Declaration[] =>
    name && compiler.isIdentifier(name) ? [{ name: name.text, kind, ...flags }] : []

  if (compiler.isVariableStatement(statement)) {
    const kind = variableKind(compiler, statement.declarationList)
    return namesOfList(compiler, statement.declarationList).map(name => ({ name, kind, ...flags }))
  }
  if (compiler.isFunctionDeclaration(statement)) return named('function', statement.name)
  if (compiler.isClassDeclaration(statement)) return named('class', statement.name)
  if (compiler.isEnumDeclaration(statement)) return named('enum', statement.name)
  if (compiler.isModuleDeclaration(statement)) return named('namespace', statement.name)
  if (compiler.isInterfaceDeclaration(statement) || compiler.isTypeAliasDeclaration(statement))
    return named('type', statement.name)
  if (compiler.isImportDeclaration(statement)) return importedNames(compiler, file, statement)
  if (compiler.isImportEqualsDeclaration(statement)) {
    const target = statement.moduleReference.getText(file)
    return [{ name: statement.name.text, kind: 'import', importAs: local => `import ${local} = ${target};` }]
  }
  return hoistedVars(compiler, statement).map(name => ({ name, kind: 'var' }))
}

function importedNames(compiler: typeof ts, file: ts.SourceFile, statement: ts.ImportDeclaration): Declaration[] {
  const clause = statement.importClause
  if (!clause) return []
  const from = file.text.slice(statement.moduleSpecifier.getStart(file), statement.getEnd()).replace(/;$/, '')
  const allTypes = clause.phaseModifier === compiler.SyntaxKind.TypeKeyword
  const imported = (name: string, binding: (local: string) => string, typeOnly = allTypes): Declaration => ({
    name,
    kind: 'import',
    importAs: local => `import ${typeOnly ? 'type ' : ''}${binding(local)} from ${from};`,
    ...(typeOnly ? { typeOnly } : {}),
  })
  const found = clause.name ? [imported(clause.name.text, local => local)] : []
  const bindings = clause.namedBindings
  if (!bindings) return found
  if (compiler.isNamespaceImport(bindings)) return [...found, imported(bindings.name.text, local => `* as ${local}`)]
  const named = bindings.elements.map(({ name, propertyName, isTypeOnly }) =>
    imported(name.text, local => `{ ${(propertyName ?? name).getText(file)} as ${local} }`, allTypes || isTypeOnly),
  )
  return [...found, ...named]
}
