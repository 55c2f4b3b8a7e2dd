import type ts from 'typescript'

/** Names looked at; more would take longer than a key may. */
const MOST = 24

/**
 * Which of these names are of the type that is wanted where an expression is being written, or give it when called.
 *
 * @param at offset behind what is written of the name
 * @param names the likeliest first: only so many are looked at
 * @returns no name where nothing certain is wanted
 */
export function fittingNames(
  compiler: typeof ts,
  program: ts.Program,
  file: ts.SourceFile,
  at: number,
  names: readonly string[],
): ReadonlySet<string> {
  const checker = program.getTypeChecker()
  const written = expressionAt(compiler, file, at)
  const wanted = written ? wantedType(compiler, checker, written) : wantedArgument(compiler, checker, file, at)
  if (!wanted || wanted.flags & ANYTHING(compiler)) return new Set()
  const place = written ?? file
  const symbolOf = lookUp(compiler, checker, place)
  const fits = (name: string): boolean => {
    const symbol = symbolOf(name)
    if (!symbol) return false
    const type = checker.getTypeOfSymbolAtLocation(symbol, place)
    if (type.flags & compiler.TypeFlags.Any) return false
    if (checker.isTypeAssignableTo(type, wanted)) return true
    return type.getCallSignatures().some(call => {
      const answer = call.getReturnType()
      const settled = checker.getAwaitedType(answer) ?? answer
      return !(settled.flags & ANYTHING(compiler)) && checker.isTypeAssignableTo(settled, wanted)
    })
  }
  return new Set([...names.slice(0, MOST).filter(fits), ...wantedWords(compiler, wanted)])
}

/** Keywords that are values of the wanted type. */
function wantedWords({ TypeFlags }: typeof ts, wanted: ts.Type): readonly string[] {
  const parts = wanted.isUnion() ? wanted.types : [wanted]
  return parts.some(({ flags }) => flags & TypeFlags.BooleanLike) ? ['true', 'false'] : []
}

const ANYTHING = ({ TypeFlags }: typeof ts): number =>
  TypeFlags.Any | TypeFlags.Unknown | TypeFlags.Void | TypeFlags.Never

type Written = ts.Identifier | ts.PropertyAccessExpression

/** The name, or the member with what it is of, that ends at an offset; a missing one too, where the parser made a place for it. */
function expressionAt(compiler: typeof ts, file: ts.SourceFile, caret: number): Written | undefined {
  // a missing name stands before the blanks
  const at = file.text.slice(0, caret).trimEnd().length
  let found: Written | undefined
  const visit = (node: ts.Node): void => {
    if (node.pos > at || node.end < at) return
    if (
      node.end === at &&
      (at === caret || node.pos === at) &&
      (compiler.isIdentifier(node) || compiler.isPropertyAccessExpression(node)) &&
      !found
    )
      found = node
    compiler.forEachChild(node, visit)
  }
  visit(file)
  return found
}

function wantedType(compiler: typeof ts, checker: ts.TypeChecker, written: Written): ts.Type | undefined {
  const { parent } = written
  if (compiler.isAwaitExpression(parent)) return checker.getContextualType(parent)
  if (compiler.isBinaryExpression(parent) && parent.right === written && isComparison(compiler, parent))
    return checker.getBaseTypeOfLiteralType(checker.getTypeAtLocation(parent.left))
  return checker.getContextualType(written)
}

function isComparison({ SyntaxKind }: typeof ts, { operatorToken: { kind } }: ts.BinaryExpression): boolean {
  return (
    kind === SyntaxKind.EqualsEqualsEqualsToken ||
    kind === SyntaxKind.ExclamationEqualsEqualsToken ||
    kind === SyntaxKind.LessThanToken ||
    kind === SyntaxKind.GreaterThanToken
  )
}

/** What the parameter is of that nothing is written for yet: `f(▏`, `f(a, ▏`. */
function wantedArgument(
  compiler: typeof ts,
  checker: ts.TypeChecker,
  file: ts.SourceFile,
  caret: number,
): ts.Type | undefined {
  const at = file.text.slice(0, caret).trimEnd().length
  if (!/[(,]$/.test(file.text.slice(0, at))) return undefined
  let call: ts.CallExpression | undefined
  const visit = (node: ts.Node): void => {
    if (node.pos > at || node.end < at) return
    if (compiler.isCallExpression(node) && at > node.expression.end && at <= node.end) call = node
    compiler.forEachChild(node, visit)
  }
  visit(file)
  const index = call?.arguments.filter(({ end }) => end < at).length ?? 0
  const parameter = call && checker.getResolvedSignature(call)?.parameters[index]
  return call && parameter && checker.getTypeOfSymbolAtLocation(parameter, call)
}

function lookUp(compiler: typeof ts, checker: ts.TypeChecker, place: ts.Node): (name: string) => ts.Symbol | undefined {
  if (compiler.isPropertyAccessExpression(place)) {
    const type = checker.getTypeAtLocation(place.expression)
    return name => checker.getPropertyOfType(type, name)
  }
  const inScope = new Map(
    checker
      .getSymbolsInScope(place, compiler.SymbolFlags.Value | compiler.SymbolFlags.Alias)
      .map(symbol => [symbol.name, symbol]),
  )
  return name => {
    const symbol = inScope.get(name)
    return symbol && symbol.flags & compiler.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  }
}
