import { inspect } from 'node:util'
import type { RecordedFact } from '../../engine/events.js'
import type { Fact } from '../../engine/fact.js'
import { outputBytes } from '../../engine/read/recorded-output.js'
import { revivedData } from '../../engine/stable.js'
import * as facts from '../../facts/index.js'

/** What a recorded answer tells of a host: its subject, and that as text for who compares two of them. */
export interface Told {
  /** `server.os`, `file /etc/motd`, `attributes of /etc/motd` */
  readonly name: string
  readonly text: string
}

/** Facts about one file that are told as the same subject, whichever was asked. */
const CONTENTS: ReadonlySet<string> = new Set(['files.text', 'files.content'])

/**
 * Puts a recorded answer into words; `undefined` for one that settles to nothing: it says what would be, not what is.
 *
 * @param key of the question: the fact's name and its arguments
 */
export function toldFact(key: string, answer: RecordedFact): Told | undefined {
  const space = key.indexOf(' ')
  const fact = space < 0 ? key : key.slice(0, space)
  const args = space < 0 ? undefined : argsOf(key.slice(space + 1))
  const name = nameOf(fact, args) ?? key
  if (answer === 'missing') return { name, text: 'not installed' }
  const known = FACTS.get(fact)
  const bytes = outputBytes(answer.output)
  try {
    if (!known) throw new Error('it is a fact of the person’s own')
    const question = known.ask(args)
    const settled = question.settled(question.parse({ ...answer, bytes }))
    return settled === null ? undefined : { name, text: valueText(settled) }
  } catch {
    // of another version, or of the person's own: as the host said it
    return { name, text: typeof answer.output === 'string' ? answer.output : `${bytes.length} bytes, no text` }
  }
}

const FACTS: ReadonlyMap<string, Fact<unknown, unknown>> = new Map(
  Object.values(facts)
    .flatMap((domain): unknown[] => Object.values(domain))
    .filter(isFact)
    .map(fact => [fact.name, fact]),
)

function isFact(value: unknown): value is Fact<unknown, unknown> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'fact'
}

function argsOf(json: string): unknown {
  try {
    return revivedData(JSON.parse(json))
  } catch {
    return undefined
  }
}

function nameOf(fact: string, args: unknown): string | undefined {
  if (typeof args !== 'object' || args === null || !('path' in args) || typeof args.path !== 'string') return undefined
  if (CONTENTS.has(fact)) return fileName(args.path)
  if (fact === 'files.file') return `attributes of ${args.path}`
  return fact === 'files.sha256' ? `${CHECKSUM}${args.path}` : undefined
}

/** What the content of a file is called among what is known of a host. */
export const fileName = (path: string): string => `file ${path}`

const CHECKSUM = 'checksum of '

/** The path whose checksum something known is; it says nothing where the content is known. */
export const summedPath = (name: string): string | undefined =>
  name.startsWith(CHECKSUM) ? name.slice(CHECKSUM.length) : undefined

/** Where there is no file. */
export const NO_FILE = 'there is none\n'

function valueText(value: unknown): string {
  if (value === undefined) return NO_FILE
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value !== null && 'kind' in value && 'text' in value) return String(value.text)
  return inspect(value, { depth: 8, compact: false, sorted: true, maxArrayLength: null, maxStringLength: null })
}
