import type { DisplayGroup } from '../../repl/protocol.js'
import type { Entry } from '../state/entry.js'
import type { Answer } from '../state/step.js'
import { hostLine, hostLines } from './host-text.js'

/** What a host came to in each step of an entry. */
export function answersOf({ steps }: Entry, host: string): readonly (readonly [label: string, answer: Answer])[] {
  return [...steps.values()].flatMap(({ label, answered }) => {
    const answer = answered.get(host)
    return answer ? [[label, answer] as const] : []
  })
}

/** Whether it is known of a group's hosts one by one what they came to. */
export function isKnownByHost(entry: Entry, { hosts }: DisplayGroup): boolean {
  const [first] = hosts
  return first !== undefined && answersOf(entry, first).length > 0
}

/** What one host said, word for word; of several steps, each under its name. */
export function saidBy(entry: Entry, host: string): readonly string[] {
  const answers = answersOf(entry, host)
  return answers.flatMap(([label, { text }]) => [
    ...(answers.length > 1 ? [hostLine(label)] : []),
    ...(text === undefined ? ['(too much to be kept here: the journal has it)'] : text === '' ? [] : hostLines(text)),
  ])
}
