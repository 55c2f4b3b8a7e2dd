import fuzzysort from 'fuzzysort'

/** What may be known of an entry beside its name. */
export interface Ranked {
  readonly name: string
  /** It is of the type that is wanted where it would stand. */
  readonly fits?: boolean
}

/**
 * The best matches of what is typed first: names that begin with it, of those the ones of the wanted type, of those the ones
 * used last, then as fuzzysort finds them, then in their own order. All of them while nothing is typed.
 *
 * @param lately how lately a name was used: the later the greater, 0 for never
 * @example
 * ranked([{ name: 'files' }, { name: 'facts' }], 'fac') // [{ name: 'facts' }]
 */
export function ranked<T extends Ranked>(
  entries: readonly T[],
  typed: string,
  lately: (name: string) => number = () => 0,
): readonly T[] {
  const found =
    typed === ''
      ? entries.map(entry => ({ entry, score: 0 }))
      : fuzzysort.go(typed, entries, { key: 'name', limit: 100 }).map(({ obj, score }) => ({ entry: obj, score }))
  const place = new Map(entries.map((entry, index) => [entry, index]))
  const orders = found.map(({ entry, score }) => ({
    entry,
    order: [closeness(entry.name, typed), entry.fits ? 1 : 0, lately(entry.name), score, -(place.get(entry) ?? 0)],
  }))
  return orders.sort((a, b) => compared(b.order, a.order)).map(({ entry }) => entry)
}

/** 2: it is the name; 1: the name begins with it; 0: its letters are in the name. */
function closeness(name: string, typed: string): number {
  if (typed === '') return 0
  if (name === typed) return 2
  return name.toLowerCase().startsWith(typed.toLowerCase()) ? 1 : 0
}

function compared(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
