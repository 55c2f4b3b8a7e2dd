/** Values of cells, as later cells find them: `_` is the last, `_3` that of cell 3. */
export class KeptValues {
  readonly #values = new Map<number, unknown>()
  #last: unknown

  /** Keeps a cell's value and makes it readable on `bindings`; `undefined` is no value. */
  keep(cell: number, value: unknown, bindings: object): void {
    if (value === undefined) return
    this.#last = value
    this.#values.set(cell, value)
    for (const [name, get] of [['_', () => this.#last] as const, [`_${cell}`, () => this.#values.get(cell)] as const])
      Object.defineProperty(bindings, name, { configurable: true, enumerable: true, get })
  }
}
