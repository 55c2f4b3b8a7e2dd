import type { OfferedCall, OfferedValue } from './offered-call.js'
import { readOptions } from './options.js'
import { literal, type Word } from './parse-line.js'

const STATES: Readonly<Record<string, Readonly<Record<string, OfferedValue>>>> = {
  start: { running: true },
  stop: { running: false },
  restart: { restarted: true },
  reload: { reloaded: true },
  enable: { enabled: true },
  disable: { enabled: false },
}

/** systemctl(1): one call for each unit. */
export function systemctlCalls(args: readonly Word[]): OfferedCall[] | undefined {
  const read = readOptions(args, { flags: ['now', 'q', 'quiet', 'no-pager'] })
  const [verb, ...units] = read?.rest ?? []
  const state = STATES[(verb && literal(verb)) ?? '']
  if (!read || !state || units.length === 0) return undefined
  const now = read.flags.has('now')
  if (now && state.enabled === undefined) return undefined
  return units.map(unit => ({
    operation: 'systemd.service',
    args: { service: { word: unit }, ...(now ? { running: state.enabled === true } : {}), ...state },
  }))
}

/** service(8): `service ntp restart`. */
export function serviceCall([unit, verb, ...more]: readonly Word[]): OfferedCall | undefined {
  const action = (verb && literal(verb)) ?? ''
  const state = ['start', 'stop', 'restart', 'reload'].includes(action) ? STATES[action] : undefined
  return unit && state && more.length === 0
    ? { operation: 'systemd.service', args: { service: { word: unit }, ...state } }
    : undefined
}
