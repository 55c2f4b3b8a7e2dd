/** The names that a session's cells used, the latest last. */
export class UsedNames {
  readonly #last = new Map<string, number>()
  #count = 0

  /** Takes in what is written in a cell. */
  learn(source: string): void {
    for (const [name] of source.matchAll(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu)) {
      this.#count += 1
      this.#last.set(name, this.#count)
    }
  }

  /** The later it was used, the greater; 0 when it was not. */
  lately(name: string): number {
    return this.#last.get(name) ?? 0
  }
}
