import { RUNTIME } from '../../engine/modules/instrument.js'
import type { Analysis, Declaration, Fault } from './analyse.js'
import type { Names, Origin } from './names.js'
import { ANY_TYPE, ANY_VALUE, NAMES } from './names-module.js'
import { applyEdits, type Edit, type EditedText } from './position-map.js'
import type { Reference } from './references.js'

/** Specifier of the module whose exports are the prompt's own bindings: `fleet`, `$`, … */
export const GLOBALS = './.globals'

/** Name under which a cell exports its value for the type checker. */
export const VALUE = 'muster$value'

/** A cell made into a module. */
export interface VirtualModule extends EditedText {
  /** Length of what stands before the cell's own text and has no place in it. */
  readonly head: number
  /** What forbids to run it although it parses. */
  readonly faults: readonly Fault[]
}

/** Whether a name that no cell declared is one of the prompt's own. */
export type IsGlobal = (name: string) => boolean

/**
 * The module to run for a cell. Its names are handed to the runtime as accessors, not exported: so they keep JavaScript's own
 * rules (`const` cannot be assigned, nothing is readable before it is initialised), and a `let` that a later cell assigns
 * changes for the cell that declared it as well.
 */
export function rewriteToRun(analysis: Analysis, names: Names, isGlobal: IsGlobal): VirtualModule {
  const wanted = outerReferences(analysis, names, isGlobal)
  const imports = wanted.filter(({ reference }) => reference.use === 'value').map(importOf)
  const accessors = unique(analysis.declarations.filter(isRunTimeName).map(accessor))
  const head = [...headLines(imports), `${RUNTIME}.names({ ${accessors.join(', ')} });`, 'export {}; '].join(' ')
  const edits: Edit[] = [
    { start: 0, end: 0, text: head },
    ...hashBang(analysis),
    ...olderNames(wanted),
    ...analysis.exportWords.map(word => ({ ...word, text: '' })),
    ...valueEdits(analysis, `${RUNTIME}.value(await (`, '))'),
  ]
  return { ...applyEdits(analysis.source, edits), head: head.length, faults: constFaults(wanted) }
}

/**
 * The module to type-check for a cell: the same text with ordinary imports and exports.
 *
 * @param always a module that is imported from in any case
 */
export function rewriteToCheck(analysis: Analysis, names: Names, isGlobal: IsGlobal, always?: string): VirtualModule {
  const wanted = outerReferences(analysis, names, isGlobal)
  const exported = analysis.declarations.filter(({ kind, ambient }) => kind !== 'import' && !ambient)
  const head = [...headLines(checkLines(wanted), always), ''].join(' ')
  const edits: Edit[] = [
    { start: 0, end: 0, text: head },
    ...hashBang(analysis),
    ...olderNames(wanted),
    ...analysis.exportWords.map(word => ({ ...word, text: '' })),
    ...valueEdits(analysis, `export const ${VALUE} = await (`, ')'),
    { ...end(analysis), text: `\nexport { ${unique(exported.map(({ name }) => name)).join(', ')} };` },
  ]
  return { ...applyEdits(analysis.source, edits), head: head.length, faults: constFaults(wanted) }
}

/**
 * The module to look around in: a draft with the names that it has, and those that the word at the caret may become.
 *
 * @param names as a draft imports them
 * @param likely names to import beside those that stand in the draft
 */
export function rewriteToComplete(analysis: Analysis, names: Names, likely: readonly string[]): VirtualModule {
  const own = new Set(analysis.declarations.map(({ name }) => name))
  const wanted = new Set([...(analysis.source.match(NAME) ?? []), ...likely])
  const imports = [...wanted].flatMap(name => {
    const origin = own.has(name) ? undefined : (names.values.get(name) ?? names.types.get(name))
    return origin ? [importOf({ reference: { name, older: false }, origin })] : []
  })
  const stands = [ANY_VALUE, ANY_TYPE].map(name => ({ name, local: name, module: NAMES }))
  const head = [...headLines([...stands, ...imports]), 'export {}; '].join(' ')
  const edits = [{ start: 0, end: 0, text: head }, ...hashBang(analysis)]
  return { ...applyEdits(analysis.source, edits), head: head.length, faults: [] }
}

/** What may be a name, wherever it stands: an unfinished draft does not say. */
const NAME = /[\p{ID_Start}$_][\p{ID_Continue}$]*/gu

/** Once something stands before it, `#!` is no comment any more. */
function hashBang({ hashBang: span }: Analysis): Edit[] {
  return span ? [{ ...span, text: '//' }] : []
}

interface OuterReference {
  readonly reference: Reference
  readonly origin: Origin | 'global'
}

/** The references that mean something from before this cell. */
function outerReferences({ declarations, references }: Analysis, names: Names, isGlobal: IsGlobal): OuterReference[] {
  const own = new Set(declarations.map(({ name }) => name))
  const find = ({ name, use }: Reference): Origin | 'global' | undefined => {
    const { values, types } = names
    if (use === 'type') return types.get(name) ?? values.get(name)
    return values.get(name) ?? (isGlobal(name) ? 'global' : undefined)
  }
  return references.flatMap(reference => {
    const origin = own.has(reference.name) && !reference.older ? undefined : find(reference)
    return origin === undefined ? [] : [{ reference, origin }]
  })
}

/** What makes outer names known to the type checker. The prompt's own are ambient and need nothing, unless hidden. */
function checkLines(wanted: readonly OuterReference[]): HeadLine[] {
  const values = new Map<string, Origin>()
  const assigned = new Set<string>()
  for (const { reference, origin } of wanted) {
    if (origin === 'global' || reference.older || reference.use === 'type') continue
    values.set(reference.name, origin)
    if (reference.assigned && isVariable(origin.declaration)) assigned.add(reference.name)
  }
  return wanted.flatMap(({ reference, origin }) => {
    const { name, older, use } = reference
    if (older) return [importOf({ reference, origin })]
    if (origin === 'global') return []
    if (use === 'value') return [assigned.has(name) ? declareLine(name, origin) : importOf({ reference, origin })]
    // A value and a type of the same name from two cells: only one can be imported under it.
    const value = values.get(name)
    return [value && value !== origin ? typeLine(name, origin) : importOf({ reference, origin })]
  })
}

/** A person's own names may well have a `$`, hardly this letter. */
const olderName = (name: string): string => `${name}$olderː`

/** A line before the cell's own text, or a name imported there. */
type HeadLine = string | { readonly name: string; readonly local: string; readonly module: string }

/** Names from one module are imported by one statement. */
function headLines(lines: readonly HeadLine[], always?: string): string[] {
  const imports = new Map<string, Set<string>>(always === undefined ? [] : [[always, new Set()]])
  for (const line of lines) {
    if (typeof line === 'string') continue
    const { name, local, module } = line
    imports.set(module, (imports.get(module) ?? new Set()).add(`${name} as ${local}`))
  }
  const statements = [...imports].map(([module, names]) => `import { ${[...names].join(', ')} } from '${module}';`)
  return [...statements, ...unique(lines.filter(line => typeof line === 'string'))]
}

function importOf({
  reference: { name, older },
  origin,
}: {
  readonly reference: Pick<Reference, 'name' | 'older'>
  readonly origin: Origin | 'global'
}): HeadLine {
  const local = older ? olderName(name) : name
  if (origin === 'global') return { name, local, module: GLOBALS }
  const { declaration, module, exported = name } = origin
  return declaration.importAs?.(local) ?? { name: exported, local, module }
}

/** An import cannot be assigned; this can, with the same type. */
function declareLine(name: string, { module }: Origin): string {
  return `declare let ${name}: typeof import('${module}').${name};`
}

function typeLine(name: string, { module, exported = name }: Origin): string {
  return `type ${name} = import('${module}').${exported};`
}

function olderNames(wanted: readonly OuterReference[]): Edit[] {
  const older = wanted.filter(({ reference }) => reference.older)
  return older.map(({ reference: { name, start, end, shorthand } }) => ({
    start,
    end,
    text: shorthand ? `${name}: ${olderName(name)}` : olderName(name),
  }))
}

function valueEdits({ value }: Analysis, before: string, after: string): Edit[] {
  if (!value) return []
  return [
    { start: value.start, end: value.start, text: before },
    // On a line of its own: what it closes may end in a comment.
    { start: value.end, end: value.end, text: `\n${after}` },
  ]
}

function end({ source }: Analysis): { start: number; end: number } {
  return { start: source.length, end: source.length }
}

function isRunTimeName({ kind, ambient }: Declaration): boolean {
  return kind !== 'type' && kind !== 'import' && !ambient
}

function isVariable({ kind }: Declaration): boolean {
  return kind === 'let' || kind === 'var'
}

function accessor(declaration: Declaration): string {
  const { name } = declaration
  const get = `get ${name}() { return ${name}; }`
  return isVariable(declaration) ? `${get}, set ${name}($) { ${name} = $; }` : get
}

/** TypeScript's number for an assignment to a constant. */
const CANNOT_ASSIGN_TO_CONST = 2588

function constFaults(wanted: readonly OuterReference[]): Fault[] {
  return wanted.flatMap(({ reference: { name, start, end, assigned }, origin }) => {
    if (!assigned || origin === 'global' || isVariable(origin.declaration)) return []
    const { kind } = origin.declaration
    const article = /^[aeiou]/.test(kind) ? 'an' : 'a'
    const message = `Cannot assign to '${name}' because it is ${article} ${kind} of ${origin.label}.`
    return [{ start, end, message, code: CANNOT_ASSIGN_TO_CONST }]
  })
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
