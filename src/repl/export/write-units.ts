import type ts from 'typescript'
import { applyEdits, type Edit } from '../cells/position-map.js'
import { type Use, variableKey } from '../notebook/linked-cells.js'
import { type Naming, namingEdits } from '../notebook/naming.js'
import { isUnary, mayBePromise } from '../notebook/promise-value.js'
import { importEdits, type Move } from '../notebook/relocate.js'
import type { AddedEdit, HostsOfEdit } from './edited-contents.js'
import { packagesOf } from './packages-left.js'
import { stringText } from './shell/offered-call.js'
import { givenObject } from './superseded.js'
import type { Unit } from './units.js'

/** What units are written with. */
export interface Writing {
  readonly naming: Naming
  readonly move: Move
  /** Names of variables that something kept makes use of: {@link variableKey}. */
  readonly used: ReadonlySet<string>
  /** Names of cells' values. */
  readonly values: ReadonlyMap<number, string>
  /** Names of the results that later units ask for, by unit. */
  readonly results: ReadonlyMap<Unit, string>
  /** The fleet that a unit's one call acts on instead of what it was called on. */
  readonly conditions: ReadonlyMap<Unit, string>
  /** What units are given as their `content` in the place of their own. */
  readonly contents: ReadonlyMap<Unit, string>
  /** Edits that calls are given, of the file that they write. */
  readonly added: ReadonlyMap<ts.CallExpression, readonly AddedEdit[]>
  /** A name that nothing has yet. */
  readonly fresh: (name: string) => string
  /** Writes a selection of hosts. */
  readonly select: (hosts: readonly string[]) => string
  /** What is left of lists of packages. */
  readonly packages: ReadonlyMap<Unit, readonly string[]>
  /** Values that variables are given in the place of what they were read from. */
  readonly constants: ReadonlyMap<Unit, string>
  /** Puts parameters in the place of secrets. */
  secrets(unit: Unit): readonly Edit[]
  /** What is written for a name of the prompt's. */
  prompt(use: Use, unit: Unit): string
}

/** A unit as text: where it goes, and what it says. */
export interface WrittenUnit {
  /** `module`: before the function, where imports must stand. */
  readonly place: 'module' | 'function'
  readonly text: string
}

/** Writes one kept unit, with the comments before it. */
export function writeUnit(compiler: typeof ts, unit: Unit, writing: Writing): WrittenUnit {
  const { statement } = unit
  if (compiler.isImportDeclaration(statement))
    return { place: 'module', text: writeImport(compiler, unit, statement, writing) }
  const condition = conditionEdit(compiler, unit, writing)
  const content = contentEdit(compiler, unit, writing)
  const others = ownEdits(compiler, unit, writing)
  const whole = [
    condition,
    content,
    ...addedEdits(compiler, unit, writing),
    packagesEdit(compiler, unit, writing),
  ].filter(edit => edit !== undefined)
  const isReplaced = ({ start, end }: Edit): boolean => whole.some(edit => start >= edit.start && end <= edit.end)
  const edits = [...others.filter(edit => !isReplaced(edit)), ...whole]
  const code = bodyText(compiler, unit, edits, writing)
  const isModuleLevel = compiler.isModuleDeclaration(statement) || compiler.isImportEqualsDeclaration(statement)
  const isAmbient = compiler.canHaveModifiers(statement) && isDeclare(compiler, statement)
  const comments = unit.declaration && isLaterDeclaration(compiler, unit) ? '' : commentsBefore(compiler, unit)
  return { place: isModuleLevel || isAmbient ? 'module' : 'function', text: `${comments}${code}` }
}

/** The edits that make the text of a unit mean in a deploy what it meant at the prompt. */
function ownEdits(compiler: typeof ts, unit: Unit, writing: Writing): Edit[] {
  return [
    ...unit.cell.analysis.exportWords.map(word => ({ ...word, text: '' })),
    ...importEdits(compiler, unit.cell.file, writing.move),
    ...namingEdits(unit.cell, writing.naming),
    ...otherNames(unit, writing),
    ...patternEdits(compiler, unit, writing),
    ...writing.secrets(unit),
    ...readOnlyEdits(compiler, unit),
  ]
}

/** The source of a part of a unit, edits made. */
function editedText({ cell }: Unit, node: ts.Node, edits: readonly Edit[]): string {
  const [start, end] = [node.getStart(cell.file), node.getEnd()]
  const inside = edits.filter(edit => edit.start >= start && edit.end <= end)
  const moved = inside.map(edit => ({ ...edit, start: edit.start - start, end: edit.end - start }))
  return applyEdits(cell.text.slice(start, end), moved).text
}

function bodyText(compiler: typeof ts, unit: Unit, edits: readonly Edit[], writing: Writing): string {
  const { statement, declaration, cell } = unit
  const text = (
    node: ts.Node,
    wrap: { readonly before: string; readonly after: string } = { before: '', after: '' },
  ): string => `${wrap.before}${editedText(unit, node, edits)}${wrap.after}`
  if (declaration && compiler.isVariableStatement(statement)) {
    const constant = writing.constants.get(unit)
    if (constant !== undefined) return `${keyword(statement)} ${text(declaration.name)} = ${constant};`
    const isUsed = unit.declares.some(variable => writing.used.has(variableKey(variable)))
    if (!isUsed && declaration.initializer)
      return `${text(declaration.initializer, awaiting(compiler, declaration.initializer))};`
    return `${keyword(statement)} ${text(declaration)};`
  }
  const expression = expressionOf(compiler, statement)
  if (!expression) {
    const whole = text(statement)
    return whole.endsWith(';') || (whole.endsWith('}') && !compiler.isTypeAliasDeclaration(statement))
      ? whole
      : `${whole};`
  }
  const value = writing.results.get(unit) ?? (unit.isValue ? writing.values.get(cell.cell.id) : undefined)
  return `${value === undefined ? '' : `const ${value} = `}${text(expression, awaiting(compiler, expression))};`
}

/** The `await` that the prompt supplied, and that a statement in a deploy needs in any case. */
function awaiting(compiler: typeof ts, node: ts.Expression): { readonly before: string; readonly after: string } {
  if (!mayBePromise(compiler, node)) return { before: '', after: '' }
  return isUnary(compiler, node) ? { before: 'await ', after: '' } : { before: 'await (', after: ')' }
}

function expressionOf(compiler: typeof ts, statement: ts.Statement): ts.Expression | undefined {
  if (compiler.isExpressionStatement(statement)) return statement.expression
  return compiler.isExportAssignment(statement) ? statement.expression : undefined
}

/** `const`, `await using` …: what stands before the first declaration. */
function keyword({ declarationList }: ts.VariableStatement): string {
  const from = declarationList.getStart()
  return declarationList
    .getSourceFile()
    .text.slice(from, declarationList.declarations[0]?.getStart() ?? from)
    .trim()
}

function isLaterDeclaration(compiler: typeof ts, { statement, declaration }: Unit): boolean {
  return compiler.isVariableStatement(statement) && statement.declarationList.declarations[0] !== declaration
}

function isDeclare(compiler: typeof ts, statement: ts.HasModifiers): boolean {
  return compiler.getModifiers(statement)?.some(({ kind }) => kind === compiler.SyntaxKind.DeclareKeyword) ?? false
}

function commentsBefore(compiler: typeof ts, { cell: { text }, statement }: Unit): string {
  const ranges = compiler.getLeadingCommentRanges(text, statement.getFullStart()) ?? []
  return ranges.map(({ pos, end }) => `${text.slice(pos, end)}\n`).join('')
}

/** Puts the hosts that something was changed on in the place of those that a call names: `systemd` → `conf.changed.systemd`. */
function conditionEdit(compiler: typeof ts, unit: Unit, { conditions }: Writing): Edit | undefined {
  const condition = conditions.get(unit)
  const call = unit.calls.find(({ kind }) => kind === 'operation')
  if (condition === undefined || call?.kind !== 'operation') return undefined
  const callee = call.call.expression
  const domain = compiler.isPropertyAccessExpression(callee) ? callee.expression : callee
  const name = compiler.isPropertyAccessExpression(domain) ? domain.name.text : domain.getText()
  return { start: domain.getStart(), end: domain.getEnd(), text: `${condition}.${name}` }
}

/** Gives a `files.put` the content that its file ended with. */
function contentEdit(compiler: typeof ts, unit: Unit, { contents }: Writing): Edit | undefined {
  const content = contents.get(unit)
  const call = unit.calls.find(({ kind }) => kind === 'operation')
  const [args] = call?.kind === 'operation' ? call.call.arguments : []
  if (content === undefined || !args || !compiler.isObjectLiteralExpression(args)) return undefined
  const property = args.properties.find(({ name }) => name?.getText() === 'content')
  return property && { start: property.getStart(), end: property.getEnd(), text: `content: ${stringText(content)}` }
}

/** Gives operations that write a file the edits that were made of it. */
function addedEdits(compiler: typeof ts, unit: Unit, writing: Writing): Edit[] {
  return unit.calls.flatMap((each): Edit[] => {
    const added = each.kind === 'operation' ? writing.added.get(each.call) : undefined
    const given = each.kind === 'operation' ? givenObject(compiler, each.call) : undefined
    const last = given?.properties.at(-1)
    if (each.kind !== 'operation' || !added || !given || !last) return []
    const host = added.some(({ on }) => on) ? hostName(compiler, each.call, added, writing) : undefined
    const lists = added.map(({ edit, on }) => {
      const edits = ownEdits(compiler, edit.unit, writing)
      const properties = (givenObject(compiler, edit.call)?.properties ?? []).filter(
        ({ name }) => name?.getText() !== 'path',
      )
      const text = `{ ${properties.map(property => editedText(edit.unit, property, edits)).join(', ')} }`
      if (!on || !host) return text
      const fleet = selectionText(on.selection, edit.unit, edits, writing)
      return `...(${fleet}.names.includes(${host.name}.name) ? [${text}] : [])`
    })
    const [only = ''] = lists
    const list = lists.length === 1 && /^\.\.\.\(/.test(only) ? only.slice(4, -1) : `[${lists.join(', ')}]`
    const end = { start: last.getEnd(), end: last.getEnd(), text: `, edits: ${list}` }
    if (!host?.isNew) return [end]
    const [from, to] = [given.getStart(), given.getEnd()]
    return [{ start: from, end: from, text: `${host.name} => (` }, end, { start: to, end: to, text: ')' }]
  })
}

/** What the host is called where a call is given its arguments; a new name where they were the same for every host. */
function hostName(
  compiler: typeof ts,
  { arguments: [args] }: ts.CallExpression,
  added: readonly AddedEdit[],
  { fresh }: Writing,
): { readonly name: string; readonly isNew: boolean } | undefined {
  const member = added.find(({ on }) => on?.host !== undefined)?.on?.host
  if (member !== undefined) return { name: member, isNew: false }
  if (!args || !compiler.isArrowFunction(args)) return { name: fresh('each'), isNew: true }
  const [parameter] = args.parameters
  return parameter && compiler.isIdentifier(parameter.name) ? { name: parameter.name.text, isNew: false } : undefined
}

function selectionText(
  selection: HostsOfEdit['selection'],
  unit: Unit,
  edits: readonly Edit[],
  { select }: Writing,
): string {
  return 'kind' in selection ? editedText(unit, selection, edits) : select(selection)
}

/** Takes packages out of a list that a later call speaks of. */
function packagesEdit(compiler: typeof ts, unit: Unit, { packages }: Writing): Edit | undefined {
  const left = packages.get(unit)
  const call = unit.calls.find(({ kind }) => kind === 'operation')
  const list = call?.kind === 'operation' ? packagesOf(compiler, call.call) : undefined
  return left && list && { start: list.getStart(), end: list.getEnd(), text: `[${left.map(stringText).join(', ')}]` }
}

/** Makes commands that only look such that a plan runs them, too. */
function readOnlyEdits(compiler: typeof ts, { cell, declaration, statement, reads }: Unit): Edit[] {
  const root = declaration ?? statement
  const edits: Edit[] = []
  const visit = (node: ts.Node): void => {
    if (compiler.isTaggedTemplateExpression(node) && reads.has(node) && !node.tag.getText().includes('readOnly')) {
      const dollar = compiler.isPropertyAccessExpression(node.tag) ? node.tag.name : undefined
      const at = dollar?.getStart(cell.file)
      if (at !== undefined) edits.push({ start: at, end: at, text: 'with({ readOnly: true }).' })
    }
    compiler.forEachChild(node, visit)
  }
  visit(root)
  return edits
}

/** Names of the prompt and values of cells. */
function otherNames(unit: Unit, writing: Writing): Edit[] {
  if (writing.conditions.has(unit)) return argumentNames(unit, writing)
  return namesIn(unit, unit.uses, writing)
}

/** Where the hosts are others, the names that stood for them are gone, and with them the need to know what they meant. */
function argumentNames(unit: Unit, writing: Writing): Edit[] {
  const call = unit.calls.find(({ kind }) => kind === 'operation')
  const from = call?.kind === 'operation' ? call.call.expression.getEnd() : 0
  return namesIn(
    unit,
    unit.uses.filter(({ reference }) => reference.start >= from),
    writing,
  )
}

function namesIn(unit: Unit, uses: readonly Use[], writing: Writing): Edit[] {
  return uses.flatMap((use): Edit[] => {
    const { reference, meaning } = use
    const text =
      meaning.kind === 'prompt'
        ? readOnlyName(use, unit, writing.prompt(use, unit))
        : meaning.kind === 'value'
          ? valueText(reference.name, writing.values.get(meaning.cell))
          : undefined
    if (text === undefined || text === reference.name) return []
    const { name, start, end, shorthand } = reference
    return [{ start, end, text: shorthand ? `${name}: ${text}` : text }]
  })
}

/** `web.$` → `web.with({ readOnly: true }).$`, where it only looks. */
function readOnlyName({ reference }: Use, { reads, cell }: Unit, text: string): string {
  const isRead = reference.name === '$' && [...reads].some(({ tag }) => tag.getStart(cell.file) === reference.start)
  return isRead ? text.replace(/\$$/, 'with({ readOnly: true }).$') : text
}

/** `changed` is a part of the value it was taken from; `_` is the value. */
function valueText(name: string, value: string | undefined): string | undefined {
  return value === undefined || name.startsWith('_') ? value : `${value}.${name}`
}

/** Takes names out of a pattern that nobody uses, where what is left means the same. */
function patternEdits(compiler: typeof ts, { declaration, cell, declares }: Unit, { used }: Writing): Edit[] {
  const pattern = declaration?.name
  if (!pattern || !compiler.isObjectBindingPattern(pattern)) return []
  if (pattern.elements.some(({ dotDotDotToken }) => dotDotDotToken)) return []
  const isUsed = (name: string): boolean => used.has(variableKey({ name, cell: cell.cell.id }))
  if (!declares.some(({ name }) => isUsed(name))) return []
  return pattern.elements.flatMap((element, index): Edit[] => {
    if (!compiler.isIdentifier(element.name) || isUsed(element.name.text)) return []
    const next = pattern.elements[index + 1]
    return [{ start: element.getFullStart(), end: next?.getFullStart() ?? element.getEnd(), text: '' }]
  })
}

/** An import of the names that are used, under their new names. */
function writeImport(
  compiler: typeof ts,
  unit: Unit,
  { importClause, moduleSpecifier }: ts.ImportDeclaration,
  writing: Writing,
): string {
  const [edit] = importEdits(compiler, unit.cell.file, writing.move).filter(
    ({ start }) => start > moduleSpecifier.getStart() && start < moduleSpecifier.getEnd(),
  )
  const from = edit ? `'${edit.text}'` : moduleSpecifier.getText()
  if (!importClause) return `import ${from};`
  const local = ({ text }: ts.Identifier): string => writing.naming.of({ name: text, cell: unit.cell.cell.id })
  const isUsed = ({ text }: ts.Identifier): boolean =>
    writing.used.has(variableKey({ name: text, cell: unit.cell.cell.id }))
  const { name, namedBindings: named, phaseModifier } = importClause
  const parts = name && isUsed(name) ? [local(name)] : []
  if (named && compiler.isNamespaceImport(named) && isUsed(named.name)) parts.push(`* as ${local(named.name)}`)
  if (named && compiler.isNamedImports(named)) {
    const elements = named.elements.filter(element => isUsed(element.name))
    const texts = elements.map(element => {
      const imported = (element.propertyName ?? element.name).text
      const renamed = local(element.name)
      return `${element.isTypeOnly ? 'type ' : ''}${imported === renamed ? imported : `${imported} as ${renamed}`}`
    })
    if (texts.length > 0) parts.push(`{ ${texts.join(', ')} }`)
  }
  const type = phaseModifier === compiler.SyntaxKind.TypeKeyword ? 'type ' : ''
  return `import ${type}${parts.join(', ')} from ${from};`
}
