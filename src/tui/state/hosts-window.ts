import type { Hosts } from './hosts.js'

/** First row of the tree in view: the cursor is kept in the middle third, so that what is around it is seen. */
export function hostsTop({ rows, cursor }: Hosts, height: number): number {
  return Math.max(0, Math.min(cursor - Math.floor(height / 2), rows.length - height))
}
