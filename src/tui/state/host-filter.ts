import { type HostEntry, type Hosts, wentWrong } from './hosts.js'

/** What `is:` asks for. */
export const FILTER_WORDS = [
  'ready',
  'connecting',
  'lost',
  'unreachable',
  'differs',
  'changed',
  'failed',
  'marked',
] as const

/**
 * Which hosts a filter wants: its words are parts of the name or the address, `@web` a group, `is:lost` a state or how the host
 * answered last. A `!` before a word turns it round. Letters in either case.
 *
 * @returns nothing when every host is wanted
 * @example
 * hostFilter('web is:differs !is:lost', hosts)
 */
export function hostFilter(
  filter: string,
  { entries, marked }: Pick<Hosts, 'entries' | 'marked'>,
): ((host: string) => boolean) | undefined {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '' && word !== '!')
  if (words.length === 0) return undefined
  const tests = words.map(word => {
    const not = word.startsWith('!')
    const test = testOf(not ? word.slice(1) : word)
    return (host: string) => test(host, entries.get(host), marked) !== not
  })
  return host => tests.every(test => test(host))
}

type Test = (name: string, entry: HostEntry | undefined, marked: ReadonlySet<string>) => boolean

function testOf(word: string): Test {
  if (word.startsWith('@'))
    return (_, entry) => entry?.groups.some(group => group.toLowerCase().startsWith(word.slice(1))) ?? false
  const state = word.startsWith('is:') ? FILTER_WORDS.find(each => each.startsWith(word.slice(3))) : undefined
  if (state !== undefined) return (name, entry, marked) => (state === 'marked' ? marked.has(name) : isIn(state, entry))
  return (name, entry) => name.toLowerCase().includes(word) || (entry?.address.toLowerCase().includes(word) ?? false)
}

function isIn(word: (typeof FILTER_WORDS)[number], entry: HostEntry | undefined): boolean {
  switch (word) {
    case 'ready':
      return entry?.state === 'ready'
    case 'lost':
      return entry?.state === 'lost'
    case 'unreachable':
      return entry?.state === 'failed'
    case 'connecting':
      return entry !== undefined && !['ready', 'lost', 'failed', 'idle', 'closed'].includes(entry.state)
    case 'differs':
      return entry?.last?.differs ?? false
    case 'changed':
      return entry?.last?.changed ?? false
    case 'failed':
      return entry?.last !== undefined && wentWrong(entry.last)
    case 'marked':
      return false
  }
}
