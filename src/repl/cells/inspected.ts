import { type InspectOptions, inspect } from 'node:util'

/** `util.inspect` for a person: also of a value that throws when it is looked at. */
export function inspected(value: unknown, options: InspectOptions): string {
  try {
    return inspect(value, options)
  } catch {
    return inspect(value, { ...options, customInspect: false, showProxy: true })
  }
}
