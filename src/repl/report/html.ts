import { createHash } from 'node:crypto'
import { hostsText } from '../../engine/nodeset/fold.js'
import { diffCount, diffLines } from '../../engine/plan/render-diff.js'
import { type FoldedChange, timeText } from '../history/audit-text.js'
import type { Display, DisplayGroup } from '../protocol.js'
import { PAGE_SCRIPT, PAGE_STYLE } from './html-page.js'
import { plainText } from './plain-text.js'
import { durationText, endText, outcomeOf, type ReportCell, type SessionReport } from './session-report.js'

/** A pause longer than this is told in the timeline, milliseconds. */
const PAUSE = 10 * 60 * 1000

/** Answers longer than this are folded away at first, lines. */
const LONG = 12

/**
 * A session as one HTML page that needs nothing else: it works from a file, and its own script is the only one that it lets run.
 * Groups of hosts, diffs and long answers are folded.
 */
export function htmlReport(report: SessionReport): string {
  const { session, cells, problems } = report
  const hash = createHash('sha256').update(PAGE_SCRIPT).digest('base64')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<title>Session ${escaped(session)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>Session ${escaped(session)}</h1>
${facts(report)}
${problems.map(problem => `<p class="bad">${escaped(problem)}</p>`).join('\n')}
</header>
<main>
<div class="tools" role="search">
<input id="filter" type="search" placeholder="Filter: text, host, is:failed" aria-label="Filter cells">
<span class="count" role="status">${cells.length} cells</span>
<button id="open" type="button">Open all</button>
<button id="close" type="button">Close all</button>
<button id="theme" type="button">Light or dark</button>
</div>
<nav aria-label="Timeline"><ol>${timeline(cells)}</ol></nav>
${cells.map(cellPart).join('\n')}
<footer><span class="keys">Keys: / filter · j k next, previous cell · Enter open or close · e c all · t light or dark</span></footer>
</main>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`
}

function facts({ inventory, by, began, ended, hosts, cells, reasons }: SessionReport): string {
  const changed = cells.flatMap(({ changes }) => changes.flatMap(change => change.hosts))
  const rows: [string, string][] = [
    ['Inventory', inventory],
    ['By', by],
    ['When', `${timeText(began)}, ${durationText(ended - began)}`],
    ['Hosts', hosts.length > 0 ? hostsText(hosts.map(({ name }) => name)) : 'none'],
    ['Changed', changed.length > 0 ? hostsText([...new Set(changed)]) : 'nothing'],
    ...reasons.map((reason): [string, string] => ['Because', reason]),
  ]
  return `<dl>${rows.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>`
}

function timeline(cells: readonly ReportCell[]): string {
  return cells
    .map((cell, i) => {
      const before = cells[i - 1]
      const pause = before ? cell.at - before.at : 0
      const gap = pause > PAUSE ? `<li class="gap">${durationText(pause)}</li>` : ''
      const title = `${timeText(cell.at)}  ${firstLine(cell.source)}`
      return `${gap}<li><a href="#cell-${cell.number}" data-outcome="${outcomeOf(cell)}" title="${escaped(title)}">${cell.number}</a></li>`
    })
    .join('')
}

function cellPart(cell: ReportCell): string {
  const { number, source, at, ms, end, console, changes, undone } = cell
  const outcome = outcomeOf(cell)
  const said = console.map(({ stream, text }) =>
    stream === 'err' ? `<span class="bad">${escaped(text)}</span>` : escaped(text),
  )
  const ended = endText(end)
  return `<article id="cell-${number}" tabindex="-1" data-outcome="${outcome}">
<h2>[${number}] ${outcome}${undone ? ', taken back' : ''}<small>${timeText(at)}${ms === undefined ? '' : ` · ${durationText(ms)}`}</small></h2>
<pre class="source"><code>${escaped(source)}</code></pre>
${said.length > 0 ? foldedText('printed', said.join(''), console.map(({ text }) => text).join('')) : ''}
${changes.map(changePart).join('\n')}
${end.kind === 'ok' && changes.length === 0 ? displayPart(end.value) : ''}
${ended === '' ? '' : `<pre class="${outcome === 'interrupted' || outcome === 'declined' ? 'dim' : 'bad'}">${escaped(ended)}</pre>`}
</article>`
}

function changePart({ change, hosts }: FoldedChange): string {
  const diff = change.change?.diff
  const count = diff ? diffCount(diff) : undefined
  const head = `<span class="hosts">${escaped(hostsText(hosts))}</span> ${escaped(change.summary)}${count ? ` <span class="dim lines">+${count.added} −${count.removed}</span>` : ''}${change.outcome === 'applied' ? '' : ` <span class="bad">${change.outcome}</span>`}${change.undone ? ' <span class="dim">taken back</span>' : ''}`
  if (!diff) return `<p>${head}</p>`
  const lines = diffLines(diff).map(({ sign, text }) => {
    const kind = { '+': 'a', '-': 'd', '!': 'd', '@': 'h', ' ': '' }[sign]
    return `<span class="${kind}">${sign === '@' ? `@@ ${escaped(text)} @@` : `${sign} ${escaped(text)}`}</span>`
  })
  return `<details open><summary>${head}</summary><pre class="diff">${lines.join('')}</pre></details>`
}

function displayPart(display: Display): string {
  switch (display.kind) {
    case 'nothing':
      return ''
    case 'text':
      return foldedText('answer', escaped(display.text), display.text)
    case 'fleet':
      return `<p class="hosts">${escaped(display.hosts.length > 0 ? hostsText(display.hosts) : 'no hosts')}</p>`
    case 'table':
      return `<table><thead><tr>${display.columns.map(column => `<th>${escaped(column)}</th>`).join('')}</tr></thead><tbody>${display.rows
        .map(row => `<tr>${display.columns.map((_, i) => `<td>${escaped(row[i] ?? '')}</td>`).join('')}</tr>`)
        .join('')}</tbody></table>`
    case 'results':
      return display.groups.map(groupPart).join('\n')
  }
}

function groupPart({ hosts, status, exitCode, text, cut }: DisplayGroup): string {
  const bad = status === 'ok' ? '' : ` <span class="bad">${status}${exitCode ? `, exit ${exitCode}` : ''}</span>`
  const head = `<span class="hosts">${escaped(hostsText(hosts))}</span>${bad}`
  if (text === '') return `<p>${head}</p>`
  return `<details${isLong(text) ? '' : ' open'}><summary>${head}${isLong(text) ? ` <span class="dim">${lineCount(text)} lines</span>` : ''}</summary><pre>${escaped(text)}${cut ? '\n… cut at 64 KiB' : ''}</pre></details>`
}

function foldedText(name: string, html: string, text: string): string {
  if (!isLong(text)) return `<pre>${html}</pre>`
  return `<details><summary>${name} <span class="dim">${lineCount(text)} lines</span></summary><pre>${html}</pre></details>`
}

const lineCount = (text: string): number => text.replace(/\n$/, '').split('\n').length
const isLong = (text: string): boolean => lineCount(text) > LONG
const firstLine = (text: string): string => text.split('\n', 1)[0] ?? ''

/** Text as it is, whatever it looks like. */
function escaped(text: string): string {
  return plainText(text).replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`)
}
