import { hostsText } from '../../engine/nodeset/fold.js'
import { diffCount, diffLines } from '../../engine/plan/render-diff.js'
import { stableJson } from '../../engine/stable.js'
import { sanitise } from '../../engine/text/sanitise.js'
import type { Audit } from './audit.js'
import type { RecordedChange, RecordedCommand } from './recorded-changes.js'

/** Lines of a diff that are shown at most. */
const MOST_LINES = 40

/** What was done, as lines, oldest first: changes that are equal on many hosts of one cell are one entry. */
export function auditText({ changes, commands, problems }: Audit, about = ''): string[] {
  const entries = [...folded(changes).map(changeEntry), ...commands.map(commandEntry)].sort((a, b) => a.at - b.at)
  const none = `No session changed ${about === '' ? 'anything' : about} here, as far as the journals know.`
  return [...(entries.length === 0 ? [none] : entries.flatMap(({ lines }) => lines)), ...problems]
}

/** Changes of one cell that are the same, with the hosts they were made on. */
export interface FoldedChange {
  readonly change: RecordedChange
  readonly hosts: readonly string[]
}

/** Changes folded by what was done, by which cell. */
export function folded(changes: readonly RecordedChange[]): FoldedChange[] {
  const groups = new Map<string, RecordedChange[]>()
  for (const change of changes) {
    const { session, cell, operation, summary, outcome, undone, reason } = change
    const key = stableJson([session, cell, operation, summary, outcome, undone, reason, change.change?.diff])
    const group = groups.get(key)
    if (group) group.push(change)
    else groups.set(key, [change])
  }
  return [...groups.values()].flatMap(group =>
    group[0] ? [{ change: group[0], hosts: [...new Set(group.map(({ host }) => host))].sort(byName) }] : [],
  )
}

const byName = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

interface Entry {
  readonly at: number
  readonly lines: readonly string[]
}

function changeEntry({ change, hosts }: FoldedChange): Entry {
  const { at, operation, summary, outcome, undone, takesBack } = change
  const remarks = [
    ...(outcome === 'failed' ? ['failed'] : outcome === 'begun' ? ['cut off: nobody knows how it ended'] : []),
    ...(undone ? ['taken back since'] : []),
    ...(takesBack ?? []).map(({ session, cell }) =>
      session === change.session
        ? `took cell ${cell} back`
        : `took ${session}${cell === undefined ? '' : `/${cell}`} back`,
    ),
  ]
  const diff = change.change?.diff
  const count = diff && diffCount(diff)
  const lines = diff
    ? diffLines(diff).map(({ sign, text }) => (sign === '@' ? `    @@ ${text} @@` : `    ${sign} ${sanitise(text)}`))
    : []
  const left = lines.length - MOST_LINES
  return {
    at,
    lines: [
      heading(change, hosts),
      `  ${sanitise(summary)}${count ? `  +${count.added} −${count.removed}` : ''}${remarks.length > 0 ? `  (${remarks.join('; ')})` : ''}  by ${sanitise(operation)}`,
      ...reasonLine(change),
      ...lines.slice(0, MOST_LINES),
      ...(left > 0 ? [`    … ${left} more lines`] : []),
    ],
  }
}

function commandEntry(command: RecordedCommand): Entry {
  return {
    at: command.at,
    lines: [
      heading(command, command.hosts),
      `  ran ${sanitise(command.text)}  (what it altered was not measured)`,
      ...reasonLine(command),
    ],
  }
}

function heading({ at, by, session, cell }: RecordedChange | RecordedCommand, hosts: readonly string[]): string {
  return `${timeText(at)}  ${by}  ${session}${cell === undefined ? '' : `/${cell}`}  ${hostsText(hosts)}`
}

function reasonLine({ reason }: { readonly reason?: string }): string[] {
  return reason === undefined ? [] : [`  because ${sanitise(reason)}`]
}

/** `2026-11-22 14:02:11`, in local time. */
export function timeText(at: number): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  const time = new Date(at)
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-')
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
}
