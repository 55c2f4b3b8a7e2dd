import { factText } from '../../../repl/fact-text.js'
import type { FactRow } from '../../../repl/protocol.js'
import { bar } from '../../document/charts/bar.js'
import { sparkline } from '../../document/charts/sparkline.js'
import { nodeSetIn } from '../../document/group-row.js'
import { hostLine } from '../../document/host-text.js'
import type { Theme } from '../../document/theme.js'
import { wrap } from '../../document/wrap.js'
import { wantedFacts } from '../../state/facts-tree.js'
import type { SideView } from '../../state/view.js'
import { pad, truncate, widthOf } from '../../text/width.js'
import { filterRow } from './filter-row.js'
import type { SideInput } from './side-input.js'

/** Values beside the most frequent one that are listed. */
const MOST_OUTLIERS = 4
/** Hosts of a number that are drawn. */
const MOST_BARS = 3
const NAMES = 14
const BAR = 10

interface Row {
  readonly fact: string
  readonly name: string
  /** Who has which value, the most frequent first. */
  readonly values: readonly Value[]
}

interface Value {
  /** As it is shown. */
  readonly text: string
  readonly hosts: readonly string[]
  readonly number: number | undefined
}

/** Facts of several hosts: what most have, and who has what else. */
export function factTable({ side }: SideInput, width: number, theme: Theme): string[] {
  const { hosts, facts, filter } = side
  const states = hosts.map(host => facts.get(host))
  const reading = states.filter(state => state?.kind === 'reading').length
  const failed = hosts.filter(host => facts.get(host)?.kind === 'failed')
  const known = states.filter(state => state?.kind === 'known').length
  const head = [
    theme.strong(`facts of ${hosts.length} hosts`) + (reading > 0 ? theme.faint(`  ${known} read …`) : ''),
    theme.faint(nodeSetIn(hosts, width)),
    ...(failed.length > 0 ? [theme.bad(`✗ ${failed.length} not read: ${nodeSetIn(failed, width - 16)}`)] : []),
    '',
    ...filterRow(side, theme),
  ]
  const rows = rowsOf(side)
  // what differs is what one looks for
  const order = [...byFact(rows)].toSorted(([, a], [, b]) => Number(agree(a)) - Number(agree(b)))
  if (order.length === 0 && known > 0) head.push(theme.faint(`nothing holds ${filter}`))
  return [...head, ...order.flatMap(([fact, own]) => [...factRows(fact, own, known, width, theme), ''])]
}

/** A fact: its name and what its values are; a single value stands beside the name. */
function factRows(fact: string, rows: readonly Row[], known: number, width: number, theme: Theme): string[] {
  const name = theme.accent(hostLine(fact))
  const alike = agree(rows) ? theme.faint('  all alike') : ''
  const [only] = rows
  if (rows.length === 1 && only?.name === '') {
    const [first = '', ...more] = rowLines(only, `${name}  `, known, width, theme)
    return [widthOf(first + alike) <= width ? first + alike : first, ...more]
  }
  return [name + alike, ...rows.flatMap(row => rowLines(row, labelOf(row, theme), known, width, theme))]
}

const labelOf = ({ name }: Row, theme: Theme) => `  ${theme.faint(pad(hostLine(name), NAMES, 'left', '…'))} `

function byFact(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const facts = new Map<string, Row[]>()
  for (const row of rows) facts.set(row.fact, [...(facts.get(row.fact) ?? []), row])
  return facts
}

const agree = (rows: readonly Row[]) =>
  rows.every(({ values }) => values.length === 1 || areClose(numbersOf(values) ?? []))

/** Share of the greatest by which numbers must differ to be of interest. */
const OF_INTEREST = 0.1

function areClose(numbers: Numbers): boolean {
  const [most, least] = [numbers[0]?.number, numbers.at(-1)?.number]
  return most !== undefined && least !== undefined && most - least < OF_INTEREST * Math.abs(most)
}

function rowsOf({ hosts, facts, filter }: SideView): readonly Row[] {
  const found = new Map<string, { fact: string; name: string; values: Map<string, Value & { hosts: string[] }> }>()
  for (const host of hosts) {
    const own = facts.get(host)
    if (own?.kind !== 'known') continue
    for (const { name: fact, rows, error } of wantedFacts(own.facts, filter)) {
      const own: readonly FactRow[] = error === undefined ? rows : [['', `✗ ${error}`]]
      for (const each of own) {
        const [name, , number] = each
        const key = `${fact}\n${name}`
        const row = found.get(key) ?? { fact, name, values: new Map() }
        found.set(key, row)
        const text = hostLine(factText(fact, each))
        const known = row.values.get(text)
        if (known) known.hosts.push(host)
        else row.values.set(text, { text, hosts: [host], number })
      }
    }
  }
  return [...found.values()].map(({ fact, name, values }) => ({
    fact,
    name,
    values: [...values.values()].toSorted((a, b) => b.hosts.length - a.hosts.length),
  }))
}

function rowLines({ values }: Row, label: string, known: number, width: number, theme: Theme): string[] {
  const [usual, ...others] = values
  if (!usual) return []
  const numbers = numbersOf(values)
  if (numbers && values.length > 2) return numberLines(label, numbers, width, theme)
  if (values.length === known && known > 2)
    return [
      `${label}${theme.faint('each its own')}`,
      ...values.slice(0, MOST_OUTLIERS).flatMap(value => valueLines(value, ' ', width, theme)),
      ...moreLine(values.length - MOST_OUTLIERS, theme),
    ]
  const count = usual.hosts.length === known ? '' : theme.faint(`${usual.hosts.length} of ${known}`)
  const text = count === '' ? usual.text : `${usual.text} ${count}`
  const beside = widthOf(label) + widthOf(text) <= width
  return [
    label + (beside ? text : count),
    ...(beside ? [] : wrap(usual.text, width - 6).map(text => `      ${text}`)),
    ...others.slice(0, MOST_OUTLIERS).flatMap(value => valueLines(value, '≠', width, theme)),
    ...moreLine(others.length - MOST_OUTLIERS, theme),
  ]
}

/** A value that most have not, whole, for what tells it from theirs may be at its end; who has it, below where there is no room beside it. */
function valueLines({ text, hosts }: Value, sign: '≠' | ' ', width: number, theme: Theme): string[] {
  const paint = sign === '≠' ? theme.warning : (plain: string) => plain
  const rows = wrap(text, width - 6)
  const [only = ''] = rows
  const names = nodeSetIn(hosts, Math.max(8, width - widthOf(only) - 7))
  const beside = rows.length === 1 && widthOf(only) + widthOf(names) + 7 <= width
  return [
    ...rows.map((row, at) => {
      const head = `    ${at === 0 ? paint(sign) : ' '} ${paint(row)}`
      return beside ? `${head} ${theme.faint(names)}` : head
    }),
    ...(beside ? [] : [`      ${theme.faint(nodeSetIn(hosts, width - 6))}`]),
  ]
}

function moreLine(left: number, theme: Theme): string[] {
  return left > 0 ? [`    ${theme.faint(`… ${left} more ${left === 1 ? 'value' : 'values'}`)}`] : []
}

type Numbers = readonly (Value & { readonly number: number })[]

/** The values that are numbers, greatest first; nothing where one of them is none. */
function numbersOf(values: readonly Value[]): Numbers | undefined {
  const numbers = values.flatMap(
    ({ number, ...value }): Numbers => (number === undefined ? [] : [{ ...value, number }]),
  )
  return numbers.length === values.length ? numbers.toSorted((a, b) => b.number - a.number) : undefined
}

/** Columns of how numbers are spread. */
const SPREAD = 12

/** A number that differs from host to host: its range, how hosts are spread over that, and bars of those with the most. */
function numberLines(label: string, numbers: Numbers, width: number, theme: Theme): string[] {
  const [most] = numbers
  const least = numbers.at(-1)
  if (!most || !least) return []
  const furthest = Math.max(Math.abs(most.number), Math.abs(least.number))
  const range = `${label}${least.text} – ${most.text}`
  const line = theme.accent(spread(numbers))
  if (areClose(numbers)) return [truncate(range, width, '…')]
  const beside = widthOf(range) + 1 + SPREAD <= width
  const shown = numbers.slice(0, MOST_BARS)
  const column = Math.max(...shown.map(({ text }) => widthOf(text)))
  return [
    ...(beside ? [`${range} ${line}`] : [truncate(range, width, '…'), `${' '.repeat(widthOf(label))}${line}`]),
    ...shown.map(({ number, text, hosts }) => {
      const drawn = theme.accent(bar(Math.abs(number) / furthest, BAR))
      const names = theme.faint(nodeSetIn(hosts, Math.max(4, width - BAR - column - 7)))
      return `    ${drawn} ${pad(text, column, 'right')} ${names}`
    }),
  ]
}

/** How many hosts have which number, from the least to the greatest. */
function spread(numbers: Numbers): string {
  const [most = 0, least = 0] = [numbers[0]?.number, numbers.at(-1)?.number]
  const counts = Array.from({ length: SPREAD }, () => 0)
  for (const { number, hosts } of numbers) {
    const bin = Math.min(SPREAD - 1, Math.floor(((number - least) / (most - least || 1)) * SPREAD))
    counts[bin] = (counts[bin] ?? 0) + hosts.length
  }
  return sparkline(counts, SPREAD)
}
