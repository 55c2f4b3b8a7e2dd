import type { SessionEvent } from './protocol.js'

type Left = Extract<SessionEvent, { type: 'cell.left' }>['running']

/** What a cell left running, and how to stop it, in one line each. */
export function leftText(running: Left): string {
  return running
    .map(({ id, what, place }) => `still running: ${what}${place === undefined ? '' : ` (${place})`} · :stop ${id}`)
    .join('\n')
}
