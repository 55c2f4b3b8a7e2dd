import { sparkline } from '../document/charts/sparkline.js'
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
export function stateText({ state }: HostEntry, latencies: readonly number[] | undefined, theme: Theme): string {
  const latency = latencies?.at(-1)
  if (state === 'ready') return latency === undefined ? '' : theme.faint(latencyText(latency))
  if (state === 'failed' || state === 'lost') return theme.bad(state === 'lost' ? state : 'unreachable')
  return theme.faint(state === 'idle' ? '' : state)
}

/** How a host answered in the last cell that asked it, where that is not what most did; always as wide. */
export function answerSign({ last }: HostEntry, theme: Theme): string {
  if (!last) return ' '
  switch (last.status) {
    case 'failed':
    case 'unreachable':
      return theme.bad('✗')
    case 'unknown':
      return theme.warning('?')
    case 'cancelled':
    case 'skipped':
      return theme.faint('–')
    case 'ok':
  }
  if (!last.differs && !last.changed) return ' '
  return last.differs ? theme.warning('≠') : theme.good('✓')
}

/** Milliseconds below which a sparkline of latencies is flat. */
const CALM = 20

/** Columns of a sparkline of latencies. */
export const SPARK = 5

export function latencyLine({ state }: HostEntry, latencies: readonly number[] = [], theme: Theme): string {
  return state === 'ready' && latencies.length > 1 ? theme.faint(sparkline(latencies, SPARK, CALM)) : ''
}

function latencyText(ms: number): string {
  return ms < 1 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
