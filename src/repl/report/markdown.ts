import { hostsText } from '../../engine/nodeset/fold.js'
import { diffLines } from '../../engine/plan/render-diff.js'
import { type FoldedChange, timeText } from '../history/audit-text.js'
import type { Display } from '../protocol.js'
import { plainText } from './plain-text.js'
import { durationText, endText, outcomeOf, type ReportCell, type SessionReport } from './session-report.js'

/** A session as Markdown: CommonMark with tables. */
export function markdownReport(report: SessionReport): string {
  const { session, inventory, by, began, ended, hosts, reasons, problems } = report
  const meta = [
    ['Inventory', code(inventory)],
    ['By', plain(by)],
    ['From', timeText(began)],
    ['To', timeText(ended)],
    ['Hosts', plain(hosts.length > 0 ? hostsText(hosts.map(({ name }) => name)) : 'none')],
    ...reasons.map(reason => ['Because', plain(reason)]),
  ]
  const parts = [
    `# Session ${session}`,
    ['| | |', '|---|---|', ...meta.map(([name, value]) => `| ${name} | ${value} |`)].join('\n'),
    ...problems.map(problem => `> ${plain(problem)}`),
    ...report.cells.flatMap(cellParts),
  ]
  return `${parts.join('\n\n')}\n`
}

function cellParts(cell: ReportCell): string[] {
  const { number, source, at, ms, end, console, changes, undone } = cell
  const took = ms === undefined ? '' : ` · ${durationText(ms)}`
  const said = console.map(({ text }) => text).join('')
  const ended = endText(end)
  return [
    `## [${number}] ${outcomeOf(cell)}${undone ? ', taken back' : ''}`,
    `${timeText(at)}${took}`,
    fence(source, 'ts'),
    ...(said === '' ? [] : [fence(said)]),
    ...changes.flatMap(changeParts),
    ...(end.kind === 'ok' && changes.length === 0 ? displayParts(end.value) : []),
    ...(ended === '' ? [] : [fence(ended)]),
  ]
}

function changeParts({ change, hosts }: FoldedChange): string[] {
  const how = change.outcome === 'applied' ? '' : `, ${change.outcome}`
  const lines = change.change ? diffLines(change.change.diff) : []
  const diff = lines.map(({ sign, text }) => (sign === '@' ? `@@ ${text} @@` : `${sign}${text}`))
  return [
    `**${plain(hostsText(hosts))}**: ${plain(change.summary)}${how}`,
    ...(diff.length > 0 ? [fence(diff.join('\n'), 'diff')] : []),
  ]
}

function displayParts(display: Display): string[] {
  switch (display.kind) {
    case 'nothing':
      return []
    case 'text':
      return [fence(display.text)]
    case 'fleet':
      return [plain(display.hosts.length > 0 ? hostsText(display.hosts) : 'no hosts')]
    case 'table':
      return [
        [
          `| ${display.columns.map(plain).join(' | ')} |`,
          `|${display.columns.map(() => '---').join('|')}|`,
          ...display.rows.map(row => `| ${display.columns.map((_, i) => plain(row[i] ?? '')).join(' | ')} |`),
        ].join('\n'),
      ]
    case 'results':
      return display.groups.flatMap(({ hosts, status, exitCode, text }) => [
        `**${plain(hostsText(hosts))}**${status === 'ok' ? '' : ` ${status}`}${exitCode ? ` exit ${exitCode}` : ''}`,
        ...(text === '' ? [] : [fence(text)]),
      ])
  }
}

/** A block of code, within more backticks than it holds. */
function fence(text: string, language = ''): string {
  const clean = plainText(text).replace(/\n$/, '')
  const longest = Math.max(2, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length))
  const marks = '`'.repeat(longest + 1)
  return `${marks}${language}\n${clean}\n${marks}`
}

function code(text: string): string {
  return text.includes('`') ? plain(text) : `\`${plain(text)}\``
}

/** Text in which nothing is taken for markup. */
function plain(text: string): string {
  return plainText(text)
    .replaceAll('\n', ' ')
    .replace(/[\\`*_[\]<>|#]/g, '\\$&')
}
