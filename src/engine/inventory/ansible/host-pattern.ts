import { isIPv6 } from 'node:net'
import { UsageError } from '../../errors.js'

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** As many names as one pattern may stand for. */
const MOST = 100_000

/**
 * The hosts of one entry: `web[01:50].example`, `db-[a:f]:2222`, `[::1]:22`.
 *
 * @throws {UsageError} for a range that is none
 * @see {@link https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html#adding-ranges-of-hosts}
 */
export function hostsOfPattern(pattern: string): { readonly names: readonly string[]; readonly port?: number } {
  if (isIPv6(pattern)) return { names: [pattern] }
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(pattern)
  if (bracketed?.[1] !== undefined && isIPv6(bracketed[1])) return { names: [bracketed[1]], ...portOf(bracketed[2]) }
  const [, place = pattern, port] = /^((?:[^:[\]]|\[[^\]]*\])+):(\d+)$/.exec(pattern) ?? []
  return { names: expand(place), ...portOf(port) }
}

const portOf = (digits: string | undefined): { port?: number } => (digits === undefined ? {} : { port: Number(digits) })

function expand(pattern: string): string[] {
  const [, head, range, tail] = /^([^[]*)\[([^\]]*)\](.*)$/.exec(pattern) ?? []
  if (head === undefined || range === undefined || tail === undefined || !range.includes(':')) return [pattern]
  const tails = expand(tail)
  return rangeOf(range, pattern).flatMap(part => tails.map(rest => `${head}${part}${rest}`))
}

function rangeOf(range: string, pattern: string): string[] {
  const wrong = (why: string): never => {
    throw new UsageError(`${pattern}: [${range}] ${why}`)
  }
  const [begin = '', end = '', step = '1', ...more] = range.split(':')
  if (more.length > 0) wrong('has too many parts')
  if (!/^[1-9]\d*$/.test(step)) wrong('has a step that is not a number from 1')
  if (end === '') wrong('has no end')
  const from = begin === '' ? '0' : begin
  if (/^[a-zA-Z]$/.test(from) && /^[a-zA-Z]$/.test(end)) {
    const [first, last] = [LETTERS.indexOf(from), LETTERS.indexOf(end)]
    if (first > last) wrong('runs backwards')
    return [...LETTERS.slice(first, last + 1)].filter((_, i) => i % Number(step) === 0)
  }
  if (!/^\d+$/.test(from) || !/^\d+$/.test(end)) wrong('is neither numbers nor letters')
  const padded = from.length > 1 && from.startsWith('0')
  if (padded && from.length !== end.length) wrong('is padded with zeros on one side only')
  const count = Math.floor((Number(end) - Number(from)) / Number(step)) + 1
  if (count > MOST) wrong(`stands for more than ${MOST} hosts`)
  return Array.from({ length: Math.max(0, count) }, (_, i) =>
    String(Number(from) + i * Number(step)).padStart(padded ? from.length : 0, '0'),
  )
}
