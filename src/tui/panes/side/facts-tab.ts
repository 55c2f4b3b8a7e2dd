import { durationText } from '../../document/duration.js'
import { hostLine } from '../../document/host-text.js'
import type { Theme } from '../../document/theme.js'
import { wrap } from '../../document/wrap.js'
import { keySaid } from '../../state/keymap.js'
import { pad, widthOf } from '../../text/width.js'
import { stateSign } from '../host-row.js'
import type { SideInput } from '../side-pane.js'
import { factTable } from './fact-table.js'

/** Facts of one host, or the table over several. */
export function factLines(view: SideInput, width: number, theme: Theme): string[] {
  const { side, host: entry, now, keymap } = view
  if (side.hosts.length > 0) return factTable(side, width, theme)
  if (side.host === undefined)
    return wrap(
      `${keySaid(keymap, 'hosts', 'choose')} on a host in the hosts pane (${keySaid(keymap, 'everywhere', 'next pane')}) shows its facts here; ${keySaid(keymap, 'hosts', 'compare')} those of several, compared.`,
      width,
    ).map(theme.faint)
  const since = entry && entry.since > 0 ? ` · ${entry.state} ${durationText(Math.max(0, now - entry.since))}` : ''
  const head = [
    `${entry ? stateSign(entry.state, theme) : ' '} ${theme.strong(hostLine(side.host))}${theme.faint(since)}`,
    ...(entry ? [theme.faint(hostLine(`${entry.address}  ${entry.groups.map(group => `@${group}`).join(' ')}`))] : []),
    ...(entry?.reason === undefined ? [] : wrap(hostLine(entry.reason), width).map(theme.bad)),
    '',
  ]
  const facts = side.facts.get(side.host)
  if (!facts || facts.kind === 'reading') return [...head, theme.faint('reading …')]
  if (facts.kind === 'failed') return [...head, ...wrap(`✗ ${hostLine(facts.error)}`, width).map(theme.bad)]
  return [
    ...head,
    ...filterRow(side, theme),
    ...wantedFacts(facts.facts, side.filter).flatMap(fact => [
      `${theme.accent(hostLine(fact.name))}${fact.age < 60 ? '' : theme.faint(`  ${durationText(fact.age * 1000)} ago`)}`,
      ...(fact.error === undefined
        ? rowsOf(fact.rows, width, theme)
        : wrap(`✗ ${hostLine(fact.error)}`, width - 2).map(text => `  ${theme.bad(text)}`)),
      '',
    ]),
  ]
}

/** Names and values in two columns; a value too long for its column goes on below. */
function rowsOf(rows: readonly (readonly [name: string, value: string])[], width: number, theme: Theme): string[] {
  const names = Math.min(18, Math.max(0, ...rows.map(([name]) => widthOf(name))))
  return rows.flatMap(([name, value]) =>
    wrap(hostLine(value), Math.max(8, width - names - 4)).map(
      (text, index) => `  ${theme.faint(pad(index === 0 ? hostLine(name) : '', names, 'left', '…'))}  ${text}`,
    ),
  )
}

/** What is looked for, while there is something. */
export function filterRow({ filter, filtering }: SideInput['side'], theme: Theme): string[] {
  if (filter === '' && !filtering) return []
  return [`${theme.accent('/')}${hostLine(filter)}${filtering ? theme.selected(' ') : ''}`, '']
}

type Facts = Extract<NonNullable<ReturnType<SideInput['side']['facts']['get']>>, { kind: 'known' }>['facts']

/** Facts whose name, or rows whose name or value, hold a text. */
export function wantedFacts(facts: Facts, filter: string): Facts {
  const wanted = filter.toLowerCase()
  if (wanted === '') return facts
  return facts.flatMap(fact => {
    if (fact.name.toLowerCase().includes(wanted)) return [fact]
    const rows = fact.rows.filter(row => row.some(text => text.toLowerCase().includes(wanted)))
    return rows.length === 0 ? [] : [{ ...fact, rows }]
  })
}
