import { setTimeout as sleep } from 'node:timers/promises'
import { UsageError } from '../../engine/errors.js'
import { hostsText } from '../../engine/nodeset/fold.js'
import { brief } from '../../engine/text/brief.js'
import type { Moment } from '../../journal/replay/recording.js'
import { timeText } from '../history/audit-text.js'
import type { SessionRecord } from '../protocol.js'
import { compareStates } from './compare.js'
import type { Replay } from './replay.js'

/** Longest pause when a session is played, milliseconds, before its speed is counted in. */
const LONGEST_PAUSE = 3000

/** What the commands of a replay work on. */
export interface ReplayContext {
  readonly replay: Replay
  /** Shows records again. */
  show(records: Iterable<SessionRecord>): void
  /** Takes cells out of view. */
  hide(cells: readonly number[]): void
  /** Sets what bare `$` and facts act on. */
  focus(pattern: string): void
  /** All hosts. */
  readonly hosts: readonly string[]
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** `:timeline`: the cells of the session, and which moment it is. */
export function timelineText({ replay }: Pick<ReplayContext, 'replay'>): string {
  const { moments } = replay.recording
  const position = replay.position
  const rows = moments.map(({ cell, at, source }, i) => {
    const mark = i + 1 === position ? '▸' : ' '
    return `${mark} ${String(cell).padStart(3)}  ${timeText(at).slice(11)}  ${brief(source)}`
  })
  const start = position === 0 ? ['▸      before the first cell'] : []
  const missing =
    replay.misses.length === 0 ? [] : ['', 'Asked and not recorded:', ...replay.misses.map(text => `  ${text}`)]
  return [...start, ...rows, ...missing].join('\n')
}

/** `:at 3`, `:at 14:02`, `:at start`, `:at end` */
export function goTo(argument: string, context: ReplayContext): string {
  const { replay } = context
  const { moments } = replay.recording
  if (argument === 'start') return moved(replay.goTo(0), context)
  if (argument === 'end') return moved(replay.goTo(moments.length), context)
  if (/^\d+$/.test(argument)) return moved(replay.goTo(replay.positionOf(Number(argument))), context)
  if (/^\d\d:\d\d(?::\d\d)?$/.test(argument))
    return moved(
      replay.goTo(moments.filter(({ at }) => timeText(at).slice(11) <= argument.padEnd(8, ':59')).length),
      context,
    )
  throw new UsageError(':at takes the number of a cell, a time such as 14:02, start or end.')
}

/** `:next`, `:back`: so many cells on or back. */
export function step(by: number, context: ReplayContext): string {
  return moved(context.replay.goTo(context.replay.position + by), context)
}

/** `:play 4`: what follows, as it happened, so many times as fast; pauses are cut short. */
export async function play(argument: string, context: ReplayContext): Promise<string> {
  const speed = argument === '' ? 1 : Number(argument)
  if (!(speed > 0)) throw new UsageError(':play takes how many times as fast, such as 4 or 0.5.')
  const { replay, show, signal } = context
  if (replay.position === replay.recording.moments.length)
    throw new UsageError('This is its end; :at start goes to its beginning.')
  let before: number | undefined
  for (;;) {
    const moment = replay.goTo(replay.position + 1)
    for (const record of replay.unseen()) {
      const pause = Math.min(LONGEST_PAUSE, record.at - (before ?? record.at)) / speed
      before = record.at
      if (pause > 1) await sleep(pause, undefined, { signal }).catch(() => {})
      show([record])
    }
    if (signal.aborted || replay.position === replay.recording.moments.length) return placeText(moment, replay)
  }
}

/** `:compare 3 7 [HOST]`, `:compare web-1 web-2`: what differs of facts and files between two moments or two hosts. */
export function compare(argument: string, { replay, hosts }: ReplayContext): string {
  const [first = '', second = '', only] = argument.split(/\s+/)
  const { moments, records } = replay.recording
  const within = (position: number): number =>
    position >= moments.length ? records.length : (moments[position - 1]?.records ?? 0)
  if (hosts.includes(first) && hosts.includes(second)) {
    const now = within(replay.position)
    return compareStates(replay.states.at(first, now), replay.states.at(second, now), [first, second]).join('\n')
  }
  if (!/^\d+$/.test(first) || !/^\d+$/.test(second) || (only !== undefined && !hosts.includes(only)))
    throw new UsageError(':compare takes two cells and maybe a host, as in :compare 3 7 web-1, or two hosts.')
  const [from, to] = [within(replay.positionOf(Number(first))), within(replay.positionOf(Number(second)))]
  const byText = new Map<string, string[]>()
  for (const host of only === undefined ? hosts : [only]) {
    const names = [`cell ${first}`, `cell ${second}`] as const
    const text = compareStates(replay.states.at(host, from), replay.states.at(host, to), names).join('\n')
    byText.set(text, [...(byText.get(text) ?? []), host])
  }
  return [...byText].flatMap(([text, same]) => [`● ${hostsText(same)}`, text.replace(/^/gm, '  ')]).join('\n')
}

function moved(moment: Moment | undefined, { replay, show, hide, focus }: ReplayContext): string {
  const gone = replay.takeBack()
  if (gone.length > 0) hide(gone)
  show(replay.unseen())
  focus(replay.focus)
  return placeText(moment, replay)
}

function placeText(moment: Moment | undefined, replay: Replay): string {
  const { moments } = replay.recording
  if (!moment) return `Before the first of ${moments.length} cells.`
  return `After cell ${moment.cell} (${replay.position} of ${moments.length}), ${timeText(moment.at)}.`
}
