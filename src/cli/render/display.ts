import stringWidth from 'string-width'
import type { OutcomeStatus } from '../../engine/events.js'
import { hostsText } from '../../engine/nodeset/fold.js'
import { sanitise } from '../../engine/text/sanitise.js'
import type { CellEnd, Display, DisplayGroup, NotebookCellView } from '../../repl/protocol.js'
import type { Paint } from './paint.js'

/** A cell's value as lines. */
export function displayLines(display: Display, paint: Paint): string[] {
  switch (display.kind) {
    case 'nothing':
      return []
    case 'text':
      return sanitise(display.text).split('\n')
    case 'fleet':
      return [display.hosts.length === 0 ? 'no hosts' : hostsText(display.hosts)]
    case 'table':
      return tableLines(display.columns, display.rows, paint)
    case 'results':
      return display.groups.flatMap(group => resultLines(group, paint))
  }
}

/** One group of hosts that gave the same answer: who, how it ended, and what was said. */
export function resultLines(group: DisplayGroup, paint: Paint): string[] {
  const head = `${statusSign(group.status, paint)} ${paint.bold(hostsText(group.hosts))}${exitText(group, paint)}`
  const text = sanitise(group.text)
  const lines = text === '' ? [] : text.split('\n').map(line => `  ${line}`)
  const changed = group.changes && group.changes.length > 0 ? paint.dim('  changed') : ''
  return [head + changed, ...lines, ...(group.cut ? [paint.dim('  … cut at 64 KiB')] : [])]
}

function exitText({ status, exitCode }: DisplayGroup, paint: Paint): string {
  if (exitCode !== undefined && exitCode !== 0) return paint.red(`  exit ${exitCode}`)
  return status === 'ok' ? '' : paint.red(`  ${status}`)
}

function statusSign(status: OutcomeStatus, paint: Paint): string {
  if (status === 'ok') return paint.green('●')
  return status === 'unknown' || status === 'cancelled' || status === 'skipped' ? paint.yellow('○') : paint.red('✗')
}

/** Columns aligned by display width. */
export function tableLines(columns: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string[] {
  const clean = rows.map(row => columns.map((_, i) => sanitise(row[i] ?? '').replaceAll('\n', ' ')))
  const widths = columns.map((column, i) =>
    Math.max(stringWidth(column), ...clean.map(row => stringWidth(row[i] ?? ''))),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - stringWidth(cell))))
      .join('  ')
      .trimEnd()
  return [paint.bold(line(columns)), ...clean.map(line)]
}

/** How a cell ended, as lines; what it printed meanwhile has been shown already. */
export function endLines(end: CellEnd, source: string, paint: Paint): string[] {
  switch (end.kind) {
    case 'ok':
      return displayLines(end.value, paint)
    case 'interrupted':
      return [paint.yellow('Interrupted; what came back before is kept.')]
    case 'declined':
      return [paint.yellow(sanitise(end.text))]
    case 'refused':
      return [
        ...end.problems.flatMap(problem => [
          paint.red(`${problem.line}:${problem.column} ${sanitise(problem.message)}`),
          ...caretLines(source, problem.line, problem.column, problem.length),
          ...(problem.fix ? [paint.dim(`  fix: ${sanitise(problem.fix.title)}`)] : []),
        ]),
        paint.dim('Nothing was run and nothing was sent.'),
      ]
    case 'error': {
      const { message, line, column, frames } = end.error
      const place = line === undefined ? '' : `${line}:${column ?? 1} `
      const caret = line === undefined ? [] : caretLines(source, line, column ?? 1, 1)
      return [
        paint.red(`${place}${sanitise(message)}`),
        ...caret,
        ...frames.map(frame => paint.dim(`  at ${sanitise(frame)}`)),
      ]
    }
  }
}

/** An opened notebook as lines: its prose, and its cells with what they came to when they last ran. */
export function notebookLines(
  notebook: { readonly title: string; readonly cells: readonly NotebookCellView[] },
  paint: Paint,
): string[] {
  return [
    paint.bold(notebook.title),
    ...notebook.cells.flatMap(cell => notebookCellLines(cell, paint)),
    '',
    paint.dim(':run runs the next of these cells, :run N one of them, :run rest all that only read'),
  ]
}

/** The cells of a notebook that somebody edited outside while it was open. */
export function alteredLines(cells: readonly NotebookCellView[], altered: readonly number[], paint: Paint): string[] {
  return cells
    .filter(({ number }) => number !== undefined && altered.includes(number))
    .flatMap(cell => notebookCellLines(cell, paint))
}

function notebookCellLines({ number, source, end, stale }: NotebookCellView, paint: Paint): string[] {
  if (number === undefined) return ['', ...source.split('\n')]
  const code = source.split('\n').map((line, i) => `${paint.cyan(i === 0 ? `${number} ›` : '  …')} ${sanitise(line)}`)
  const output = end ? endLines(end, source, paint).map(line => paint.dim(`    ${line}`)) : []
  return ['', ...code, ...(stale ? [paint.yellow('    changed since it gave this:')] : []), ...output]
}

/** The line of the source with a mark under the place. */
export function caretLines(source: string, line: number, column: number, length: number): string[] {
  const text = source.split(/\r?\n/)[line - 1]
  if (text === undefined) return []
  const before = sanitise(text.slice(0, column - 1))
  const marked = sanitise(text.slice(0, column - 1 + length))
  const indent = ' '.repeat(stringWidth(before))
  const mark = '^'.repeat(Math.max(1, stringWidth(marked) - stringWidth(before)))
  return [`  ${sanitise(text)}`, `  ${indent}${mark}`]
}
