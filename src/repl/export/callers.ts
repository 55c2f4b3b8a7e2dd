import type ts from 'typescript'
import { type Variable, variableKey } from '../notebook/linked-cells.js'
import { isDefinition, type Unit } from './units.js'

/**
 * Which units run a function that the session defined, and so what its bare `$`, `facts`, `files` … act on: the focus is that of the
 * cell that calls it, not of the one that wrote it.
 */
export class Callers {
  readonly #compiler: typeof ts
  readonly #kept: readonly Unit[]

  constructor(compiler: typeof ts, kept: readonly Unit[]) {
    this.#compiler = compiler
    this.#kept = kept
  }

  /** The units that run what stands at a place in a unit, in order: the unit itself, unless it only defines it. */
  of(unit: Unit, at: number): readonly Unit[] {
    if (!this.#isInDefinition(unit, at)) return [unit]
    const found = this.#callersOf(unit.declares, new Set([unit]))
    return found.length === 0 ? [unit] : this.#kept.filter(each => found.includes(each))
  }

  #callersOf(variables: readonly Variable[], seen: Set<Unit>): Unit[] {
    const keys = new Set(variables.map(variableKey))
    return this.#kept.flatMap(unit => {
      if (seen.has(unit)) return []
      const uses = unit.uses.filter(
        ({ meaning }) => meaning.kind === 'variable' && keys.has(variableKey(meaning.variable)),
      )
      if (uses.length === 0) return []
      if (uses.some(({ reference }) => !this.#isInDefinition(unit, reference.start))) return [unit]
      seen.add(unit)
      return this.#callersOf(unit.declares, seen)
    })
  }

  #isInDefinition({ cell, statement, declaration }: Unit, at: number): boolean {
    let isInside = false
    const visit = (node: ts.Node): void => {
      if (at < node.getStart(cell.file) || at >= node.getEnd()) return
      if (isDefinition(this.#compiler, node)) isInside = true
      this.#compiler.forEachChild(node, visit)
    }
    visit(declaration ?? statement)
    return isInside
  }
}
