import type { TextDiff } from '../../engine/plan/diff.js'
import { diffLines } from '../../engine/plan/render-diff.js'
import { diffText } from '../diff-text.js'
import { PLAIN_PAINT } from '../paint.js'
import type { CellEnd, DisplayGroup } from '../protocol.js'

/** Something that was asked, and how it ended. */
export interface Asked {
  /** What was asked later has a greater one. */
  readonly id: number
  /** The number of its cell. */
  readonly cell?: number
  readonly source: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** None while it runs. */
  readonly end?: CellEnd
}

/** What hosts answered, folded; nothing where hosts were not asked, or it did not end well. */
export function answersOf({ end }: Asked): readonly DisplayGroup[] {
  return end?.kind === 'ok' && end.value.kind === 'results' ? end.value.groups : []
}

/** What one host answered. */
export function answerOf(asked: Asked, host: string): DisplayGroup | undefined {
  return answersOf(asked).find(({ hosts }) => hosts.includes(host))
}

/** The answer that most hosts gave; the first of those that as many gave. */
export function usualOf(groups: readonly DisplayGroup[]): DisplayGroup | undefined {
  return groups.reduce<DisplayGroup | undefined>(
    (most, group) => (most && most.hosts.length >= group.hosts.length ? most : group),
    undefined,
  )
}

/** Whether a host answered at all, be it that something failed. */
export const isAnswer = ({ status }: DisplayGroup): boolean => status === 'ok' || status === 'failed'

/** The answer of others that one is held against: that of most hosts, if it is not itself given by more than any other. */
export function heldAgainst(own: DisplayGroup, groups: readonly DisplayGroup[]): DisplayGroup | undefined {
  const most = usualOf(groups.filter(group => group !== own && isAnswer(group)))
  return most && most.hosts.length >= own.hosts.length ? most : undefined
}

/** What a host answered when the same was asked before: the last time. */
export function answerBefore(
  all: readonly Asked[],
  asked: Asked,
  host: string,
): { readonly before: Asked; readonly then: DisplayGroup } | undefined {
  const before = all.findLast(({ id, source, end }) => id < asked.id && source === asked.source && end?.kind === 'ok')
  const then = before && answerOf(before, host)
  return before && then && { before, then }
}

/** `cell 3, 14:02:11`, in local time. */
export function whenText({ cell, startedAt }: Asked): string {
  return `cell ${cell ?? ''}, ${new Date(startedAt).toTimeString().slice(0, 8)}`
}

/**
 * From one answer to another: their texts, or what was done with its diffs, and how they ended where that differs too.
 *
 * @returns nothing when they are the same
 */
export function answerDiff(before: DisplayGroup, after: DisplayGroup): TextDiff | undefined {
  const alike = endText(before) === endText(after)
  const [left = '', right = ''] = [before, after].map(group =>
    [answerText(group), alike ? '' : endText(group)].map(text => (text === '' ? '' : `${text}\n`)).join(''),
  )
  return left === right ? undefined : { kind: 'text', subject: '', before: left, after: right }
}

function answerText({ changes = [], text }: DisplayGroup): string {
  if (changes.length === 0) return text
  return changes
    .flatMap(({ summary, diff }) => [summary, ...diffLines(diff).map(line => `  ${diffText(line, PLAIN_PAINT)}`)])
    .join('\n')
}

function endText({ status, exitCode }: DisplayGroup): string {
  return exitCode === undefined ? status : `exit code ${exitCode}`
}
