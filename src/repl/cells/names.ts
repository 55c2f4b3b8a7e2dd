import type { Analysis, Declaration } from './analyse.js'

/** Where a name of the session comes from. */
export interface Origin {
  /** Module specifier of the cell that declared it: `./.cell-3`. */
  readonly module: string
  /** What a person calls that cell: `cell 3`. */
  readonly label: string
  readonly declaration: Declaration
  /** The name under which that module exports it, where that is another. */
  readonly exported?: string
}

/** The names that the cells run so far have left behind; values and types apart, as in TypeScript. Never changed in place. */
export interface Names {
  readonly values: ReadonlyMap<string, Origin>
  readonly types: ReadonlyMap<string, Origin>
}

export const noNames: Names = { values: new Map(), types: new Map() }

/** Specifier of the module made for a cell; a cell that is run again gets another, so that older ones keep what they saw. */
export function cellModule(id: number, isTaken: (module: string) => boolean): string {
  const first = `./.cell-${id}`
  if (!isTaken(first)) return first
  let run = 2
  while (isTaken(`${first}-${run}`)) run += 1
  return `${first}-${run}`
}

/** The names after a cell has succeeded: its own replace older ones. */
export function commit(names: Names, { declarations }: Analysis, cell: Omit<Origin, 'declaration'>): Names {
  const values = new Map(names.values)
  const types = new Map(names.types)
  for (const declaration of declarations) {
    const origin = { ...cell, declaration }
    if (isValue(declaration)) values.set(declaration.name, origin)
    if (isType(declaration)) types.set(declaration.name, origin)
  }
  return { values, types }
}

function isValue({ kind, typeOnly, ambient }: Declaration): boolean {
  return kind !== 'type' && !typeOnly && !ambient
}

function isType({ kind }: Declaration): boolean {
  return kind === 'type' || kind === 'class' || kind === 'enum' || kind === 'namespace' || kind === 'import'
}
