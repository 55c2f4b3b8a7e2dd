import { stripVTControlCharacters } from 'node:util'
import { factText } from '../../../repl/fact-text.js'
import type { FactRow, FactView } from '../../../repl/protocol.js'
import { sparkline } from '../../document/charts/sparkline.js'
import { durationText } from '../../document/duration.js'
import { hostLine } from '../../document/host-text.js'
import type { Theme } from '../../document/theme.js'
import { wrap } from '../../document/wrap.js'
import { isFactOpen, wantedFacts } from '../../state/facts-tree.js'
import { keySaid } from '../../state/keymap.js'
import { pad, widthOf } from '../../text/width.js'
import { stateSign } from '../host-row.js'
import { type KeyTarget, keysThere, withKeys } from '../key-help.js'
import { factTable } from './fact-table.js'
import { filterRow } from './filter-row.js'
import type { SideInput } from './side-input.js'

/** Rows of the tab, and which of them the cursor is on. */
export interface FactLines {
  readonly lines: readonly string[]
  readonly cursor?: number
  /** What a click on a row is about. */
  readonly targets?: ReadonlyMap<number, SideTarget>
}

/** A fact that is opened or closed, or a key that is pressed. */
export type SideTarget = { readonly kind: 'fact'; readonly name: string } | KeyTarget

/** Facts of one host as a tree, or the table over several. */
export function factLines(view: SideInput, width: number, theme: Theme): FactLines {
  const { side, keymap } = view
  if (side.hosts.length > 0) return { lines: factTable(view, width, theme) }
  if (side.host === undefined) {
    const panes = keySaid(keymap, 'everywhere', 'next pane')
    const [one, several] = [keySaid(keymap, 'hosts', 'choose'), keySaid(keymap, 'hosts', 'compare')]
    const hint = `${one} on a host in the hosts pane (${panes}) shows its facts here; ${several} those of several, compared.`
    return {
      ...withKeys(
        [...wrap(hint, width).map(theme.faint), ''],
        keysThere(keymap, ['prompt', 'everywhere'], width, theme),
      ),
    }
  }
  const head = headLines(view, side.host, width, theme)
  const facts = side.facts.get(side.host)
  if (!facts || facts.kind === 'reading') return { lines: [...head, theme.faint('reading …')] }
  if (facts.kind === 'failed') return { lines: [...head, ...wrap(`✗ ${hostLine(facts.error)}`, width).map(theme.bad)] }
  const lines = [...head, ...filterRow(side, theme)]
  let cursor: number | undefined
  const targets = new Map<number, SideTarget>()
  for (const fact of wantedFacts(facts.facts, side.filter)) {
    const open = isFactOpen(side, fact)
    const age = fact.age + Math.max(0, view.now - facts.at) / 1000
    const ago = age < 2 ? 'now' : `${durationText(Math.floor(age) * 1000).replace(/\.0 s$/, ' s')} ago`
    const sign = isScalar(fact) ? ' ' : open ? '▾' : '▸'
    const name = `${sign} ${hostLine(fact.name)}`
    const inside = open && !isScalar(fact) ? '' : ` ${fact.error === undefined ? summaryOf(fact.rows, fact.name) : '✗'}`
    const text = `${theme.accent(name)}${isScalar(fact) ? ` ${inside}` : theme.faint(inside)}`
    const row = `${pad(text, Math.max(0, width - widthOf(ago) - 1), 'left', '…')} ${theme.faint(ago)}`
    targets.set(lines.length, { kind: 'fact', name: fact.name })
    if (side.fact === fact.name) {
      cursor = lines.length
      lines.push(theme.selected(stripVTControlCharacters(row)))
    } else lines.push(row)
    if (!open || isScalar(fact)) continue
    lines.push(
      ...(fact.error === undefined
        ? rowsOf(fact.name, fact.rows, width, theme)
        : wrap(`✗ ${hostLine(fact.error)}`, width - 2).map(line => `  ${theme.bad(line)}`)),
    )
  }
  return { lines, targets, ...(cursor === undefined ? {} : { cursor }) }
}

/** One value, which stands beside the name. */
const isScalar = ({ rows, error }: FactView): boolean => error === undefined && rows.length === 1 && rows[0]?.[0] === ''

/** The host, where it is, why it is not reached, and how fast it answers. */
function headLines(
  { host: entry, latencies = [], now }: SideInput,
  name: string,
  width: number,
  theme: Theme,
): string[] {
  const since = entry && entry.since > 0 ? ` · ${entry.state} ${durationText(Math.max(0, now - entry.since))}` : ''
  const title = `${entry ? stateSign(entry.state, theme) : ' '} ${theme.strong(hostLine(name))}${theme.faint(since)}`
  if (!entry) return [title, '']
  const range =
    latencies.length > 1 ? ` ${Math.round(Math.min(...latencies))} – ${Math.round(Math.max(...latencies))} ms` : ''
  return [
    title,
    theme.faint(hostLine(`${entry.address}  ${entry.groups.map(group => `@${group}`).join(' ')}`)),
    ...(entry.reason === undefined ? [] : wrap(hostLine(entry.reason), width).map(theme.bad)),
    ...(range === ''
      ? []
      : [`${theme.faint('latency')} ${theme.accent(sparkline(latencies, 12))}${theme.faint(range)}`]),
    '',
  ]
}

/** What a closed fact says of itself: its value, or how much there is. */
function summaryOf(rows: readonly FactRow[], fact: string): string {
  const [first] = rows
  if (rows.length === 1 && first) return hostLine(factText(fact, first))
  return `${rows.length} values`
}

/**
 * Names and values in two columns, numbers with their ends below each other, members of members below what they are of; a value too
 * long for its column goes on below.
 */
function rowsOf(fact: string, rows: readonly FactRow[], width: number, theme: Theme): string[] {
  const split = rows.map(row => {
    const shown = hostLine(row[0])
    const at = shown.lastIndexOf(' ')
    const text = hostLine(factText(fact, row))
    return { parent: at < 0 ? '' : shown.slice(0, at), name: shown.slice(at + 1), text, isNumber: row[2] !== undefined }
  })
  const names = Math.min(18, Math.max(0, ...split.map(({ name, parent }) => widthOf(name) + (parent === '' ? 0 : 2))))
  const digits = Math.max(0, ...split.map(({ text, isNumber }) => (isNumber ? widthOf(text) : 0)))
  let above = ''
  return split.flatMap(({ parent, name, text, isNumber }) => {
    const head = parent !== '' && parent !== above ? [`  ${theme.faint(parent)}`] : []
    above = parent
    const label = `${parent === '' ? '' : '  '}${name}`
    const texts = wrap(isNumber ? pad(text, digits, 'right') : text, Math.max(8, width - names - 4))
    return [
      ...head,
      ...texts.map((each, index) => `  ${theme.faint(pad(index === 0 ? label : '', names, 'left', '…'))}  ${each}`),
    ]
  })
}
