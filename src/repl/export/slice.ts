import type ts from 'typescript'
import { type Use, type Variable, variableKey } from '../notebook/linked-cells.js'
import type { HostCall } from './host-calls.js'
import { supersededUnits } from './superseded.js'
import type { ExportCell, Unit } from './units.js'

/** What of a session is exported. */
export interface Slice {
  readonly kept: readonly Unit[]
  /** Shell lines that are kept, and those that are not. */
  readonly keptCommands: readonly CommandOfCell[]
  readonly droppedCommands: readonly CommandOfCell[]
  /** Shell lines of several commands that failed everywhere: some of them may have done something before. */
  readonly failedParts: readonly CommandOfCell[]
}

export interface CommandOfCell {
  readonly cell: number
  readonly text: string
}

/**
 * Chooses the units that the end state needs: operations that ran and were neither taken back nor superseded, and all that those
 * make use of.
 *
 * @param keepCommands keep shell lines whose answers nobody uses
 */
export function slice(compiler: typeof ts, units: readonly Unit[], keepCommands: boolean): Slice {
  const program = new Program(units)
  // what was taken back makes nothing void
  const superseded = supersededUnits(
    compiler,
    units.filter(({ cell }) => !cell.cell.undone),
  )
  const wanted = units.filter(unit => {
    if (unit.cell.cell.undone || superseded.has(unit) || cameToNothing(unit.cell.cell)) return false
    const does = program.does(unit)
    return does.operations || isSideEffectImport(compiler, unit) || (keepCommands && does.commands.length > 0)
  })
  const kept = program.withNeeds(wanted)
  const commandsOf = (unit: Unit): CommandOfCell[] =>
    program.does(unit).commands.map(text => ({ cell: unit.cell.cell.id, text }))
  return {
    kept: units.filter(unit => kept.has(unit)),
    keptCommands: units.filter(unit => kept.has(unit)).flatMap(commandsOf),
    droppedCommands: units.filter(unit => !kept.has(unit) && !cameToNothing(unit.cell.cell)).flatMap(commandsOf),
    failedParts: units
      .filter(unit => !kept.has(unit) && cameToNothing(unit.cell.cell))
      .flatMap(commandsOf)
      .filter(({ text }) => /&&|;|\n|\|/.test(text.trim())),
  }
}

/** What running a unit does to hosts. */
interface Doing {
  readonly operations: boolean
  /** Texts of shell lines and remote writes. */
  readonly commands: readonly string[]
}

class Program {
  readonly #units: readonly Unit[]
  readonly #declaring = new Map<string, Unit[]>()
  readonly #changing = new Map<string, Unit[]>()
  readonly #values = new Map<number, Unit>()

  constructor(units: readonly Unit[]) {
    this.#units = units
    for (const unit of units) {
      for (const variable of unit.declares) push(this.#declaring, variableKey(variable), unit)
      for (const variable of unit.changes) push(this.#changing, variableKey(variable), unit)
      if (unit.isValue) this.#values.set(unit.cell.cell.id, unit)
    }
  }

  does(unit: Unit): Doing {
    const calls = this.#reached(unit)
    const commands = calls.flatMap(call => (call.kind === 'command' ? [call.text] : []))
    if (calls.some(({ kind }) => kind === 'operation')) return { operations: true, commands }
    // what a call of the person's own does is known from what the cell was recorded to do and its text does not tell
    const isOpaque = calls.some(({ kind }) => kind === 'unknown')
    const { effects } = unit.cell.cell
    const hidden = this.#hidden(unit.cell.cell)
    return {
      operations: isOpaque && hidden.operations,
      commands: isOpaque && commands.length === 0 && hidden.commands ? effects.commands : commands,
    }
  }

  /** Units with everything they make use of, and what changes that on the way. */
  withNeeds(wanted: readonly Unit[]): Set<Unit> {
    const kept = new Set<Unit>()
    const queue = [...wanted]
    for (let unit = queue.pop(); unit; unit = queue.pop()) {
      if (kept.has(unit)) continue
      kept.add(unit)
      for (const { meaning } of unit.uses) {
        if (meaning.kind === 'variable') queue.push(...this.#makers(meaning.variable))
        const value = meaning.kind === 'value' ? this.#values.get(meaning.cell) : undefined
        if (value) queue.push(value)
      }
    }
    return kept
  }

  #makers(variable: Variable): Unit[] {
    const key = variableKey(variable)
    const isIdle = (unit: Unit): boolean => !unit.cell.cell.undone
    return [...(this.#declaring.get(key) ?? []), ...(this.#changing.get(key) ?? []).filter(isIdle)]
  }

  /** The calls a unit makes, those of functions it calls that the session defined included. */
  #reached(unit: Unit, seen = new Set<Unit>()): HostCall[] {
    if (seen.has(unit)) return []
    seen.add(unit)
    const callsSomething = unit.calls.some(({ kind }) => kind === 'unknown')
    const inside = callsSomething ? unit.uses.flatMap(use => this.#definitions(use)) : []
    return [...unit.calls, ...inside.flatMap(other => [...other.deferred, ...this.#reachedBy(other, seen)])]
  }

  #reachedBy(unit: Unit, seen: Set<Unit>): HostCall[] {
    if (seen.has(unit)) return []
    seen.add(unit)
    return unit.uses
      .flatMap(use => this.#definitions(use))
      .flatMap(other => [...other.deferred, ...this.#reachedBy(other, seen)])
  }

  #definitions({ meaning }: Use): Unit[] {
    return meaning.kind === 'variable' ? (this.#declaring.get(variableKey(meaning.variable)) ?? []) : []
  }

  /** What a cell was recorded to do that no text of it shows. */
  #hidden(cell: ExportCell): { readonly operations: boolean; readonly commands: boolean } {
    const reached = this.#units.filter(unit => unit.cell.cell === cell).flatMap(unit => this.#reached(unit))
    return {
      operations:
        cell.effects.operations.some(name => name !== 'undo') && !reached.some(({ kind }) => kind === 'operation'),
      commands: cell.effects.commands.length > 0 && !reached.some(({ kind }) => kind === 'command'),
    }
  }
}

/** All that a cell did failed on every host: a dead end. */
function cameToNothing({ effects: { changed, failed, selections, commands } }: ExportCell): boolean {
  const asked = selections.flat()
  const isOneThing = !changed && commands.length <= 1 && asked.length > 0
  return isOneThing && asked.every(host => failed.includes(host))
}

function isSideEffectImport(compiler: typeof ts, { statement }: Unit): boolean {
  return compiler.isImportDeclaration(statement) && !statement.importClause
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
