import path from 'node:path'
import type ts from 'typescript'
import { positionAt } from '../../engine/modules/compiler.js'
import type { Universe } from '../../engine/nodeset/pattern.js'
import { analyse, type Fault } from '../cells/analyse.js'
import { cellLabel } from '../cells/cell-error.js'
import { cellModule } from '../cells/names.js'
import { NAMES } from '../cells/names-module.js'
import { GLOBALS, rewriteToCheck, type VirtualModule } from '../cells/rewrite.js'
import type { InventoryNames } from '../completion/pattern.js'
import { ambientValues, exportAmbient } from './ambient.js'
import { CommittedCells } from './committed-cells.js'
import { compilerOptions } from './compiler-options.js'
import { completionsAt, describedAt } from './completions.js'
import { type Draft, wordStart } from './draft.js'
import { faultsOf } from './faults.js'
import { SessionFiles } from './files.js'
import { declaredAt } from './places.js'
import { quickInfoAt } from './quick-info.js'
import { documentRegistry } from './registry.js'
import type { Completions, Diagnostic, LanguageOptions, Place, QuickInfo, Signature } from './requests.js'
import { SessionNames } from './session-names.js'
import { asShellLine } from './shell-line.js'
import { signatureAt } from './signature.js'

const PRACTICE = ['fleet.files.line({ ', 'fleet.', 'facts.server.', 'fl']
const PRACTISED = 6

/** One TypeScript language service over a session's cells, a draft, and the user's files. */
export class LanguageSession {
  readonly #compiler: typeof ts
  readonly #cwd: string
  readonly #packages: LanguageOptions['packages']
  readonly #files: SessionFiles
  readonly #service: ts.LanguageService
  readonly #cells: CommittedCells
  readonly #names: SessionNames
  /** Global values by the declared file they come from. */
  readonly #ambient = new Map<string, readonly string[]>()
  #universe: Universe | undefined

  /** @param registry where parsed files are kept; sessions may share one */
  constructor(compiler: typeof ts, options: LanguageOptions, registry?: ts.DocumentRegistry) {
    this.#compiler = compiler
    this.#cwd = path.resolve(options.cwd)
    this.#packages = options.packages
    const settings = compilerOptions(compiler, options)
    this.#files = new SessionFiles(compiler, this.#cwd, settings, Object.keys(options.packages))
    this.#cells = new CommittedCells(this.#files)
    this.#names = new SessionNames(compiler, text => this.#files.write(this.#path(NAMES), text))
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

  /**
   * Completes one of the things that people complete. The first times take two and three times as long as later ones, until V8 has
   * compiled what they run: better while nothing is asked.
   *
   * @param round from 0
   * @returns whether there is more to gain
   */
  practise(round: number): boolean {
    const draft = PRACTICE[round % PRACTICE.length] ?? ''
    this.complete(draft, draft.length)
    return round + 1 < PRACTICE.length * PRACTISED
  }

  /** Lets go of all that it knows; it cannot be asked any more. */
  close(): void {
    this.#service.dispose()
  }

  /** Makes checks of what is typed cheaper, a few cells at a time. @returns whether there is more to do */
  fold(): boolean {
    return this.#cells.fold(this.#compiler, this.#service)
  }

  /** Type and syntax errors of a cell that would come next, and of the person's files that it imports. */
  check(source: string): readonly Diagnostic[] {
    const analysis = analyse(this.#compiler, source)
    const { syntaxErrors } = analysis
    if (syntaxErrors.length > 0) return this.#told(source, syntaxErrors, false)
    const virtual = rewriteToCheck(analysis, this.#names.imported, name => this.#isGlobal(name), NAMES)
    const draft = this.#draft('check', source, virtual)
    const faults = faultsOf(draft, { files: this.#files, cwd: this.#cwd, universe: this.#universe })
    return this.#told(source, faults, true)
  }

  /** What can stand at an offset of a draft. */
  complete(source: string, position: number): Completions {
    const typed = source.slice(wordStart(source, position), position)
    return completionsAt(this.#around(source, this.#names.begunBy(typed)), position, this.#names)
  }

  /** Declaration and documentation of one of the completions. */
  describe(source: string, position: number, name: string): QuickInfo | undefined {
    return describedAt(this.#around(source, [name]), position, name)
  }

  /** Type and documentation of what stands at an offset, or ends there. */
  quickInfo(source: string, position: number): QuickInfo | undefined {
    return quickInfoAt(this.#around(source), position)
  }

  /** Where what stands at an offset, or ends there, is declared. */
  definition(source: string, position: number): Place | undefined {
    const draft = this.#around(source)
    const at = draft.virtual.toEdited(position)
    const context = { cells: this.#cells, files: this.#files }
    const behind = wordStart(source, position) < position
    return this.#cells.unfolded(
      () => declaredAt(draft, at, context) ?? (behind ? declaredAt(draft, at - 1, context) : undefined),
    )
  }

  /** The call that is being written at an offset. */
  signature(source: string, position: number): Signature | undefined {
    return signatureAt(this.#around(source), position)
  }

  /** Keeps a cell that succeeded. Returns the specifier of its module, whose `VALUE` is the cell's value. */
  commit(id: number, source: string): string {
    const analysis = analyse(this.#compiler, source)
    const module = cellModule(id, taken => this.#files.has(this.#path(taken)))
    const virtual = rewriteToCheck(analysis, this.#names.committed, name => this.#isGlobal(name))
    this.#cells.add(this.#path(module), { cell: id, source, virtual })
    this.#names.commit(analysis, { module, label: cellLabel(id) })
    return module
  }

  /** Forgets all cells: the session starts anew. */
  forget(): void {
    this.#cells.forget()
    this.#names.forget()
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

  #told(source: string, faults: readonly Fault[], isParsed: boolean): readonly Diagnostic[] {
    const isKnown = (name: string) =>
      this.#names.committed.values.has(name) || this.#isGlobal(name) || name in globalThis
    return asShellLine(this.#compiler, source, faults, isParsed, isKnown).map(fault => diagnostic(source, fault))
  }

  #around(source: string, likely: readonly string[] = []): Draft {
    return this.#draft('complete', source, this.#names.around(source, likely))
  }

  #draft(purpose: 'check' | 'complete', source: string, virtual: VirtualModule): Draft {
    const file = this.#path(`./.draft-${purpose}`)
    this.#files.refresh()
    this.#files.write(file, virtual.text)
    return { compiler: this.#compiler, service: this.#service, source, file, virtual }
  }

  #path(module: string): string {
    return path.join(this.#cwd, `${module}.ts`)
  }

  #isGlobal(name: string): boolean {
    return [...this.#ambient.values()].some(names => names.includes(name))
  }
}

function diagnostic(source: string, { start, end, message, code, fix }: Fault): Diagnostic {
  return { message, code, ...positionAt(source, start), length: Math.max(1, end - start), ...(fix ? { fix } : {}) }
}
