/** Looks into objects of npm ssh2 beyond its interface; where a version of it looks otherwise inside, nothing is found. */
export function member(of: unknown, name: string): unknown {
  return isObject(of) ? Reflect.get(of, name) : undefined
}

/** A method, bound to its object. */
export function method(of: unknown, name: string): ((...args: readonly unknown[]) => unknown) | undefined {
  const found = member(of, name)
  return typeof found === 'function' ? (...args) => Reflect.apply(found, of, args) : undefined
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
