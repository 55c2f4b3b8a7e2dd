/** Scripts are cut at about this many characters, and this many places. */
const SCRIPT = 160 * 1024
const PLACES = 200

/** Groups items, in order, so that what each group adds to a script stays short. */
export function batches<T>(items: readonly T[], lengthOf: (item: T) => number): T[][] {
  const groups: T[][] = []
  let length = 0
  for (const item of items) {
    const own = lengthOf(item)
    const last = groups.at(-1)
    if (last && length + own <= SCRIPT && last.length < PLACES) {
      last.push(item)
      length += own
    } else {
      groups.push([item])
      length = own
    }
  }
  return groups
}
