import type { Theme } from '../document/theme.js'
import type { HostEntry } from '../state/hosts.js'

/** A host's state as a sign and a word; the sign alone tells ready from not ready, without colour. */
export function stateSign(state: HostEntry['state'], theme: Theme): string {
  switch (state) {
    case 'ready':
      return theme.good('●')
    case 'failed':
      return theme.bad('✗')
    case 'lost':
      return theme.bad('○')
    case 'idle':
    case 'closed':
      return theme.faint('·')
    default:
      return theme.warning('◌')
  }
}

/** What stands at the right end of a host's row: its latency once it is ready, else where its connection is. */
export function stateText({ state, latency }: HostEntry, theme: Theme): string {
  if (state === 'ready') return latency === undefined ? '' : theme.faint(latencyText(latency))
  if (state === 'failed' || state === 'lost') return theme.bad(state)
  return theme.faint(state === 'idle' ? '' : state)
}

function latencyText(ms: number): string {
  return ms < 1 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
