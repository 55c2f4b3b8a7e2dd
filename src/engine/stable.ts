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

/** The opposite of {@link plainData}. @throws {TypeError} for what is kept as its kind only: functions, symbols, errors. */
export function revivedData(plain: unknown): unknown {
  if (Array.isArray(plain)) return plain.map(revivedData)
  if (typeof plain !== 'object' || plain === null) return plain
  const entries = Object.entries(plain)
  const [key, value] = entries[0] ?? []
  const held = entries.length === 1 && typeof value === 'string' ? value : undefined
  if (held !== undefined) {
    if (key === '$bytes') return Uint8Array.from(Buffer.from(held, 'base64'))
    if (key === '$bigint') return BigInt(held)
    if (key === '$number') return Number(held)
    const pattern = key === '$regexp' ? /^\/([\s\S]*)\/([a-z]*)$/.exec(held) : null
    if (pattern) return new RegExp(pattern[1] ?? '', pattern[2])
  }
  if (entries.length === 1 && Array.isArray(value)) {
    if (key === '$set') return new Set(value.map(revivedData))
    if (key === '$map')
      return new Map(value.map((pair: readonly unknown[]) => [revivedData(pair[0]), revivedData(pair[1])]))
  }
  if (key === '$kind' || key === '$circular' || key === '$error') throw new TypeError(`a ${String(value)} is not kept`)
  return Object.fromEntries(entries.map(([name, item]) => [name, revivedData(item)]))
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
