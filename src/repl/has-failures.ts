import type { Display } from './protocol.js'

/** Whether a value holds a host that did not answer well. */
export function hasFailures(display: Display): boolean {
  return display.kind === 'results' && display.groups.some(group => group.status !== 'ok' && group.status !== 'skipped')
}
