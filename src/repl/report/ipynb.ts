import { hostsText } from '../../engine/nodeset/fold.js'
import { diffLines } from '../../engine/plan/render-diff.js'
import { sanitise } from '../../engine/text/sanitise.js'
import { timeText } from '../history/audit-text.js'
import type { Display } from '../protocol.js'
import { endText, type ReportCell, type SessionReport } from './session-report.js'

/**
 * A session as a Jupyter notebook with its outputs.
 *
 * @see {@link https://nbformat.readthedocs.io/en/latest/format_description.html} nbformat 4.5
 */
export function notebookReport(report: SessionReport): string {
  const { session, inventory, by, began, cells } = report
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      title: `Session ${session}`,
      language_info: { name: 'typescript', file_extension: '.ts', mimetype: 'application/typescript' },
      muster: { session, inventory, by },
    },
    cells: [
      {
        id: 'session',
        cell_type: 'markdown',
        metadata: {},
        source: lines(`# Session ${session}\n\n${by}, ${timeText(began)}, on \`${inventory}\``),
      },
      ...cells.map(cell => ({
        id: `cell-${cell.number}`,
        cell_type: 'code',
        metadata: { muster: { at: new Date(cell.at).toISOString(), focus: cell.focus } },
        execution_count: cell.number,
        source: lines(cell.source),
        outputs: outputsOf(cell),
      })),
    ],
  }
  return `${JSON.stringify(notebook, null, 1)}\n`
}

function outputsOf({ number, console, changes, end }: ReportCell): object[] {
  const streams = console.map(({ stream, text }) => ({
    output_type: 'stream',
    name: stream === 'out' ? 'stdout' : 'stderr',
    text: lines(text),
  }))
  const shown = changes.map(({ change, hosts }) => {
    const diff = (change.change ? diffLines(change.change.diff) : []).map(({ sign, text }) => `  ${sign} ${text}`)
    return result(number, [`${hostsText(hosts)}  ${change.summary}`, ...diff].join('\n'))
  })
  const value = end.kind === 'ok' && changes.length === 0 ? displayText(end.value) : ''
  const trouble =
    end.kind === 'error'
      ? [
          {
            output_type: 'error',
            ename: end.error.name,
            evalue: end.error.message,
            traceback: endText(end).split('\n'),
          },
        ]
      : end.kind === 'ok'
        ? []
        : [{ output_type: 'stream', name: 'stderr', text: lines(endText(end)) }]
  return [...streams, ...shown, ...(value === '' ? [] : [result(number, value)]), ...trouble]
}

function result(number: number, text: string): object {
  return {
    output_type: 'execute_result',
    execution_count: number,
    metadata: {},
    data: { 'text/plain': lines(text) },
  }
}

function displayText(display: Display): string {
  switch (display.kind) {
    case 'nothing':
      return ''
    case 'text':
      return display.text
    case 'fleet':
      return display.hosts.length > 0 ? hostsText(display.hosts) : 'no hosts'
    case 'table':
      return [display.columns, ...display.rows].map(row => row.join('\t')).join('\n')
    case 'results':
      return display.groups
        .map(({ hosts, status, text }) => `${hostsText(hosts)}${status === 'ok' ? '' : `  ${status}`}\n${text}`)
        .join('\n')
  }
}

/** nbformat keeps texts as lists of lines, each with its end. */
function lines(text: string): string[] {
  return sanitise(text).match(/[^\n]*\n|[^\n]+$/g) ?? []
}
