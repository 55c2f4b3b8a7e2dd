import { bar } from '../../document/charts/bar.js'
import { sparkline } from '../../document/charts/sparkline.js'
import { nodeSetIn } from '../../document/group-row.js'
import { hostLine } from '../../document/host-text.js'
import type { Theme } from '../../document/theme.js'
import { wantedFacts } from '../../state/facts-tree.js'
import type { SideView } from '../../state/view.js'
import { pad, truncate, widthOf } from '../../text/width.js'
import type { SideInput } from '../side-pane.js'
import { factText, numberOf } from './fact-text.js'
import { filterRow } from './facts-tab.js'

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
  readonly values: readonly (readonly [value: string, hosts: readonly string[]])[]
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
  return [
    ...head,
    ...order.flatMap(([fact, own]) => [
      theme.accent(hostLine(fact)) + (agree(own) ? theme.faint('  all alike') : ''),
      ...own.flatMap(row => rowLines(row, known, width, theme)),
      '',
    ]),
  ]
}

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
  const [most, least] = [numbers[0]?.[0], numbers.at(-1)?.[0]]
  return most !== undefined && least !== undefined && most - least < OF_INTEREST * Math.abs(most)
}

function rowsOf({ hosts, facts, filter }: SideView): readonly Row[] {
  const found = new Map<string, { fact: string; name: string; values: Map<string, string[]> }>()
  for (const host of hosts) {
    const own = facts.get(host)
    if (own?.kind !== 'known') continue
    for (const { name: fact, rows, error } of wantedFacts(own.facts, filter)) {
      const pairs = error === undefined ? rows : [['', `✗ ${error}`] as const]
      for (const [name, value] of pairs) {
        const key = `${fact}\n${name}`
        const row = found.get(key) ?? { fact, name, values: new Map<string, string[]>() }
        row.values.set(value, [...(row.values.get(value) ?? []), host])
        found.set(key, row)
      }
    }
  }
  return [...found.values()].map(({ fact, name, values }) => ({
    fact,
    name,
    values: [...values].toSorted(([, a], [, b]) => b.length - a.length),
  }))
}

function rowLines({ fact, name, values }: Row, known: number, width: number, theme: Theme): string[] {
  const label = `  ${theme.faint(pad(hostLine(name), NAMES, 'left', '…'))} `
  const room = Math.max(8, width - widthOf(label))
  const [usual, ...others] = values
  if (!usual) return []
  const shownAs = (value: string) => hostLine(factText(fact, name, value))
  const numbers = numbersOf(values)
  if (numbers && values.length > 2) return numberLines(label, numbers, shownAs, width, theme)
  const count = usual[1].length === known ? '' : theme.faint(` ${usual[1].length} of ${known}`)
  const first = label + truncate(shownAs(usual[0]), room - widthOf(count), '…') + count
  const shown = others.slice(0, MOST_OUTLIERS).map(([value, hosts]) => {
    const text = truncate(shownAs(value), Math.max(4, Math.floor(room * 0.6)), '…')
    return `    ${theme.warning('≠')} ${theme.warning(text)} ${theme.faint(nodeSetIn(hosts, width - widthOf(text) - 8))}`
  })
  const left = others.length - shown.length
  return [first, ...shown, ...(left > 0 ? [`  ${' '.repeat(NAMES)} ${theme.faint(`… ${left} more values`)}`] : [])]
}

type Numbers = readonly (readonly [number: number, text: string, hosts: readonly string[]])[]

/** The values as numbers with their hosts, greatest first; nothing where one of them is none. */
function numbersOf(values: Row['values']): Numbers | undefined {
  const numbers = values.flatMap(([text, hosts]): Numbers => {
    const number = numberOf(text)
    return number === undefined ? [] : [[number, text, hosts]]
  })
  return numbers.length === values.length ? numbers.toSorted(([a], [b]) => b - a) : undefined
}

/** Columns of how numbers are spread. */
const SPREAD = 12

/** A number that differs from host to host: its range, how hosts are spread over that, and bars of those with the most. */
function numberLines(
  label: string,
  numbers: Numbers,
  shownAs: (value: string) => string,
  width: number,
  theme: Theme,
): string[] {
  const [most] = numbers
  const least = numbers.at(-1)
  if (!most || !least) return []
  const furthest = Math.max(Math.abs(most[0]), Math.abs(least[0]))
  const range = `${label}${shownAs(least[1])} – ${shownAs(most[1])}`
  const line = theme.accent(spread(numbers))
  if (areClose(numbers)) return [truncate(range, width, '…')]
  const beside = widthOf(range) + 1 + SPREAD <= width
  return [
    ...(beside ? [`${range} ${line}`] : [truncate(range, width, '…'), `${' '.repeat(widthOf(label))}${line}`]),
    ...numbers.slice(0, MOST_BARS).map(([number, value, hosts]) => {
      const text = shownAs(value)
      const drawn = theme.accent(bar(Math.abs(number) / furthest, BAR))
      return `    ${drawn} ${text} ${theme.faint(nodeSetIn(hosts, Math.max(4, width - BAR - widthOf(text) - 7)))}`
    }),
  ]
}

/** How many hosts have which number, from the least to the greatest. */
function spread(numbers: Numbers): string {
  const [most = 0, least = 0] = [numbers[0]?.[0], numbers.at(-1)?.[0]]
  const counts = Array.from({ length: SPREAD }, () => 0)
  for (const [number, , hosts] of numbers) {
    const bin = Math.min(SPREAD - 1, Math.floor(((number - least) / (most - least || 1)) * SPREAD))
    counts[bin] = (counts[bin] ?? 0) + hosts.length
  }
  return sparkline(counts, SPREAD)
}
