import { sanitise } from '../../engine/text/sanitise.js'

/** Text of hosts for a page: without what would command a terminal, colours included. */
export function plainText(text: string): string {
  return sanitise(text).replace(/\u001b\[[\d;:]*m/g, '')
}
