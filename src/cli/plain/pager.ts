/** Lines that are shown a screenful at a time on a terminal; the rest waits for `:more`. */
export class Pager {
  #rest: readonly string[] = []

  /** @param height lines that fit beside the prompt; none where nobody looks at a terminal: then all is shown at once */
  constructor(readonly height: () => number | undefined) {}

  /** What to show now of some lines; what waited of earlier ones is given up. */
  begin(lines: readonly string[]): readonly string[] {
    this.#rest = []
    return this.#some(lines, this.height())
  }

  /** The next screenful; `undefined` when nothing waits. */
  more(all: boolean): readonly string[] | undefined {
    if (this.#rest.length === 0) return undefined
    return this.#some(this.#rest, all ? undefined : this.height())
  }

  #some(lines: readonly string[], height: number | undefined): readonly string[] {
    if (height === undefined || lines.length <= height) {
      this.#rest = []
      return lines
    }
    const shown = Math.max(1, height - 1)
    this.#rest = lines.slice(shown)
    return [...lines.slice(0, shown), `… ${this.#rest.length} more lines · :more the next, :more all the rest`]
  }
}
