import { proseOf } from '../../repl/notebook/prose.js'
import type { CellEnd } from '../../repl/protocol.js'
import type { Approval } from '../state/approval.js'
import { type Entry, isRunning, type Remark } from '../state/entry.js'
import { pad, widthOf } from '../text/width.js'
import { approvalLines, decisionText } from './approval-lines.js'
import { durationText } from './duration.js'
import { endText } from './end-text.js'
import { errorLines, problemLines } from './error-lines.js'
import { nodeSet, nodeSetIn } from './group-row.js'
import { highlight } from './highlight.js'
import { codeLines, hostLine, hostLines } from './host-text.js'
import { type DrawContext, firstOf, INDENT, type Line } from './line.js'
import { opennessOf } from './openness.js'
import { planLines } from './plan-lines.js'
import { proseLines } from './prose-lines.js'
import { resultLines } from './result-lines.js'
import { stepLines } from './step-lines.js'
import { tableLines } from './table-lines.js'
import type { Theme } from './theme.js'
import { wrap, wrapInColumns } from './wrap.js'

export interface EntryContext extends DrawContext {
  /** The question that has the person's attention, if it is one of this entry's. */
  readonly approval: Approval | undefined
  readonly keys: 'here' | 'elsewhere' | 'not yet'
}

/** Lines of source, of text and of print shown until the person opens the entry. */
const SOME = { source: 6, text: 20, printed: 12, rows: 30 }

/** All rows of an entry. */
export function entryLines(entry: Entry, context: EntryContext): Line[] {
  const { theme } = context
  const { approval } = entry
  const asked = approval && !approval.decision && isRunning(entry)
  const waits = asked
    ? approvalLines(approval.request, context.approval, context.keys, context).map(text => ({ text }))
    : []
  if (isFolded(entry))
    return [
      foldedLine(entry, context),
      ...waits,
      ...(isRunning(entry) ? stepLines(entry, context).map(text => ({ text })) : []),
    ]
  return [
    ...sourceLines(entry, context),
    ...entry.remarks.flatMap(remark => remarkLines(entry, remark, context)),
    ...entry.plans.flatMap((plan, index) => planLines(entry, index, plan, context)),
    ...waits,
    ...(approval?.decision && (isRunning(entry) || approval.decision.kind === 'apply')
      ? [{ text: decisionText(approval.request, approval.decision, context) }]
      : []),
    ...stepLines(entry, context).map(text => ({ text })),
    ...(entry.end ? endLines(entry, entry.end, context) : []),
  ].map(line => (line.text === '' ? { ...line, text: theme.faint('') } : line))
}

const isWhole = (entry: Entry) => opennessOf(entry, { kind: 'source' }) === 2

/** A cell is a row by itself; what has no source has nothing to be folded into. */
const isFolded = (entry: Entry) => entry.source !== '' && opennessOf(entry, { kind: 'source' }) === 0

/** A folded cell: the first line of its source, and what it came to. */
function foldedLine(entry: Entry, { width, theme }: EntryContext): Line {
  const prose = proseOf(entry.source)
  const lines = prose === undefined ? sourceCode(entry, theme) : proseLines(prose, width, theme)
  const first = lines.find(line => line !== '') ?? ''
  const head = `${theme.faint('▸')} ${prose === undefined ? gutterOf(entry, theme) : ''}${first}`
  const end = entry.end ? endText(entry.end, Math.floor(width / 2)) : ''
  const room = width - (end === '' ? 0 : widthOf(end) + 2)
  return {
    text: `${pad(head, room, 'left', '…')}${end === '' ? '' : `  ${theme.faint(end)}`}`,
    stop: { kind: 'source' },
  }
}

const isCommand = (entry: Entry) => entry.cell === undefined && entry.notebookKey === undefined

/** What stands before a source: `[3] `, `   :`. */
function gutterOf(entry: Entry, theme: Theme): string {
  // a cell that is no longer in its notebook has no number
  const ofNotebook = entry.saved === undefined ? '–' : `${entry.saved}›`
  const label = isCommand(entry) ? ':' : entry.cell === undefined ? ofNotebook : `[${entry.cell}]`
  const gutter = `${isCommand(entry) ? label.padStart(INDENT.length - 1) : label.padEnd(INDENT.length - 1)} `
  return (isRunning(entry) ? theme.warning : theme.accent)(theme.strong(gutter))
}

function sourceCode(entry: Entry, theme: Theme): string[] {
  const code = codeLines(entry.source)
  return isCommand(entry) ? code : highlight(code, theme)
}

function sourceLines(entry: Entry, { width, theme, now }: EntryContext): Line[] {
  if (entry.source === '') return []
  const prose = proseOf(entry.source)
  if (prose !== undefined)
    return proseLines(prose, width - INDENT.length, theme).map((line, index) => ({
      text: line === '' ? '' : INDENT + line,
      ...(index === 0 ? { stop: { kind: 'source' as const } } : {}),
    }))
  const gutter = gutterOf(entry, theme)
  const coloured = sourceCode(entry, theme)
  const [first = '', ...more] = isWhole(entry) ? coloured : firstOf(coloured, SOME.source, theme)
  const time = timeText(entry, now)
  const room = width - widthOf(gutter) - widthOf(time) - 1
  return [
    { text: `${gutter}${pad(first, room, 'left', '…')} ${theme.faint(time)}`, stop: { kind: 'source' } },
    ...more.map(text => ({ text: ' '.repeat(widthOf(gutter)) + text })),
  ]
}

/** How long it took or has been running; of a cell of an opened notebook, that its answer is not from now. */
function timeText({ end, ms, startedAt, cell, saved }: Entry, now: number): string {
  if (saved !== undefined) return end?.kind === 'ok' && end.value.kind === 'nothing' ? '' : 'recorded'
  if (end) return ms === undefined || cell === undefined ? '' : durationText(ms)
  const since = now - startedAt
  return since < 1000 ? '…' : `${Math.floor(since / 1000)} s …`
}

function remarkLines(entry: Entry, { kind, text }: Remark, { width, theme }: EntryContext): Line[] {
  if (kind === 'printed') {
    const open = isWhole(entry)
    const lines = hostLines(text)
    return (open ? lines : firstOf(lines, SOME.printed, theme)).map(line => ({
      text: `${INDENT}${theme.faint('│')} ${line}`,
    }))
  }
  if (kind === 'prose')
    return proseLines(text, width - INDENT.length, theme).map(line => ({ text: line === '' ? '' : INDENT + line }))
  const paint = { info: theme.accent, warning: theme.warning, error: theme.bad }[kind]
  const sign = { info: 'i', warning: '!', error: '✗' }[kind]
  return hostLines(text)
    .flatMap(line => wrap(line, width - INDENT.length - 2))
    .map((line, index) => ({ text: `${INDENT}${index === 0 ? paint(sign) : ' '} ${line}` }))
}

function endLines(entry: Entry, end: CellEnd, context: EntryContext): Line[] {
  const { theme, width } = context
  const all = isWhole(entry)
  const indented = (texts: readonly string[]): Line[] => texts.map(text => ({ text: INDENT + text }))
  switch (end.kind) {
    case 'error':
      return errorLines(end.error, entry.source, context).map(text => ({ text }))
    case 'refused':
      return problemLines(end.problems, entry.source, context).map(text => ({ text }))
    case 'interrupted':
      return indented([theme.warning('■ interrupted: what came back is kept')])
    case 'declined':
      return indented(wrap(`– ${hostLine(end.text)}`, width - INDENT.length).map(theme.warning))
    case 'ok':
      break
  }
  const { value } = end
  switch (value.kind) {
    case 'nothing':
      return []
    case 'text':
      return indented(
        some(
          hostLines(value.text).flatMap(line => wrapInColumns(line, width - INDENT.length)),
          all,
          SOME.text,
          theme,
        ),
      )
    case 'fleet':
      return indented(fleetLines(value.hosts, width - INDENT.length, all, theme))
    case 'table':
      return indented(some(tableLines(value.columns, value.rows, width - INDENT.length, theme), all, SOME.rows, theme))
    case 'results':
      return resultLines(entry, value, context)
  }
}

function some(lines: readonly string[], all: boolean, most: number, theme: Theme): readonly string[] {
  return all ? lines : firstOf(lines, most, theme)
}

function fleetLines(hosts: readonly string[], width: number, all: boolean, theme: Theme): string[] {
  const count = theme.strong(hosts.length === 1 ? '1 host' : `${hosts.length} hosts`)
  if (hosts.length === 0) return [count]
  return all ? [count, ...wrap(nodeSet(hosts), width)] : [`${count}  ${nodeSetIn(hosts, Math.max(8, width - 12))}`]
}
