import type { DisplayGroup } from '../../repl/protocol.js'
import { type Entry, type Openness, type Stop, stopKey } from '../state/entry.js'
import { ANSWER_ROWS, answerLines } from './answer-lines.js'
import { isKnownByHost } from './host-answers.js'
import { themeFor } from './theme.js'

/** How far a stop is open: as the person left it, else as it begins. */
export function opennessOf(entry: Entry, stop: Stop): Openness {
  return entry.opened.get(stopKey(stop)) ?? beginsAt(entry, stop)
}

function beginsAt(entry: Entry, stop: Stop): Openness {
  switch (stop.kind) {
    case 'source':
      return 1
    case 'plan':
      return entry.end === undefined ? 1 : 0
    case 'plan step': {
      // a group that is open shows what there is but one of, and all when it is wholly open
      const group = opennessOf(entry, { ...stop, kind: 'plan group' })
      const alone = entry.plans[stop.plan]?.groups[stop.group]?.changes.length === 1
      return group === 2 ? 2 : group === 1 && alone ? 1 : 0
    }
    case 'result group':
      // the largest answer is open when it has more than the one line that its row shows anyway
      return stop.group === 0 && linesOf(groupOf(entry, stop.group)) > 1 ? 1 : 0
    case 'plan group':
    case 'result host':
      return 0
  }
}

/** How far a stop can be open, from nothing but its row on: only what shows something more. */
function levelsOf(entry: Entry, stop: Stop): readonly Openness[] {
  switch (stop.kind) {
    case 'source':
      return [0, 1, 2]
    case 'plan':
      return [0, 1]
    case 'plan group': {
      const group = entry.plans[stop.plan]?.groups[stop.group]
      return !group || (group.changes.length === 0 && group.reason === undefined) ? [0] : [0, 1, 2]
    }
    case 'plan step':
      return [0, 1, 2]
    case 'result group': {
      const group = groupOf(entry, stop.group)
      const lines = linesOf(group)
      return [
        0,
        ...(lines > 1 ? ([1] as const) : []),
        ...(lines > ANSWER_ROWS + 1 ? ([2] as const) : []),
        ...(group && isKnownByHost(entry, group) ? ([3] as const) : []),
      ]
    }
    case 'result host':
      return [0, 1]
  }
}

/** Whether there is more to see of a stop than its row. */
export const isOpenable = (entry: Entry, stop: Stop): boolean => levelsOf(entry, stop).length > 1

/** The next level of a stop: further open (`1`) or less (`-1`); nothing where there is none. */
export function nextLevel(entry: Entry, stop: Stop, by: 1 | -1): Openness | undefined {
  const now = opennessOf(entry, stop)
  const levels = levelsOf(entry, stop)
  return by > 0 ? levels.find(level => level > now) : levels.findLast(level => level < now)
}

/** The furthest a stop can be open. */
export const mostOf = (entry: Entry, stop: Stop): Openness => levelsOf(entry, stop).at(-1) ?? 0

/** What a stop is a part of. */
export function above(stop: Stop): Stop | undefined {
  switch (stop.kind) {
    case 'source':
      return undefined
    case 'plan':
    case 'result group':
      return { kind: 'source' }
    case 'plan group':
      return { kind: 'plan', plan: stop.plan }
    case 'plan step':
      return { kind: 'plan group', plan: stop.plan, group: stop.group }
    case 'result host':
      return { kind: 'result group', group: stop.group }
  }
}

/** Whether a stop is a part of another, at any level. */
export function isIn(stop: Stop, outer: Stop): boolean {
  const next = above(stop)
  return next !== undefined && (stopKey(next) === stopKey(outer) || isIn(next, outer))
}

function groupOf({ end }: Entry, group: number): DisplayGroup | undefined {
  return end?.kind === 'ok' && end.value.kind === 'results' ? end.value.groups[group] : undefined
}

const counted = new WeakMap<DisplayGroup, number>()

/** Lines of an answer: they take time to make, and stay as they are. */
function linesOf(group: DisplayGroup | undefined): number {
  if (!group) return 0
  const known = counted.get(group) ?? answerLines(group, themeFor(false)).length
  counted.set(group, known)
  return known
}
