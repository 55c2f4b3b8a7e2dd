import { byteCount } from '../engine/text/byte-count.js'
import { numberText } from './number-text.js'
import type { FactRow } from './protocol.js'

/** Facts whose numbers are bytes. */
const IN_BYTES: ReadonlySet<string> = new Set(['hardware.memory', 'hardware.disks'])

/** A value as people read it: bytes in their larger units, seconds since a boot as days and hours, a few digits of other numbers. */
export function factText(fact: string, [name, value, number]: FactRow): string {
  // a text that says more than the number says it for people already
  if (number === undefined || value !== String(number)) return value
  if (IN_BYTES.has(fact)) return byteCount(number)
  return fact === 'server.uptime' && name === '' ? daysText(number) : numberText(number)
}

function daysText(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor((seconds % 86_400) / 3600)
  return days > 0 ? `${days} d ${hours} h` : `${hours} h ${Math.floor((seconds % 3600) / 60)} min`
}
