import { byteCount } from '../../engine/text/byte-count.js'
import { type Entry, isRunning } from '../state/entry.js'
import { keyFor } from '../state/keymap.js'
import type { Step } from '../state/step.js'
import { truncate, widthOf } from '../text/width.js'
import { durationText } from './duration.js'
import { hostCount, nodeSetIn } from './group-row.js'
import { hostLine } from './host-text.js'
import { type DrawContext, INDENT } from './line.js'
import type { Theme } from './theme.js'

const BAR = 16

/** Steps shown of an entry; of those that run, the newest. */
const MOST = 6

/** What an entry is doing on hosts: a bar for each step that runs, a sentence for each operation that has ended. */
export function stepLines(entry: Entry, context: DrawContext): string[] {
  const steps = [...entry.steps.values()]
  if (!isRunning(entry))
    return showsResult(entry) || entry.end?.kind === 'declined'
      ? []
      : steps.filter(isOperation).flatMap(step => doneLine(step, context))
  const shown = steps.filter(step => step.running.size > 0 || isOperation(step)).slice(-MOST)
  return shown.flatMap(step => (step.running.size > 0 ? progressLine(entry, step, context) : doneLine(step, context)))
}

const isOperation = (step: Step) => step.kind === 'operation'

/** The value says what was done; steps need not say it again. */
function showsResult({ end }: Entry): boolean {
  return end?.kind === 'ok' && end.value.kind === 'results'
}

function progressLine(entry: Entry, step: Step, context: DrawContext): string[] {
  const { width, theme, now } = context
  const { total, done, running, startedAt } = step
  const asked = entry.approval && !entry.approval.decision
  if (isOperation(step) && step.planned && asked) return []
  const verb = step.kind === 'operation' ? (step.planned ? 'applying' : 'planning') : ''
  const moved = movedBytes(step)
  const part = moved && moved.total > 0 ? moved.done / moved.total : total === 0 ? 1 : done / total
  const filled = Math.min(BAR, Math.floor(part * BAR))
  const bar = theme.good('▓'.repeat(filled)) + theme.faint('░'.repeat(BAR - filled))
  const size = moved && moved.total > 0 ? `${byteCount(moved.done)} of ${byteCount(moved.total)}` : ''
  const what = [`${done}/${total}`, size, verb, hostLine(step.label)].filter(part => part !== '').join(' ')
  const since = durationText(Math.max(0, now - startedAt))
  const head = `${INDENT}${bar} ${theme.strong(what)} ${theme.faint(`· ${since}`)}`
  // who is waited for is worth a row once most have answered
  const few = done > 0 && running.size <= 200
  const waiting = few ? [`${INDENT}${theme.faint(`waiting for ${nodeSetIn([...running], width - 16)}`)}`] : []
  return [head, ...failureLines(step, context), ...waiting, ...doingLines(step, context), ...saidLines(step, context)]
}

/** Kinds of failures shown while the others go on. */
const MOST_FAILURES = 3

/** What has gone wrong so far: nobody waits for the last host to hear of the first failure. */
function failureLines({ failures }: Step, { width, theme }: DrawContext): string[] {
  const kinds = [...failures].toSorted(([, a], [, b]) => b.length - a.length)
  const left = kinds.length - MOST_FAILURES
  return [
    ...kinds.slice(0, MOST_FAILURES).map(([sentence, hosts]) => {
      const who = `${hostCount(hosts.length).trim()}  ${nodeSetIn(hosts, Math.floor(width / 4))}`
      const room = width - INDENT.length - widthOf(who) - 4
      return `${INDENT}${theme.bad('✗')} ${theme.bad(who)}  ${truncate(hostLine(sentence), room, '…')}`
    }),
    ...(left > 0 ? [`${INDENT}${theme.bad(`… ${left} other failures`)}`] : []),
  ]
}

/** Hosts whose change is under way, shown by name: those that have been at it for longest. */
const MOST_DOING = 4

function doingLines({ doing }: Step, { width, theme, now }: DrawContext): string[] {
  const longest = [...doing].toSorted(([, a], [, b]) => a.since - b.since).slice(0, MOST_DOING)
  return longest.map(([host, { summary, since }]) => {
    const head = `${hostLine(host)} ${theme.faint(durationText(Math.max(0, now - since)))}`
    return `${INDENT}${theme.faint('│')} ${theme.accent(head)} ${truncate(hostLine(summary), width - INDENT.length - widthOf(head) - 3, '…')}`
  })
}

/** Groups of hosts whose last line is shown while they run. */
const MOST_SAID = 4

/** What those that still run said last: hosts with the same line are one row. */
function saidLines({ said }: Step, { width, theme, keymap }: DrawContext): string[] {
  const groups = new Map<string, string[]>()
  for (const [host, lines] of said) {
    const last = lines.at(-1) ?? ''
    const group = groups.get(last)
    if (group) group.push(host)
    else groups.set(last, [host])
  }
  const rows = [...groups].toSorted(([, a], [, b]) => b.length - a.length)
  const names = Math.floor(width / 4)
  const shown = rows.slice(0, MOST_SAID).map(([line, hosts]) => {
    const who = nodeSetIn(hosts, names)
    return `${INDENT}${theme.faint('│')} ${theme.accent(who)} ${truncate(hostLine(line), width - INDENT.length - widthOf(who) - 3, '…')}`
  })
  const left = rows.length - shown.length
  return left > 0
    ? [
        ...shown,
        `${INDENT}${theme.faint(`│ … and ${left} other lines; ${keyFor(keymap, 'cells', 'show output')} follows a host`)}`,
      ]
    : shown
}

/** How far all transfers of a step are together. */
function movedBytes({ bytes }: Step): { done: number; total: number } | undefined {
  if (bytes.size === 0) return undefined
  const all = [...bytes.values()]
  return { done: sum(all.map(({ done }) => done)), total: sum(all.map(({ total }) => total)) }
}

const sum = (numbers: readonly number[]) => numbers.reduce((whole, part) => whole + part, 0)

function doneLine({ label, statuses, changed, done }: Step, { theme }: DrawContext): string[] {
  const bad = done - (statuses.get('ok') ?? 0)
  const parts = [
    changed.size > 0 ? theme.good(`${changed.size} changed`) : '',
    done - bad - changed.size > 0 ? theme.faint(`${done - bad - changed.size} same`) : '',
    ...badParts(statuses, theme),
  ]
  const sign = bad > 0 ? theme.bad('✗') : theme.good('✓')
  return [`${INDENT}${sign} ${hostLine(label)}  ${parts.filter(part => part !== '').join(theme.faint(' · '))}`]
}

function badParts(statuses: Step['statuses'], theme: Theme): string[] {
  return [...statuses]
    .filter(([status]) => status !== 'ok')
    .map(([status, count]) => theme.bad(`${hostCount(count).trim()} ${status}`))
}
