import type ts from 'typescript'
import { type Analysis, analyse } from '../cells/analyse.js'
import { commit, type Names, noNames } from '../cells/names.js'
import { ANY_TYPE, ANY_VALUE, namesModule, namesOfModule } from '../cells/names-module.js'
import { rewriteToComplete, type VirtualModule } from '../cells/rewrite.js'

/** How many names of the session are looked at by their types while one of them is typed; each costs time. */
const MOST_LIKELY = 24

/** The names that a session's cells have declared, as drafts and completions see them. */
export class SessionNames {
  readonly #compiler: typeof ts
  readonly #write: (text: string) => void
  #committed: Names = noNames
  /** The same as a draft imports them. */
  #imported: Names = noNames

  /** @param write keeps the text of the module that exports every name */
  constructor(compiler: typeof ts, write: (text: string) => void) {
    this.#compiler = compiler
    this.#write = write
    this.#take(noNames)
  }

  get committed(): Names {
    return this.#committed
  }

  get imported(): Names {
    return this.#imported
  }

  /** Adds what a cell declares. */
  commit(analysis: Analysis, cell: { readonly module: string; readonly label: string }): void {
    this.#take(commit(this.#committed, analysis, cell))
  }

  forget(): void {
    this.#take(noNames)
  }

  /** A draft with the names that stand in it, and others that its author may mean. */
  around(source: string, likely: readonly string[] = []): VirtualModule {
    return rewriteToComplete(analyse(this.#compiler, source), this.#imported, likely)
  }

  /** The newest names that a word may be the beginning of. */
  begunBy(word: string): readonly string[] {
    const { types, values } = this.#committed
    const names = new Set([...types.keys(), ...values.keys()])
    return [...names].filter(name => name.toLowerCase().startsWith(word.toLowerCase())).slice(-MOST_LIKELY)
  }

  /** Completions with all names of the session where any can stand, instead of what stands for them. */
  among(found: readonly ts.CompletionEntry[]): readonly ts.CompletionEntry[] {
    const { types, values } = this.#committed
    const known = new Set(found.map(({ name }) => name))
    const standing = found.flatMap(entry => {
      const names = entry.name === ANY_VALUE ? values : entry.name === ANY_TYPE ? types : undefined
      return names ? [...names.keys()].filter(name => !known.has(name)).map(name => ({ ...entry, name })) : []
    })
    const own = found.filter(({ name }) => name !== ANY_VALUE && name !== ANY_TYPE)
    return [...own, ...new Map(standing.map(entry => [entry.name, entry])).values()]
  }

  /** What a name was declared as: `const`, `class` … */
  kindOf(name: string): string {
    const origin = this.#committed.values.get(name) ?? this.#committed.types.get(name)
    return origin && origin.declaration.kind !== 'import' ? origin.declaration.kind : 'alias'
  }

  #take(names: Names): void {
    this.#committed = names
    this.#imported = namesOfModule(names)
    this.#write(namesModule(names))
  }
}
