import type ts from 'typescript'

/** A place that gives a top-level name. */
export interface Binding {
  readonly name: string
  readonly start: number
  readonly end: number
  /** How another name is written there: `x`, `{ x }` of a pattern as `{ x: y }`, `{ x }` of an import as `{ x as y }`. */
  readonly form: 'plain' | 'pattern' | 'import'
}

/** Finds where a parsed cell gives its top-level names, `var`s inside blocks included. */
export function topLevelBindings(compiler: typeof ts, file: ts.SourceFile): Binding[] {
  const found: Binding[] = []
  const note = (name: ts.Node | undefined, form: Binding['form'] = 'plain'): void => {
    if (name && compiler.isIdentifier(name))
      found.push({ name: name.text, start: name.getStart(file), end: name.getEnd(), form })
  }
  const pattern = (name: ts.BindingName, form: Binding['form'] = 'plain'): void => {
    if (compiler.isIdentifier(name)) {
      note(name, form)
      return
    }
    const isObject = compiler.isObjectBindingPattern(name)
    for (const element of name.elements)
      if (!compiler.isOmittedExpression(element))
        pattern(element.name, isShorthand(element, isObject) ? 'pattern' : 'plain')
  }
  const list = ({ declarations }: ts.VariableDeclarationList): void => {
    for (const { name } of declarations) pattern(name)
  }
  const hoisted = (node: ts.Node): void => {
    if (compiler.isFunctionLike(node) || compiler.isClassLike(node)) return
    if (compiler.isVariableDeclarationList(node) && !(node.flags & compiler.NodeFlags.BlockScoped)) list(node)
    compiler.forEachChild(node, hoisted)
  }
  for (const statement of file.statements) {
    if (compiler.isVariableStatement(statement)) list(statement.declarationList)
    else if (compiler.isImportDeclaration(statement)) imported(compiler, statement, note)
    else if (isNamed(compiler, statement)) note(statement.name)
    else hoisted(statement)
  }
  return found
}

function isShorthand({ propertyName, dotDotDotToken }: ts.BindingElement, isObject: boolean): boolean {
  return isObject && !propertyName && !dotDotDotToken
}

function imported(
  compiler: typeof ts,
  { importClause }: ts.ImportDeclaration,
  note: (name: ts.Node | undefined, form?: Binding['form']) => void,
): void {
  note(importClause?.name)
  const named = importClause?.namedBindings
  if (!named) return
  if (compiler.isNamespaceImport(named)) note(named.name)
  else for (const { name, propertyName } of named.elements) note(name, propertyName ? 'plain' : 'import')
}

type Named =
  | ts.FunctionDeclaration
  | ts.ClassDeclaration
  | ts.EnumDeclaration
  | ts.ModuleDeclaration
  | ts.InterfaceDeclaration
  | ts.TypeAliasDeclaration
  | ts.ImportEqualsDeclaration

function isNamed(compiler: typeof ts, statement: ts.Statement): statement is Named {
  return (
    compiler.isFunctionDeclaration(statement) ||
    compiler.isClassDeclaration(statement) ||
    compiler.isEnumDeclaration(statement) ||
    compiler.isModuleDeclaration(statement) ||
    compiler.isInterfaceDeclaration(statement) ||
    compiler.isTypeAliasDeclaration(statement) ||
    compiler.isImportEqualsDeclaration(statement)
  )
}
