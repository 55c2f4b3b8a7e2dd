import type ts from 'typescript'
import { type Use, variableKey } from '../notebook/linked-cells.js'
import type { Naming } from '../notebook/naming.js'
import { type Hosts, Selections } from './selections.js'
import { isDefinition, type Unit } from './units.js'

/** What is written in a deploy for the names that the prompt bound: `$` → `web.$`, `fleet` → the parameter. */
export class PromptMeanings {
  /** Name of the deploy's parameter. */
  readonly fleet: string
  readonly #compiler: typeof ts
  readonly #kept: readonly Unit[]
  readonly #selections: Selections
  #isFleetUsed = false
  #isRawUsed = false

  /** @param isTied whether a unit acts on hosts that another one changed, rather than on a selection */
  constructor(
    compiler: typeof ts,
    kept: readonly Unit[],
    inventory: Hosts,
    naming: Naming,
    isTied: (unit: Unit) => boolean,
  ) {
    this.#compiler = compiler
    this.#kept = kept
    const isShadowed = kept.some(({ cell }) => declaresInside(compiler, cell.file, 'fleet'))
    this.fleet = isShadowed ? naming.fresh('fleet') : 'fleet'
    this.#selections = new Selections(inventory, this.fleet, naming)
    for (const unit of kept.filter(unit => !isTied(unit)))
      for (const use of unit.uses) {
        const hosts = this.#hostsOf(use, unit)
        if (hosts) this.#selections.count(hosts)
      }
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
    return this.#selections.declarations
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
    const selection = this.#selections.write(this.#hostsOf(use, unit) ?? [])
    return SELECTIONS.has(name) ? selection : `${selection}.${name}`
  }

  /** The hosts that a name stood for; `undefined` for those that stand for none. */
  #hostsOf({ reference, meaning }: Use, unit: Unit): readonly string[] | undefined {
    const { name } = reference
    if (meaning.kind !== 'prompt' || UNSELECTED.has(name)) return undefined
    const { cell } = this.#caller(reference.start, unit)
    if (!FROZEN.has(name)) return cell.cell.focus
    return cell.cell.effects.selections[0] ?? cell.cell.focus
  }

  /** A function's body acts on what the focus is when it is called, not where it is written. */
  #caller(at: number, unit: Unit): Unit {
    const [variable] = unit.declares
    if (!variable || !isInDefinition(this.#compiler, unit, at)) return unit
    const key = variableKey(variable)
    const isUser = ({ uses }: Unit): boolean =>
      uses.some(({ meaning }) => meaning.kind === 'variable' && variableKey(meaning.variable) === key)
    return this.#kept.find(other => other !== unit && isUser(other)) ?? unit
  }
}

/** Names that are a selection themselves; what else acts on the focus is a member of it. */
const SELECTIONS: ReadonlySet<string> = new Set(['focus', 'sel', 'failed', 'changed', 'unreachable'])
/** Selections of the moment: what a deploy can say is which hosts they were. */
const FROZEN: ReadonlySet<string> = new Set(['sel', 'failed', 'changed', 'unreachable'])
const UNSELECTED: ReadonlySet<string> = new Set(['fleet', 'group', 'match', 'host', 'raw'])

function isInDefinition(compiler: typeof ts, { cell, statement, declaration }: Unit, at: number): boolean {
  let isInside = false
  const visit = (node: ts.Node): void => {
    if (at < node.getStart(cell.file) || at >= node.getEnd()) return
    if (isDefinition(compiler, node)) isInside = true
    compiler.forEachChild(node, visit)
  }
  visit(declaration ?? statement)
  return isInside
}

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
