const CLAUSE = /^([ugoa]*)([-+=])([rwxXst]*)$/

/** Whether permission bits are given as `u+x,go-w`. */
export function isSymbolic(mode: string): boolean {
  return mode.split(',').every(clause => CLAUSE.test(clause))
}

const SHIFT: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 }
const BITS: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 }

/**
 * Permission bits changed as chmod(1) does, without a umask: a clause without `u`, `g`, `o` is for all.
 *
 * @param mode four octal digits
 * @example
 * withSymbolicMode('0644', 'u+x', false) // '0744'
 */
export function withSymbolicMode(mode: string, clauses: string, isDirectory: boolean): string {
  const after = clauses.split(',').reduce(
    (bits, clause) => {
      const [, who = '', sign = '', rights = ''] = CLAUSE.exec(clause) ?? []
      const classes = who === '' || who.includes('a') ? ['u', 'g', 'o'] : [...who]
      const wanted = maskOf(classes, rights, isDirectory || (bits & 0o111) !== 0)
      if (sign === '+') return bits | wanted
      if (sign === '-') return bits & ~wanted
      return (bits & ~maskOf(classes, classes.includes('u') || classes.includes('g') ? 'rwxs' : 'rwx', true)) | wanted
    },
    Number.parseInt(mode, 8),
  )
  return after.toString(8).padStart(4, '0')
}

/** @param runs whether `X` means `x`: for directories, and what somebody may run already */
function maskOf(classes: readonly string[], rights: string, runs: boolean): number {
  let mask = 0
  for (const right of rights) {
    if (right === 't') mask |= 0o1000
    else if (right === 's') mask |= (classes.includes('u') ? 0o4000 : 0) | (classes.includes('g') ? 0o2000 : 0)
    else if (right !== 'X' || runs)
      for (const each of classes) mask |= (BITS[right === 'X' ? 'x' : right] ?? 0) << (SHIFT[each] ?? 0)
  }
  return mask
}
