import path from 'node:path'
import type ts from 'typescript'
import { positionAt } from '../../engine/modules/compiler.js'
import type { Universe } from '../../engine/nodeset/pattern.js'
import { type Analysis, analyse, type Fault } from '../cells/analyse.js'
import { cellLabel } from '../cells/cell-error.js'
import { cellModule, commit, type Names, noNames } from '../cells/names.js'
import { ANY_TYPE, ANY_VALUE, NAMES, namesModule, namesOfModule } from '../cells/names-module.js'
import { GLOBALS, rewriteToCheck, rewriteToComplete, type VirtualModule } from '../cells/rewrite.js'
import type { InventoryNames } from '../completion/pattern.js'
import { ambientValues, exportAmbient } from './ambient.js'
import { argumentPlace } from './argument-place.js'
import { calledAt, keysAt } from './call-at.js'
import { compilerOptions } from './compiler-options.js'
import { SessionFiles } from './files.js'
import { declarationsOf } from './folded.js'
import { importedFaults } from './imported-faults.js'
import { lint } from './lint/lint.js'
import { meantArgument } from './meant-argument.js'
import { meantLiteral } from './meant-literal.js'
import { type CommittedCell, declaredAt } from './places.js'
import { documentRegistry } from './registry.js'
import type { Completions, Diagnostic, LanguageOptions, Place, QuickInfo, Signature } from './requests.js'
import { fittingNames } from './type-fit.js'

/** What the type checker says that does not matter at a prompt: names not used (yet), labels not used. */
const IGNORED = new Set([6133, 6138, 6192, 6196, 6198, 6199, 7028])

/** As TypeScript sorts completions, globals and keywords come from here on. */
const GLOBAL = '15'

/** TypeScript's words for assigning what is imported; it is said in terms of cells instead. */
const CANNOT_ASSIGN_IMPORT = 2632

/** How many names of the session are looked at by their types while one of them is typed; each costs time. */
const MOST_LIKELY = 24

/** So many that a question does not wait long for them. */
const FOLDED_AT_ONCE = 20

/** One TypeScript language service over a session's cells, a draft, and the user's files. */
export class LanguageSession {
  readonly #compiler: typeof ts
  readonly #cwd: string
  readonly #packages: LanguageOptions['packages']
  readonly #files: SessionFiles
  readonly #service: ts.LanguageService
  /** Global values by the declared file they come from. */
  readonly #ambient = new Map<string, readonly string[]>()
  /** Cells by their file. */
  readonly #cells = new Map<string, CommittedCell>()
  /** Files of cells that are as they were committed, oldest first. */
  readonly #whole = new Set<string>()
  /** Declarations that stand for a cell, by its file. */
  readonly #folded = new Map<string, string>()
  #names: Names = noNames
  /** The same as a draft imports them. */
  #draftNames: Names = noNames
  #universe: Universe | undefined

  /** @param registry where parsed files are kept; sessions may share one */
  constructor(compiler: typeof ts, options: LanguageOptions, registry?: ts.DocumentRegistry) {
    this.#compiler = compiler
    this.#cwd = path.resolve(options.cwd)
    this.#packages = options.packages
    this.#files = new SessionFiles(
      compiler,
      this.#cwd,
      compilerOptions(compiler, options),
      Object.keys(options.packages),
    )
    this.#take(noNames)
    this.#service = compiler.createLanguageService(this.#files, registry ?? documentRegistry(compiler, this.#cwd))
  }

  /** Does once, on nothing, what the first check would have to wait for: reads the standard and the given packages' types. */
  warmUpChecks(): void {
    const packages = Object.keys(this.#packages).map(name => `import type {} from ${JSON.stringify(name)}`)
    this.check([...packages, '[1].map(n => n + 1)'].join('\n'))
  }

  /** The same for completions, too. */
  warmUp(): void {
    this.warmUpChecks()
    this.complete('[1].map', 3)
  }

  /** Lets go of all that it knows; it cannot be asked any more. */
  close(): void {
    this.#service.dispose()
  }

  /**
   * Leaves of some cells, those committed first, only what others see of them, so that it is not inferred again for each draft.
   * @returns whether there are more
   */
  fold(): boolean {
    const next = [...this.#whole].slice(0, FOLDED_AT_ONCE)
    const folded = next.flatMap(file => {
      this.#whole.delete(file)
      const text = declarationsOf(this.#compiler, this.#service, file)
      return text === undefined ? [] : [{ file, text }]
    })
    for (const { file, text } of folded) this.#files.write(file, text)
    // what does not hold by itself stays as it was
    for (const { file, text } of folded) {
      if (this.#service.getSemanticDiagnostics(file).some(({ code }) => !IGNORED.has(code))) this.#unfold(file)
      else this.#folded.set(file, text)
    }
    return this.#whole.size > 0
  }

  #unfold(file: string): void {
    const cell = this.#cells.get(file)
    if (cell) this.#files.write(file, cell.virtual.text)
  }

  /** Type and syntax errors of a cell that would come next, and of the person's files that it imports. */
  check(source: string): readonly Diagnostic[] {
    const analysis = analyse(this.#compiler, source)
    if (analysis.syntaxErrors.length > 0) return analysis.syntaxErrors.map(fault => diagnostic(source, fault))
    const virtual = rewriteToCheck(analysis, this.#draftNames, name => this.#isGlobal(name), NAMES)
    const file = this.#draft('check', virtual)
    const found = this.#service.getSemanticDiagnostics(file).flatMap(({ start, length, messageText, code }) => {
      if (start === undefined || start < virtual.head || IGNORED.has(code)) return []
      const from = virtual.toOriginal(start)
      if (code === CANNOT_ASSIGN_IMPORT && virtual.faults.some(fault => fault.start === from)) return []
      const end = virtual.toOriginal(start + (length ?? 0))
      const message = this.#compiler.flattenDiagnosticMessageText(messageText, '\n')
      return [{ start: from, end, message, code, ...this.#meant(file, virtual, { start, code, message }) }]
    })
    const imported = importedFaults(source, {
      compiler: this.#compiler,
      service: this.#service,
      files: this.#files,
      draft: file,
      cwd: this.#cwd,
      counts: code => !IGNORED.has(code),
    })
    return [...virtual.faults, ...found, ...this.#lint(file, virtual), ...imported]
      .sort((a, b) => a.start - b.start)
      .map(fault => diagnostic(source, fault))
  }

  /** What can stand at an offset of a draft. */
  complete(source: string, position: number): Completions {
    const from = wordStart(source, position)
    const virtual = this.#around(source, this.#begunBy(source.slice(from, position)))
    const file = this.#draft('complete', virtual)
    const argument = { ...this.#argument(file, virtual, position), ...this.#keysAt(file, virtual.toEdited(position)) }
    const found = this.#service.getCompletionsAtPosition(file, virtual.toEdited(position), {
      includeCompletionsWithInsertText: true,
      includeCompletionsForModuleExports: false,
      importModuleSpecifierEnding: 'js',
    })
    if (!found) return { from, entries: [], ...argument }
    // of a text to be completed every entry says itself what it replaces: a name of a package has dashes
    const span = found.optionalReplacementSpan ?? found.entries[0]?.replacementSpan
    const near = found.entries.filter(({ sortText }) => sortText < GLOBAL).map(({ name }) => name)
    const fits = this.#fitting(file, virtual, source.slice(0, position), near)
    const entries = this.#withNames(found.entries).map(({ name, kind, insertText, sortText }) => ({
      name: kind === this.#compiler.ScriptElementKind.scriptElement ? importedAs(name) : name,
      kind: kind === this.#compiler.ScriptElementKind.alias ? this.#kindOf(name) : kind,
      ...(insertText === undefined ? {} : { insertText }),
      sortText,
      ...(fits.has(name) ? { fits: true } : {}),
    }))
    return { from: span ? virtual.toOriginal(span.start) : from, entries, ...argument }
  }

  /** Declaration and documentation of one of the completions. */
  describe(source: string, position: number, name: string): QuickInfo | undefined {
    const virtual = this.#around(source, [name])
    const file = this.#draft('complete', virtual)
    const at = virtual.toEdited(position)
    const found = this.#service.getCompletionEntryDetails(file, at, name, {}, undefined, undefined, undefined)
    if (!found) return undefined
    return {
      text: this.#compiler.displayPartsToString(found.displayParts),
      documentation: this.#compiler.displayPartsToString(found.documentation),
      examples: [],
      start: position,
      length: 0,
    }
  }

  #meant(draft: string, virtual: VirtualModule, found: Parameters<typeof meantLiteral>[3]): Partial<Fault> {
    const program = this.#service.getProgram()
    const file = program?.getSourceFile(draft)
    const checker = program?.getTypeChecker()
    const meant =
      checker &&
      file &&
      (meantArgument(this.#compiler, checker, file, found) ?? meantLiteral(this.#compiler, checker, file, found))
    if (!meant) return {}
    const { message, fix } = meant
    if (!fix) return { message }
    const span = { start: virtual.toOriginal(fix.start), end: virtual.toOriginal(fix.end) }
    return { message, fix: { title: fix.title, text: fix.text, ...span } }
  }

  /** Whether a completion is of the type that is wanted; only those that what is typed may be the beginning of are looked at. */
  #fitting(draft: string, virtual: VirtualModule, typed: string, names: readonly string[]): ReadonlySet<string> {
    const program = this.#service.getProgram()
    const file = program?.getSourceFile(draft)
    if (!program || !file) return new Set()
    const end = virtual.toEdited(typed.length)
    const start = wordStart(typed, typed.length)
    const begun = typed.slice(start).toLowerCase()
    const likely = names.filter(name => name.toLowerCase().startsWith(begun))
    return fittingNames(this.#compiler, program, file, end, likely)
  }

  #calledAt(draft: string, at: number): Pick<Signature, 'called' | 'key'> {
    const file = this.#service.getProgram()?.getSourceFile(draft)
    return (file && calledAt(this.#compiler, file, at)) ?? { called: '' }
  }

  #keysAt(draft: string, at: number): Pick<Completions, 'keysOf'> {
    const file = this.#service.getProgram()?.getSourceFile(draft)
    const keysOf = file && keysAt(this.#compiler, file, at)
    return keysOf === undefined ? {} : { keysOf }
  }

  #argument(draft: string, virtual: VirtualModule, position: number): Pick<Completions, 'argument'> {
    const file = this.#service.getProgram()?.getSourceFile(draft)
    const place = file && argumentPlace(this.#compiler, file, virtual.toEdited(position))
    return place ? { argument: { ...place, start: virtual.toOriginal(place.start) } } : {}
  }

  /** Type and documentation of what stands at an offset, or ends there. */
  quickInfo(source: string, position: number): QuickInfo | undefined {
    const virtual = this.#around(source)
    const file = this.#draft('complete', virtual)
    const at = virtual.toEdited(position)
    const behind = wordStart(source, position) < position
    const info =
      this.#service.getQuickInfoAtPosition(file, at) ??
      (behind ? this.#service.getQuickInfoAtPosition(file, at - 1) : undefined)
    if (!info || info.textSpan.start < virtual.head) return undefined
    const examples = info.tags?.filter(({ name }) => name === 'example') ?? []
    return {
      text: withoutImport(this.#compiler.displayPartsToString(info.displayParts)),
      documentation: this.#compiler.displayPartsToString(info.documentation),
      examples: examples.map(({ text }) => this.#compiler.displayPartsToString(text)),
      start: virtual.toOriginal(info.textSpan.start),
      length: info.textSpan.length,
    }
  }

  /** Where what stands at an offset, or ends there, is declared. */
  definition(source: string, position: number): Place | undefined {
    const virtual = this.#around(source)
    const draft = this.#draft('complete', virtual)
    const context = {
      service: this.#service,
      draft,
      virtual,
      cells: this.#cells,
      files: this.#files,
    }
    const at = virtual.toEdited(position)
    // places in the code of cells
    for (const file of this.#folded.keys()) this.#unfold(file)
    try {
      const behind = wordStart(source, position) < position
      return declaredAt(context, at) ?? (behind ? declaredAt(context, at - 1) : undefined)
    } finally {
      for (const [file, text] of this.#folded) this.#files.write(file, text)
    }
  }

  signature(source: string, position: number): Signature | undefined {
    const virtual = this.#around(source)
    const file = this.#draft('complete', virtual)
    const help = this.#service.getSignatureHelpItems(file, virtual.toEdited(position), undefined)
    const item = help?.items[help.selectedItemIndex]
    if (!help || !item) return undefined
    const text = (parts: ts.SymbolDisplayPart[]) => this.#compiler.displayPartsToString(parts)
    const parameters = item.parameters.map(({ displayParts, documentation }) => ({
      label: text(displayParts),
      documentation: text(documentation),
    }))
    const list = parameters.map(({ label }) => label).join(text(item.separatorDisplayParts))
    return {
      label: text(item.prefixDisplayParts) + list + text(item.suffixDisplayParts),
      documentation: text(item.documentation),
      parameters,
      active: help.argumentIndex,
      ...this.#calledAt(file, virtual.toEdited(position)),
    }
  }

  /** Keeps a cell that succeeded. Returns the specifier of its module, whose `VALUE` is the cell's value. */
  commit(id: number, source: string): string {
    const analysis: Analysis = analyse(this.#compiler, source)
    const module = cellModule(id, taken => this.#files.has(this.#path(taken)))
    const virtual = rewriteToCheck(analysis, this.#names, name => this.#isGlobal(name))
    this.#files.write(this.#path(module), virtual.text)
    this.#cells.set(this.#path(module), { cell: id, source, virtual })
    this.#whole.add(this.#path(module))
    this.#take(commit(this.#names, analysis, { module, label: cellLabel(id) }))
    return module
  }

  /** Forgets all cells: the session starts anew. */
  forget(): void {
    for (const file of this.#cells.keys()) this.#files.remove(file)
    this.#cells.clear()
    this.#whole.clear()
    this.#folded.clear()
    this.#take(noNames)
  }

  /** Adds or replaces a declaration file: the globals of the prompt, the types of an inventory. */
  declare(file: string, text: string): void {
    this.#files.write(path.resolve(this.#cwd, file), text)
    this.#ambient.set(file, ambientValues(this.#compiler, text))
    this.#files.write(this.#path(GLOBALS), exportAmbient([...new Set([...this.#ambient.values()].flat())]))
  }

  /** Tells which hosts and groups there are. */
  knows({ hosts, groups }: InventoryNames): void {
    this.#universe = { hosts, groups: new Map(Object.entries(groups)) }
  }

  #take(names: Names): void {
    this.#names = names
    this.#draftNames = namesOfModule(names)
    this.#files.write(this.#path(NAMES), namesModule(names))
  }

  #lint(draft: string, virtual: VirtualModule): Fault[] {
    const program = this.#service.getProgram()
    const file = program?.getSourceFile(draft)
    if (!program || !file) return []
    const universe = this.#universe ? { universe: this.#universe } : {}
    const context = { compiler: this.#compiler, checker: program.getTypeChecker(), file, ...universe }
    return lint(context).flatMap(({ node, message, code, fix }) => {
      const start = node.getStart(file)
      if (start < virtual.head) return []
      const span = (from: number, to: number) => ({
        start: virtual.toOriginal(from),
        end: virtual.toOriginal(to),
      })
      return [
        {
          ...span(start, node.getEnd()),
          message,
          code,
          ...(fix ? { fix: { title: fix.title, text: fix.text, ...span(fix.start, fix.end) } } : {}),
        },
      ]
    })
  }

  /** A draft with the names that stand in it. */
  #around(source: string, likely: readonly string[] = []): VirtualModule {
    return rewriteToComplete(analyse(this.#compiler, source), this.#draftNames, likely)
  }

  /** The newest names of the session that a word may be the beginning of. */
  #begunBy(word: string): readonly string[] {
    const names = new Set([...this.#names.types.keys(), ...this.#names.values.keys()])
    return [...names].filter(name => name.toLowerCase().startsWith(word.toLowerCase())).slice(-MOST_LIKELY)
  }

  /** Completions with all names of the session where any can stand, instead of what stands for them. */
  #withNames(found: readonly ts.CompletionEntry[]): readonly ts.CompletionEntry[] {
    const known = new Set(found.map(({ name }) => name))
    const standing = found.flatMap(entry => {
      const names =
        entry.name === ANY_VALUE ? this.#names.values : entry.name === ANY_TYPE ? this.#names.types : undefined
      return names ? [...names.keys()].filter(name => !known.has(name)).map(name => ({ ...entry, name })) : []
    })
    const own = found.filter(({ name }) => name !== ANY_VALUE && name !== ANY_TYPE)
    return [...own, ...new Map(standing.map(entry => [entry.name, entry])).values()]
  }

  #draft(purpose: 'check' | 'complete', virtual: VirtualModule): string {
    const file = this.#path(`./.draft-${purpose}`)
    this.#files.refresh()
    this.#files.write(file, virtual.text)
    return file
  }

  #path(module: string): string {
    return path.join(this.#cwd, `${module}.ts`)
  }

  #isGlobal(name: string): boolean {
    return [...this.#ambient.values()].some(names => names.includes(name))
  }

  #kindOf(name: string): string {
    const origin = this.#names.values.get(name) ?? this.#names.types.get(name)
    return origin && origin.declaration.kind !== 'import' ? origin.declaration.kind : 'alias'
  }
}

/** A TypeScript file by the name under which every setting lets it be imported. */
function importedAs(file: string): string {
  return file.replace(/(?<!\.d)\.([cm]?)ts$/, '.$1js')
}

function diagnostic(source: string, { start, end, message, code, fix }: Fault): Diagnostic {
  return { message, code, ...positionAt(source, start), length: Math.max(1, end - start), ...(fix ? { fix } : {}) }
}

/** A name that is imported without the words for that: to a person it is a name of an earlier cell. */
function withoutImport(text: string): string {
  return text.replace(/^\(alias\) ([\s\S]*)\nimport .*$/, '$1')
}

function wordStart(source: string, position: number): number {
  return position - (/[\p{ID_Continue}$]*$/u.exec(source.slice(0, position))?.[0].length ?? 0)
}
