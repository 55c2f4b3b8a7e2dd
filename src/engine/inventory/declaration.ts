import type { Inventory } from './inventory.js'

/**
 * The declaration that makes an inventory's names and data types known to the type checker, to be written beside it
 * as `muster.generated.d.ts` or given to the language worker.
 *
 * @example
 * registerDeclaration(inventory)
 * // declare module 'muster' { interface Register { hosts: 'web-1' | 'db-1'; groups: 'web'; data: { readonly role?: string } } }
 */
export function registerDeclaration(inventory: Inventory): string {
  const hosts = [...inventory.hosts.values()]
  return [
    `// Generated from ${inventory.source} by muster; rewritten when it changes.`,
    "import 'muster'",
    "declare module 'muster' {",
    '  interface Register {',
    `    hosts: ${union(hosts.map(host => host.name))}`,
    `    groups: ${union([...inventory.groups.keys()])}`,
    `    data: ${recordType(hosts.map(host => host.data))}`,
    '  }',
    '}',
    '',
  ].join('\n')
}

function union(names: readonly string[]): string {
  return names.length === 0 ? 'never' : names.map(name => JSON.stringify(name)).join(' | ')
}

/** The type of many records at once: a key that some lack is optional. */
function recordType(records: readonly Readonly<Record<string, unknown>>[]): string {
  const keys = [...new Set(records.flatMap(record => Object.keys(record)))]
  const fields = keys.map(key => {
    const values = records.filter(record => key in record).map(record => record[key])
    const optional = values.length < records.length ? '?' : ''
    return `readonly ${JSON.stringify(key)}${optional}: ${valueType(values)}`
  })
  return fields.length === 0 ? '{}' : `{ ${fields.join('; ')} }`
}

function valueType(values: readonly unknown[]): string {
  const arrays = values.filter(value => Array.isArray(value))
  const records = values.filter(isRecord)
  const others = values.filter(value => !Array.isArray(value) && !isRecord(value))
  const types = [
    ...new Set(others.map(scalarType)),
    ...(arrays.length > 0 ? [`readonly (${arrays.flat().length === 0 ? 'unknown' : valueType(arrays.flat())})[]`] : []),
    ...(records.length > 0 ? [recordType(records)] : []),
  ]
  return types.join(' | ')
}

function scalarType(value: unknown): string {
  if (value === null) return 'null'
  const type = typeof value
  return type === 'string' || type === 'number' || type === 'boolean' || type === 'bigint' || type === 'undefined'
    ? type
    : 'unknown'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.getPrototypeOf(value) === Object.prototype
  )
}
