/** Arguments without those that say nothing: for laying them over others. */
export function given<T extends object>(args: T): T {
  // the same fields but those that are undefined, which the type lets be left out
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) as T
}
