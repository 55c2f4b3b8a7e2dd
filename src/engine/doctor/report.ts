import stringWidth from 'string-width'
import type { Phase } from '../connect/connector.js'
import { hostsText } from '../nodeset/fold.js'
import { sanitise } from '../text/sanitise.js'
import type { Examination } from './examine.js'
import { figure, msText, phaseTimes, type Row, traceRows } from './trace-rows.js'

/** A line of the report and how it is to be looked at. */
export interface ReportLine {
  readonly text: string
  readonly tone: 'good' | 'bad' | 'advice' | 'plain' | 'faint'
}

const PHASES: readonly Phase[] = ['resolving', 'tcp', 'kex', 'auth', 'shell']
const LABEL = 13
/** Different values of one row shown for a group of hosts. */
const MOST_VALUES = 4

/**
 * What the doctor found, in words: hosts with the same findings and the same answers are one paragraph, the ill ones first.
 *
 * @param width columns; nothing is wider.
 */
export function reportLines(examinations: readonly Examination[], width = 80): ReportLine[] {
  const groups = new Map<string, Examination[]>()
  for (const examination of examinations) {
    const key = groupKey(examination)
    groups.set(key, [...(groups.get(key) ?? []), examination])
  }
  const ill = [...groups.values()].sort((one, other) => severity(one) - severity(other) || other.length - one.length)
  const lines = ill.flatMap(group => groupLines(group, width))
  const well = examinations.filter(isWell).length
  const verdict = `${well} of ${examinations.length} ${examinations.length === 1 ? 'host' : 'hosts'} ready`
  return [...lines, { text: verdict, tone: well === examinations.length ? 'good' : 'bad' }]
}

/** Connected, with a shell, and (where asked) able to become another user. */
export function isWell({ vitals, findings }: Examination): boolean {
  return vitals !== undefined && findings.length === 0
}

const severity = ([first]: readonly Examination[]) => (!first?.vitals ? 0 : first.findings.length > 0 ? 1 : 2)

/** Equal for hosts that one paragraph can speak of: what is a host's own (address, fingerprint, times) is left out. */
function groupKey(examination: Examination): string {
  const { vitals, became, findings, trace } = examination
  const server = trace?.notes.find(note => note.kind === 'server')
  return JSON.stringify([
    vitals?.sh,
    vitals?.loginShell,
    became,
    server?.version,
    connectorOf(examination),
    findings.map(({ problem }) => anonymous(problem, examination)),
  ])
}

/** A sentence without what is only this host's: its addresses, fingerprints and lines of files. */
function anonymous(problem: string, { host, trace }: Examination): string {
  const addresses = (trace?.notes ?? []).flatMap(note => (note.kind === 'address' ? [note.address] : []))
  const named = [host, ...addresses, ...addresses.map(address => address.replace(/:\d+$/, ''))]
  let text = problem
  for (const name of named.sort((one, other) => other.length - one.length)) text = text.replaceAll(name, '<address>')
  return text
    .replace(/<address>:\d+/g, '<address>')
    .replace(/SHA256:[A-Za-z0-9+/]+/g, '<fingerprint>')
    .replace(/:\d+\)/g, ':<line>)')
    .replace(/\d+ (s|min|h) (ahead|behind)/, '$2')
}

function groupLines(group: readonly Examination[], width: number): ReportLine[] {
  const [first] = group
  if (!first) return []
  const single = group.length === 1
  const sign = !first.vitals ? '✗' : first.findings.length > 0 ? '○' : '●'
  const head = `${sign} ${hostsText(group.map(({ host }) => host))}  ${standingText(first, single)}`
  const findings = first.findings.flatMap(({ problem, advice }): ReportLine[] => [
    ...wrapped(single ? problem : anonymous(problem, first), 2, width, 'bad'),
    ...wrapped(single ? advice : anonymous(advice, first), 2, width, 'advice', '→ '),
  ])
  return [
    ...wrapped(head, 0, width, isWell(first) ? 'good' : 'bad'),
    ...findings,
    ...sharedRows(group).flatMap(row => rowLines(row, width)),
    ...(single ? [] : timeTable(group, width)),
    { text: '', tone: 'plain' },
  ]
}

function standingText({ standing, vitals, trace }: Examination, single: boolean): string {
  const state = standing.state === 'ready' && !vitals ? 'ready, and no answer' : standing.state
  const since = standing.state === 'lost' ? ` since ${msText(standing.ms)}` : ''
  return single && trace && vitals ? `${state} after ${msText(trace.ms)}` : `${state}${since}`
}

/** The rows of a group: said once where all say the same, else with the hosts that say it. */
function sharedRows(group: readonly Examination[]): Row[] {
  const single = group.length === 1
  const names: string[] = []
  const said = new Map<string, Map<string, string[]>>()
  for (const examination of group) {
    const rows = rowsOf(examination, single)
    for (const name of new Set(rows.map(([each]) => each))) {
      const value = rows.flatMap(([each, text]) => (each === name ? [text] : [])).join('\n')
      if (!said.has(name)) names.push(name)
      const values = said.get(name) ?? new Map<string, string[]>()
      said.set(name, values.set(value, [...(values.get(value) ?? []), examination.host]))
    }
  }
  return names.flatMap((name): Row[] => {
    const values = [...(said.get(name) ?? [])]
    if (values.length === 1 && values[0]?.[1].length === group.length)
      return values[0][0].split('\n').map((text): Row => [name, text])
    const shown = values
      .slice(0, MOST_VALUES)
      .flatMap(([value, hosts]) => value.split('\n').map((text): Row => [name, `${hostsText(hosts)}: ${text}`]))
    const more = values.length - MOST_VALUES
    return more > 0 ? [...shown, [name, `… and ${more} more, each its own`]] : shown
  })
}

function rowsOf(examination: Examination, timed: boolean): Row[] {
  const { trace, vitals, became } = examination
  const rows: Row[] = [['connector', connectorOf(examination)]]
  if (trace) rows.push(...traceRows(trace, timed).filter(([name]) => name !== 'connector'))
  if (vitals && timed) rows.push(['latency', msText(vitals.latency)])
  if (vitals) rows.push(['shell', shellText(vitals)])
  if (became !== undefined) rows.push(['becomes', became])
  return rows
}

function connectorOf({ connector, trace }: Examination): string {
  const chosen = trace?.notes.find(note => note.kind === 'connector')
  return chosen ? `${chosen.name}: ${chosen.why}` : connector
}

function shellText({ sh, loginShell }: { readonly sh: string; readonly loginShell: string }): string {
  return loginShell === '' || loginShell === sh ? sh : `${sh} (login shell ${loginShell})`
}

/** Milliseconds by host and phase, in columns as wide as they need. */
function timeTable(group: readonly Examination[], width: number): ReportLine[] {
  const cell = (ms: number | undefined) => (ms === undefined ? '·' : figure(ms))
  const heads = [...PHASES, 'in all', 'latency']
  const rows = group.map(({ host, trace, vitals }) => {
    const times = trace ? phaseTimes(trace) : new Map<Phase, number>()
    return { host, cells: [...PHASES.map(phase => cell(times.get(phase))), cell(trace?.ms), cell(vitals?.latency)] }
  })
  const widths = heads.map((head, at) => 2 + Math.max(head.length, ...rows.map(({ cells }) => cells[at]?.length ?? 0)))
  const room = width - 2 - widths.reduce((sum, each) => sum + each, 0)
  const name = Math.max(4, Math.min(room, Math.max(...group.map(({ host }) => stringWidth(host)))))
  const row = (host: string, cells: readonly string[]) =>
    `  ${cut(host, name).padEnd(name)}${cells.map((text, at) => text.padStart(widths[at] ?? 0)).join('')}`
  return [
    { text: row('ms', heads), tone: 'faint' },
    ...rows.map(({ host, cells }): ReportLine => ({ text: row(host, cells), tone: 'plain' })),
  ]
}

const cut = (text: string, width: number) => (text.length > width ? `${text.slice(0, width - 1)}…` : text)

function rowLines([name, value]: Row, width: number): ReportLine[] {
  return hanging(value, LABEL + 2, width).map((text, at) => ({
    text: `  ${(at === 0 ? name : '').padEnd(LABEL)}${text}`,
    tone: 'plain',
  }))
}

function wrapped(value: string, indent: number, width: number, tone: ReportLine['tone'], mark = ''): ReportLine[] {
  return hanging(value, indent + mark.length, width).map((text, at) => ({
    text: `${' '.repeat(indent)}${at === 0 ? mark : ' '.repeat(mark.length)}${text}`,
    tone,
  }))
}

/** The text in lines that fit beside `indent` columns: broken at spaces, and within a word only when it is longer than a line. */
function hanging(value: string, indent: number, width: number): string[] {
  const room = Math.max(16, width - indent)
  const lines: string[] = []
  for (const paragraph of sanitise(value).split('\n')) {
    let line = ''
    for (let word of paragraph.split(' ')) {
      if (line !== '' && stringWidth(line) + 1 + stringWidth(word) > room) {
        lines.push(line)
        line = ''
      }
      while (stringWidth(word) > room) {
        lines.push(word.slice(0, room))
        word = word.slice(room)
      }
      line = line === '' ? word : `${line} ${word}`
    }
    lines.push(line)
  }
  return lines
}
