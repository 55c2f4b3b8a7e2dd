/** What the prompt binds besides the operation domains. `_`, `_1` … are the cells' values and not among them. */
const OWN_NAMES = [
  ...['fleet', 'focus', 'sel', 'failed', 'changed', 'unreachable'],
  ...['$', 'facts', 'group', 'match', 'host', 'raw'],
]

/** Every name that the prompt binds by itself, and that `muster/session` declares for notebooks. */
export function promptNames(operationDomains: readonly string[]): ReadonlySet<string> {
  return new Set([...OWN_NAMES, ...operationDomains])
}
