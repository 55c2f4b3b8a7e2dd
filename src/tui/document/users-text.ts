import { truncate } from '../text/width.js'
import { hostLine } from './host-text.js'
import type { Theme } from './theme.js'

/** Users that are named; of more, how many. */
const NAMED = 2
/** Columns of a name. */
const LONGEST = 16

/**
 * Who something is done as, root first and in red; empty where nobody is known.
 *
 * @example
 * usersText(['deploy', 'root'], theme) // 'as root, deploy'
 */
export function usersText(users: readonly string[], theme: Theme): string {
  if (users.length === 0) return ''
  const named = users
    .toSorted((a, b) => Number(b === 'root') - Number(a === 'root'))
    .slice(0, NAMED)
    .map(user => (user === 'root' ? theme.bad(user) : truncate(hostLine(user), LONGEST, '…')))
  const others = users.length > NAMED ? theme.faint(` +${users.length - NAMED}`) : ''
  return `${theme.faint('as')} ${named.join(', ')}${others}`
}
