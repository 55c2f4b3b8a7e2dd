import { byteCount } from '../../../engine/text/byte-count.js'

/** Facts whose numbers are bytes. */
const IN_BYTES: ReadonlySet<string> = new Set(['hardware.memory', 'hardware.disks'])

/** A value as people read it: bytes in their larger units, seconds since a boot as days and hours. */
export function factText(fact: string, name: string, value: string): string {
  const number = numberOf(value)
  if (number === undefined) return value
  if (IN_BYTES.has(fact)) return byteCount(number)
  return fact === 'server.uptime' && name === '' ? daysText(number) : value
}

/** A value as a number, its unit left out; nothing where it is none. */
export function numberOf(value: string): number | undefined {
  const [, digits = ''] = /^([+-]?[\d_]+(?:\.\d+)?)(?: s)?$/.exec(value) ?? []
  return digits === '' ? undefined : Number(digits.replaceAll('_', ''))
}

function daysText(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor((seconds % 86_400) / 3600)
  return days > 0 ? `${days} d ${hours} h` : `${hours} h ${Math.floor((seconds % 3600) / 60)} min`
}
