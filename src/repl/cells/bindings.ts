import type ts from 'typescript'

/** How a `var`, `let`, `const` or `using` declares. */
export function variableKind(compiler: typeof ts, list: ts.VariableDeclarationList): 'const' | 'let' | 'var' | 'using' {
  switch (list.flags & compiler.NodeFlags.BlockScoped) {
    case compiler.NodeFlags.Const:
      return 'const'
    case compiler.NodeFlags.Let:
      return 'let'
    case compiler.NodeFlags.None:
      return 'var'
    default:
      return 'using'
  }
}

/** The names that a declaration binds, destructuring included. */
export function boundNames(compiler: typeof ts, name: ts.BindingName): string[] {
  if (compiler.isIdentifier(name)) return [name.text]
  return name.elements.flatMap(element =>
    compiler.isOmittedExpression(element) ? [] : boundNames(compiler, element.name),
  )
}

export function namesOfList(compiler: typeof ts, list: ts.VariableDeclarationList): string[] {
  return list.declarations.flatMap(({ name }) => boundNames(compiler, name))
}

/** The `var`s inside a node, blocks included: they belong to the function (or cell) around it. */
export function hoistedVars(compiler: typeof ts, root: ts.Node): string[] {
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (compiler.isFunctionLike(node) || compiler.isClassLike(node)) return
    if (compiler.isVariableDeclarationList(node) && variableKind(compiler, node) === 'var')
      for (const name of namesOfList(compiler, node)) names.add(name)
    compiler.forEachChild(node, visit)
  }
  visit(root)
  return [...names]
}

/** The names that a node itself brings into scope for what is inside it; a source file's own are not asked for. */
export function scopeNames(compiler: typeof ts, node: ts.Node): string[] {
  if (compiler.isFunctionLike(node)) {
    const body = 'body' in node ? node.body : undefined
    const own = compiler.isFunctionExpression(node) && node.name ? [node.name.text] : []
    const parameters = node.parameters.flatMap(({ name }) => boundNames(compiler, name))
    return [...own, ...parameters, ...typeParameters(node), ...(body ? hoistedVars(compiler, body) : [])]
  }
  if (compiler.isClassExpression(node)) return [...(node.name ? [node.name.text] : []), ...typeParameters(node)]
  if (compiler.isClassDeclaration(node)) return typeParameters(node)
  if (compiler.isInterfaceDeclaration(node) || compiler.isTypeAliasDeclaration(node)) return typeParameters(node)
  if (compiler.isMappedTypeNode(node)) return [node.typeParameter.name.text]
  if (compiler.isConditionalTypeNode(node)) return inferredNames(compiler, node.extendsType)
  if (compiler.isBlock(node) || compiler.isModuleBlock(node)) return node.statements.flatMap(declared(compiler))
  if (compiler.isCaseBlock(node))
    return node.clauses.flatMap(({ statements }) => statements.flatMap(declared(compiler)))
  if (compiler.isCatchClause(node))
    return node.variableDeclaration ? boundNames(compiler, node.variableDeclaration.name) : []
  if (compiler.isForStatement(node) || compiler.isForInStatement(node) || compiler.isForOfStatement(node)) {
    const { initializer } = node
    return initializer && compiler.isVariableDeclarationList(initializer) ? namesOfList(compiler, initializer) : []
  }
  return []
}

function typeParameters(node: {
  readonly typeParameters?: ts.NodeArray<ts.TypeParameterDeclaration> | undefined
}): string[] {
  return (node.typeParameters ?? []).map(({ name }) => name.text)
}

function inferredNames(compiler: typeof ts, type: ts.Node): string[] {
  const names: string[] = []
  const visit = (node: ts.Node): void => {
    if (compiler.isInferTypeNode(node)) names.push(node.typeParameter.name.text)
    compiler.forEachChild(node, visit)
  }
  visit(type)
  return names
}

function declared(compiler: typeof ts): (statement: ts.Statement) => string[] {
  return statement => {
    if (compiler.isVariableStatement(statement)) return namesOfList(compiler, statement.declarationList)
    const isNamed =
      compiler.isFunctionDeclaration(statement) ||
      compiler.isClassDeclaration(statement) ||
      compiler.isEnumDeclaration(statement) ||
      compiler.isInterfaceDeclaration(statement) ||
      compiler.isTypeAliasDeclaration(statement) ||
      compiler.isModuleDeclaration(statement)
    return isNamed && statement.name && compiler.isIdentifier(statement.name) ? [statement.name.text] : []
  }
}
