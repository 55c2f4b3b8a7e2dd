import fuzzysort from 'fuzzysort'

/**
 * The best matches of what is typed first, equal ones in their own order; all of them, in that order, while nothing is typed.
 *
 * @example
 * ranked([{ name: 'files' }, { name: 'facts' }], 'fac') // [{ name: 'facts' }]
 */
export function ranked<T extends { readonly name: string }>(entries: readonly T[], typed: string): readonly T[] {
  if (typed === '') return entries
  const place = new Map(entries.map((entry, index) => [entry, index]))
  return [...fuzzysort.go(typed, entries, { key: 'name', limit: 100 })]
    .sort((a, b) => b.score - a.score || (place.get(a.obj) ?? 0) - (place.get(b.obj) ?? 0))
    .map(({ obj }) => obj)
}
