import type { OutcomeStatus } from '../../engine/events.js'
import type { Theme } from './theme.js'

/** A status with its sign, as everywhere on the screen. */
export function statusText(status: OutcomeStatus, theme: Theme): string {
  switch (status) {
    case 'ok':
      return theme.good('✓ ok')
    case 'failed':
      return theme.bad('✗ failed')
    case 'unreachable':
      return theme.bad('✗ unreachable')
    case 'unknown':
      return theme.warning('? unknown')
    case 'cancelled':
    case 'skipped':
      return theme.faint(`– ${status}`)
  }
}
