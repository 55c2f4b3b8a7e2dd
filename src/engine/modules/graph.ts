import type { Stamp } from './freshness.js'

/** A user's file, loaded or being loaded. */
export interface LoadedModule {
  readonly file: string
  readonly stamp: Stamp
  /** CommonJS's `module`. */
  readonly module: { exports: unknown }
  /** The user's files it imports directly. */
  readonly imports: Set<string>
  /** Modules whose loading it is waiting for. */
  readonly waitsFor: Set<LoadedModule>
  /** Settles when it has run. */
  ready: Promise<void>
}

/** Which user files are loaded, and which import which. */
export class ModuleGraph {
  readonly #modules = new Map<string, LoadedModule>()

  get(file: string): LoadedModule | undefined {
    return this.#modules.get(file)
  }

  add(module: LoadedModule): void {
    this.#modules.set(module.file, module)
  }

  /** Everything a file imports, directly and through others, in the order met. */
  dependencies(file: string): readonly string[] {
    const found = new Set<string>()
    const visit = (name: string): void => {
      for (const imported of this.#modules.get(name)?.imports ?? []) {
        if (found.has(imported) || imported === file) continue
        found.add(imported)
        visit(imported)
      }
    }
    visit(file)
    return [...found]
  }

  /** Forgets files and whatever imports them, so that they load anew. Returns what was forgotten. */
  drop(files: readonly string[]): readonly string[] {
    const dropped = new Set<string>()
    const queue = files.filter(file => this.#modules.has(file))
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (dropped.has(file)) continue
      dropped.add(file)
      for (const module of this.#modules.values()) if (module.imports.has(file)) queue.push(module.file)
    }
    for (const file of dropped) this.#modules.delete(file)
    return [...dropped]
  }

  /** The files for which `isStale` holds. */
  filter(isStale: (module: LoadedModule) => boolean): readonly string[] {
    return [...this.#modules.values()].filter(isStale).map(module => module.file)
  }
}

/** Whether `module` waits, perhaps through others, for `other`: then `other` must not wait for it, or both would for ever. */
export function waitsFor(module: LoadedModule, other: LoadedModule): boolean {
  const seen = new Set<LoadedModule>()
  const visit = (current: LoadedModule): boolean => {
    if (current === other) return true
    if (seen.has(current)) return false
    seen.add(current)
    return [...current.waitsFor].some(visit)
  }
  return visit(module)
}
