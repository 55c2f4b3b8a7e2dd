/**
 * A value as text that is equal for equal values: object keys sorted, Map and Set as lists, Date and anything with `toJSON` through it,
 * Buffers by their bytes. Functions and symbols count as their kind only.
 */
export function stableJson(value: unknown): string {
  return JSON.stringify(canonical(value, new Set())) ?? 'undefined'
}

function canonical(value: unknown, inside: Set<object>): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) }
  if (typeof value === 'function' || typeof value === 'symbol') return { $kind: typeof value }
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) }
  if (typeof value !== 'object' || value === null) return value
  if (inside.has(value)) return { $circular: true }
  inside.add(value)
  try {
    if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
    if (value instanceof RegExp) return { $regexp: String(value) }
    if (value instanceof Map)
      return { $map: [...value].map(([key, item]) => [canonical(key, inside), canonical(item, inside)]) }
    if (value instanceof Set) return { $set: [...value].map(item => canonical(item, inside)) }
    if (Array.isArray(value)) return value.map(item => canonical(item, inside))
    if ('toJSON' in value && typeof value.toJSON === 'function') return canonical(value.toJSON(), inside)
    if (value instanceof Error) return { $error: value.name, message: value.message }
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    entries.sort(([a], [b]) => (a < b ? -1 : 1))
    return Object.fromEntries(entries.map(([key, item]) => [key, canonical(item, inside)]))
  } finally {
    inside.delete(value)
  }
}
