/**
 * A value as text that is equal for equal values: object keys sorted, Map and Set in whatever order they were filled, Date and
 * anything with `toJSON` through it, bytes by their content. Functions and symbols count as their kind only.
 *
 * @example
 * stableJson({ b: 1, a: new Set(['y', 'x']) }) // '{"a":{"$set":["x","y"]},"b":1}'
 */
export function stableJson(value: unknown): string {
  return JSON.stringify(canonical(value, new Set())) ?? 'undefined'
}

/** A value as data that JSON and structured clone carry unchanged: what they cannot is told as {@link stableJson} tells it. */
export function plainData(value: unknown): unknown {
  return canonical(value, new Set())
}

function canonical(value: unknown, inside: Set<object>): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) }
  if (typeof value === 'function' || typeof value === 'symbol') return { $kind: typeof value }
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) }
  if (Object.is(value, -0)) return 0
  if (typeof value !== 'object' || value === null) return value
  if (inside.has(value)) return { $circular: true }
  inside.add(value)
  try {
    if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
    if (value instanceof RegExp) return { $regexp: String(value) }
    if (value instanceof Map)
      return { $map: ordered([...value].map(([key, item]) => [canonical(key, inside), canonical(item, inside)])) }
    if (value instanceof Set) return { $set: ordered([...value].map(item => canonical(item, inside))) }
    if (Array.isArray(value)) return value.map(item => (item === undefined ? null : canonical(item, inside)))
    if ('toJSON' in value && typeof value.toJSON === 'function') return canonical(value.toJSON(), inside)
    if (value instanceof Error) return { $error: value.name, message: value.message }
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    entries.sort(([a], [b]) => (a < b ? -1 : 1))
    return Object.fromEntries(entries.map(([key, item]) => [key, canonical(item, inside)]))
  } finally {
    inside.delete(value)
  }
}

function ordered(items: readonly unknown[]): unknown[] {
  return items
    .map(item => ({ item, text: JSON.stringify(item) ?? '' }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ item }) => item)
}
