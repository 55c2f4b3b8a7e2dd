import type ts from 'typescript'
import { type ArgumentPlace, argumentPlace } from './argument-place.js'
import { keysAt } from './call-at.js'
import { commandPath } from './command-path.js'
import { type Draft, parsed, wordStart } from './draft.js'
import { classNames } from './lint/rule.js'
import { type Completions, type QuickInfo, RESULTS_GET } from './requests.js'
import type { SessionNames } from './session-names.js'
import { fittingNames } from './type-fit.js'

/** As TypeScript sorts completions, globals and keywords come from here on. */
const GLOBAL = '15'

/** What can stand at an offset of a draft. */
export function completionsAt(draft: Draft, position: number, names: SessionNames): Completions {
  const { compiler, service, source, file, virtual } = draft
  const from = wordStart(source, position)
  const argument = { ...argumentAt(draft, position), ...keysOf(draft, position) }
  const found = service.getCompletionsAtPosition(file, virtual.toEdited(position), {
    includeCompletionsWithInsertText: true,
    includeCompletionsForModuleExports: false,
    importModuleSpecifierEnding: 'js',
  })
  if (!found) return { from, entries: [], ...argument }
  // of a text to be completed every entry says itself what it replaces: a name of a package has dashes
  const span = found.optionalReplacementSpan ?? found.entries[0]?.replacementSpan
  const near = found.entries.filter(({ sortText }) => sortText < GLOBAL).map(({ name }) => name)
  const fits = fitting(draft, position, near)
  const entries = names.among(found.entries).map(({ name, kind, insertText, sortText }) => ({
    name: kind === compiler.ScriptElementKind.scriptElement ? importedAs(name) : name,
    kind: kind === compiler.ScriptElementKind.alias ? names.kindOf(name) : kind,
    ...(insertText === undefined ? {} : { insertText }),
    sortText,
    ...(fits.has(name) ? { fits: true } : {}),
  }))
  return { from: span ? virtual.toOriginal(span.start) : from, entries, ...argument }
}

/** Declaration and documentation of one of the completions. */
export function describedAt(draft: Draft, position: number, name: string): QuickInfo | undefined {
  const { compiler, service, file, virtual } = draft
  const at = virtual.toEdited(position)
  const found = service.getCompletionEntryDetails(file, at, name, {}, undefined, undefined, undefined)
  if (!found) return undefined
  return {
    text: compiler.displayPartsToString(found.displayParts),
    documentation: compiler.displayPartsToString(found.documentation),
    examples: [],
    start: position,
    length: 0,
  }
}

/** Which completions are of the type that is wanted; only those that what is typed may be the beginning of are looked at. */
function fitting(draft: Draft, position: number, names: readonly string[]): ReadonlySet<string> {
  const { compiler, source, virtual } = draft
  const known = parsed(draft)
  if (!known) return new Set()
  const begun = source.slice(wordStart(source, position), position).toLowerCase()
  const likely = names.filter(name => name.toLowerCase().startsWith(begun))
  return fittingNames(compiler, known.program, known.tree, virtual.toEdited(position), likely)
}

function keysOf(draft: Draft, position: number): Pick<Completions, 'keysOf'> {
  const tree = parsed(draft)?.tree
  const called = tree && keysAt(draft.compiler, tree, draft.virtual.toEdited(position))
  return called === undefined ? {} : { keysOf: called }
}

function argumentAt(draft: Draft, position: number): Pick<Completions, 'argument'> {
  const { compiler, virtual } = draft
  const known = parsed(draft)
  if (!known) return {}
  const { program, tree } = known
  const at = virtual.toEdited(position)
  const place = commandPath(compiler, tree, at) ?? argumentPlace(compiler, tree, at)
  if (!place) return {}
  const start = virtual.toOriginal(place.start)
  // many things have a get
  const ofResults = isGet(place) && isOfResults(compiler, program.getTypeChecker(), tree, place.start)
  return { argument: { ...place, start, ...(ofResults ? { call: RESULTS_GET } : {}) } }
}

const isGet = ({ call, key }: ArgumentPlace): boolean => key === 0 && call.split('.').at(-1) === 'get'

/** Whether the call whose argument begins at an offset is of answers of hosts. */
function isOfResults(compiler: typeof ts, checker: ts.TypeChecker, tree: ts.SourceFile, at: number): boolean {
  const find = (node: ts.Node): ts.CallExpression | undefined =>
    at < node.pos || at > node.end
      ? undefined
      : (compiler.forEachChild(node, find) ?? (compiler.isCallExpression(node) ? node : undefined))
  const called = find(tree)?.expression
  if (!called || !compiler.isPropertyAccessExpression(called)) return false
  return classNames(checker.getTypeAtLocation(called.expression)).includes('Results')
}

/** A TypeScript file by the name under which every setting lets it be imported. */
function importedAs(file: string): string {
  return file.replace(/(?<!\.d)\.([cm]?)ts$/, '.$1js')
}
