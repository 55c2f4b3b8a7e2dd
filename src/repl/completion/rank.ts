import fuzzysort from 'fuzzysort'

/**
 * The best matches of what is typed first; all of them, in their own order, while nothing is.
 *
 * @example
 * ranked([{ name: 'files' }, { name: 'facts' }], 'fac') // [{ name: 'facts' }]
 */
export function ranked<T extends { readonly name: string }>(entries: readonly T[], typed: string): readonly T[] {
  return typed === '' ? entries : fuzzysort.go(typed, entries, { key: 'name', limit: 100 }).map(({ obj }) => obj)
}
