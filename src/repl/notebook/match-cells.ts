/** What cells of a notebook are known by. */
export interface MatchedCell {
  readonly id?: string | undefined
  readonly kind: string
  readonly source: string
}

/**
 * Tells which cell of a notebook was which before somebody edited its file: by their ids; those without one by their text; what is
 * left between two that are known, and of the same kind, in its order, since an edit of a cell without an id changes all that it is
 * known by.
 *
 * @returns for each cell of `now`, its index in `before`; `undefined` for one that is new
 * @example
 * matchCells([{ kind: 'code', source: 'a' }], [{ kind: 'code', source: 'b' }, { kind: 'markdown', source: '' }]) // [0, undefined]
 */
export function matchCells(before: readonly MatchedCell[], now: readonly MatchedCell[]): (number | undefined)[] {
  const found = new Array<number | undefined>(now.length).fill(undefined)
  const taken = new Set<number>()
  const take = (at: number, index: number): void => {
    if (index < 0) return
    found[at] = index
    taken.add(index)
  }
  for (const [at, cell] of now.entries())
    if (cell.id !== undefined)
      take(
        at,
        before.findIndex(({ id }, index) => id === cell.id && !taken.has(index)),
      )
  for (const [at, cell] of now.entries()) {
    if (found[at] !== undefined) continue
    // one that was saved since has got an id, one that was written anew has lost it
    const isSame = (other: MatchedCell): boolean =>
      other.source === cell.source && other.kind === cell.kind && (other.id === undefined || cell.id === undefined)
    take(
      at,
      before.findIndex((other, index) => isSame(other) && !taken.has(index)),
    )
  }
  let from = 0
  for (const [at, cell] of now.entries()) {
    const known = found[at]
    if (known !== undefined) {
      from = known + 1
      continue
    }
    if (cell.id !== undefined) continue
    const next = found.slice(at).find(index => index !== undefined && index >= from) ?? before.length
    const index = before.findIndex(
      (other, i) => i >= from && i < next && !taken.has(i) && other.id === undefined && other.kind === cell.kind,
    )
    take(at, index)
    if (index >= 0) from = index + 1
  }
  return found
}
