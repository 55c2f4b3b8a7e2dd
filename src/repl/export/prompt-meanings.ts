import type ts from 'typescript'
import type { Use } from '../notebook/linked-cells.js'
import type { Naming } from '../notebook/naming.js'
import { Callers } from './callers.js'
import { type Hosts, Selections } from './selections.js'
import type { Unit } from './units.js'

/** What is written in a deploy for the names that the prompt bound: `$` → `web.$`, `fleet` → the parameter. */
export class PromptMeanings {
  /** Name of the deploy's parameter. */
  readonly fleet: string
  readonly #callers: Callers
  /** Units that call functions which act on other hosts each time. */
  readonly #moving = new Set<Unit>()
  /** The variable that says on which, and the hosts it holds where the next unit is written. */
  readonly #moved: { readonly name: string; readonly first: readonly string[]; hosts: readonly string[] } | undefined
  readonly #selections: Selections
  #isFleetUsed = false
  #isRawUsed = false

  /**
   * @param acts units that act on hosts which another one changed (`tied`), or on hosts that are written down (`fixed`), rather than
   * on those that their text names; and selections that are written beside (`selected`)
   */
  constructor(
    compiler: typeof ts,
    kept: readonly Unit[],
    inventory: Hosts,
    naming: Naming,
    acts: {
      tied(unit: Unit): boolean
      readonly fixed: ReadonlyMap<Unit, readonly string[]>
      readonly selected: readonly (readonly string[])[]
    },
  ) {
    this.#callers = new Callers(compiler, kept)
    const isShadowed = kept.some(({ cell }) => declaresInside(compiler, cell.file, 'fleet'))
    this.fleet = isShadowed ? naming.fresh('fleet') : 'fleet'
    this.#selections = new Selections(inventory, this.fleet, naming)
    for (const unit of kept.filter(unit => !acts.tied(unit) && !acts.fixed.has(unit)))
      for (const use of unit.uses) {
        const hosts = this.#hostsOf(use, unit)
        if (hosts && hosts !== 'moving') this.#selections.count(hosts)
      }
    for (const unit of kept) {
      const hosts = acts.tied(unit) ? undefined : acts.fixed.get(unit)
      if (hosts) this.#selections.count(hosts)
    }
    for (const hosts of acts.selected) this.#selections.count(hosts)
    const [first, ...others] = kept.filter(unit => this.#moving.has(unit)).map(({ cell }) => cell.cell.focus)
    if (!first) return
    this.#moved = { name: naming.fresh('hosts'), first, hosts: first }
    for (const hosts of [first, ...others]) this.#selections.count(hosts)
  }

  get isFleetUsed(): boolean {
    return this.#isFleetUsed
  }

  /** Imports for what the prompt bound from the library. */
  get imports(): string[] {
    return this.#isRawUsed ? ["import { raw } from 'muster';"] : []
  }

  /** Declarations of the selections that have a name; complete when all is written. */
  get declarations(): string[] {
    if (!this.#moved) return this.#selections.declarations
    const first = `let ${this.#moved.name} = ${this.#selections.write(this.#moved.first)};`
    return [...this.#selections.declarations, first]
  }

  /** Hosts by their names, or as the group that they are. */
  select(hosts: readonly string[]): string {
    this.#isFleetUsed = true
    return this.#selections.write(hosts)
  }

  write(use: Use, unit: Unit): string {
    const { name } = use.reference
    if (name === 'raw') {
      this.#isRawUsed = true
      return name
    }
    this.#isFleetUsed = true
    if (name === 'fleet') return this.fleet
    if (name === 'group' || name === 'match' || name === 'host') return `${this.fleet}.${name}`
    const hosts = this.#hostsOf(use, unit) ?? []
    const selection = hosts === 'moving' ? (this.#moved?.name ?? this.fleet) : this.#selections.write(hosts)
    return SELECTIONS.has(name) ? selection : `${selection}.${name}`
  }

  /** What is to be said before a unit is written: on which hosts the functions act that it calls. Units are asked for in order. */
  before(unit: Unit): string | undefined {
    const { focus } = unit.cell.cell
    if (!this.#moving.has(unit) || !this.#moved) return undefined
    if (focus.join() === this.#moved.hosts.join()) return undefined
    this.#moved.hosts = focus
    return `${this.#moved.name} = ${this.#selections.write(focus)};`
  }

  /** The hosts that a name stood for; `undefined` for those that stand for none, `moving` where they are those of each call. */
  #hostsOf({ reference, meaning }: Use, unit: Unit): readonly string[] | 'moving' | undefined {
    const { name } = reference
    if (meaning.kind !== 'prompt' || UNSELECTED.has(name)) return undefined
    const callers = this.#callers.of(unit, reference.start)
    if (!FROZEN.has(name) && new Set(callers.map(({ cell }) => cell.cell.focus.join())).size > 1) {
      for (const caller of callers) this.#moving.add(caller)
      return 'moving'
    }
    const { cell } = callers[0] ?? unit
    if (!FROZEN.has(name)) return cell.cell.focus
    return cell.cell.effects.selections[0] ?? cell.cell.focus
  }
}

/** Names that are a selection themselves; what else acts on the focus is a member of it. */
const SELECTIONS: ReadonlySet<string> = new Set(['focus', 'sel', 'failed', 'changed', 'unreachable'])
/** Selections of the moment: what a deploy can say is which hosts they were. */
const FROZEN: ReadonlySet<string> = new Set(['sel', 'failed', 'changed', 'unreachable'])
const UNSELECTED: ReadonlySet<string> = new Set(['fleet', 'group', 'match', 'host', 'raw'])

/** Whether a scope inside a cell declares a name: a parameter, a variable of a function. */
function declaresInside(compiler: typeof ts, file: ts.SourceFile, name: string): boolean {
  const declares = (node: ts.Node): boolean => {
    const isNamed =
      compiler.isParameter(node) || compiler.isVariableDeclaration(node) || compiler.isBindingElement(node)
    if (isNamed && compiler.isIdentifier(node.name) && node.name.text === name) return true
    return inner(node)
  }
  const inner = (node: ts.Node): boolean => compiler.forEachChild(node, child => declares(child) || undefined) ?? false
  return declares(file)
}
