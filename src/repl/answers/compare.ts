import { UsageError } from '../../engine/errors.js'
import { hostsText } from '../../engine/nodeset/fold.js'
import { suggest } from '../../engine/nodeset/pattern.js'
import { diffLines } from '../../engine/plan/render-diff.js'
import { brief } from '../../engine/text/brief.js'
import { sanitise } from '../../engine/text/sanitise.js'
import { diffText } from '../diff-text.js'
import { PLAIN_PAINT } from '../paint.js'
import type { DisplayGroup, SessionRecord } from '../protocol.js'
import {
  type Asked,
  answerBefore,
  answerDiff,
  answerOf,
  answersOf,
  heldAgainst,
  isAnswer,
  whenText,
} from './answers.js'

/** Cells from their records. */
export function cellsIn(records: readonly SessionRecord[]): readonly Asked[] {
  const ends = new Map(records.flatMap(record => (record.type === 'cell.end' ? [[record.cell, record.end]] : [])))
  return records.flatMap((record): Asked[] => {
    if (record.type !== 'cell.start') return []
    const { cell, source, at } = record
    const end = ends.get(cell)
    return [{ id: cell, cell, source, startedAt: at, ...(end === undefined ? {} : { end }) }]
  })
}

/**
 * What answers have otherwise than others, as lines of unified diffs: `web-3` against what most said and what it said itself
 * before, `web-1 web-3` one against the other, both after the number of a cell or of the last that has answers; `3 7` and
 * `3 7 web-1` the second of two cells against the first.
 *
 * @param hosts all hosts
 * @throws {UsageError} where there is nothing to compare
 */
export function compareAnswers(argument: string, cells: readonly Asked[], hosts: readonly string[]): string {
  const { numbers, names } = wordsOf(argument, hosts)
  const [number, later] = numbers
  const [host, other] = names
  const tooMany = numbers.length > 2 || names.length > 2
  if (!tooMany && number !== undefined && later !== undefined && other === undefined)
    return cellToCell(cellOf(number, cells), cellOf(later, cells), host)
  if (tooMany || host === undefined || later !== undefined)
    throw new UsageError(
      ':compare takes a host or two, maybe after the number of a cell, as in :compare 3 web-1 web-2, or two cells and maybe a host, as in :compare 3 7 web-1.',
    )
  const asked = number === undefined ? lastAnswered(cells) : cellOf(number, cells)
  return other === undefined ? hostToMost(asked, host, cells) : hostToHost(asked, host, other)
}

function wordsOf(argument: string, hosts: readonly string[]) {
  const words = argument.split(/\s+/).filter(word => word !== '')
  const at = words.findIndex(word => hosts.includes(word) || !/^\d+$/.test(word))
  const names = at < 0 ? [] : words.slice(at)
  const unknown = names.find(name => !hosts.includes(name))
  if (unknown !== undefined) throw new UsageError(`There is no host ${sanitise(unknown)}${suggest(unknown, hosts)}`)
  return { numbers: words.slice(0, words.length - names.length).map(Number), names }
}

function cellOf(number: number, cells: readonly Asked[]): Asked {
  const found = cells.find(({ cell }) => cell === number)
  if (!found) throw new UsageError(`There is no cell ${number} in this session.`)
  if (answersOf(found).length === 0) throw new UsageError(`Cell ${number} has no answers of hosts.`)
  return found
}

function lastAnswered(cells: readonly Asked[]): Asked {
  const found = cells.findLast(cell => answersOf(cell).length > 0)
  if (!found) throw new UsageError('No cell of this session has answers of hosts.')
  return found
}

/** @throws {UsageError} when the host gave none */
function given(asked: Asked, host: string): DisplayGroup {
  const answer = answerOf(asked, host)
  if (!answer) throw new UsageError(`${host} was not asked in cell ${asked.cell}.`)
  if (isAnswer(answer)) return answer
  throw new UsageError(`${host} gave no answer in cell ${asked.cell}: ${sanitise(brief(answer.text || answer.status))}`)
}

function hostToMost(asked: Asked, host: string, cells: readonly Asked[]): string {
  const own = given(asked, host)
  const others = answersOf(asked).some(group => isAnswer(group) && (group !== own || group.hosts.length > 1))
  const earlier = answerBefore(cells, asked, host)
  const then = earlier && isAnswer(earlier.then) ? earlier : undefined
  if (!others && !then)
    throw new UsageError(`${host} alone answered in cell ${asked.cell}, and not before: there is nothing to compare.`)
  return [...(others ? againstMost(asked, host, own) : []), ...(then ? sinceThen(asked, host, own, then) : [])].join(
    '\n',
  )
}

function againstMost(asked: Asked, host: string, own: DisplayGroup): string[] {
  const most = heldAgainst(own, answersOf(asked))
  const lines = most ? diffBetween(most, own, hostsText(most.hosts), host) : []
  return lines.length > 0 ? lines : [`${host} said in cell ${asked.cell} what most said: ${hostsText(own.hosts)}.`]
}

function sinceThen(
  asked: Asked,
  host: string,
  own: DisplayGroup,
  { before, then }: { readonly before: Asked; readonly then: DisplayGroup },
): string[] {
  const lines = diffBetween(then, own, `${host}, ${whenText(before)}`, `${host}, ${whenText(asked)}`)
  return lines.length > 0 ? lines : [`${host} said the same in ${whenText(before)}.`]
}

function hostToHost(asked: Asked, first: string, second: string): string {
  const lines = diffBetween(given(asked, first), given(asked, second), first, second)
  return lines.length > 0 ? lines.join('\n') : `${first} and ${second} said the same in cell ${asked.cell}.`
}

/** What hosts answered in two cells; hosts with the same difference together. */
function cellToCell(first: Asked, second: Asked, only: string | undefined): string {
  const pairs =
    only === undefined ? pairsOf(first, second) : [[given(first, only), given(second, only), [only]] as const]
  if (pairs.length === 0) throw new UsageError(`No host answered in both cell ${first.cell} and cell ${second.cell}.`)
  const alike = new Map<string, string[]>()
  for (const [then, now, hosts] of pairs) {
    const diff = diffBetween(then, now, ...namesOf(first, second)).join('\n')
    alike.set(diff, [...(alike.get(diff) ?? []), ...hosts])
  }
  return [...alike]
    .flatMap(([diff, hosts]) =>
      diff === ''
        ? [`● ${hostsText(hosts)} said the same in cell ${first.cell} and cell ${second.cell}.`]
        : [`● ${hostsText(hosts)}`, diff.replace(/^/gm, '  ')],
    )
    .join('\n')
}

/** An answer of one cell, one of another, and the hosts that gave both. */
function pairsOf(first: Asked, second: Asked): (readonly [DisplayGroup, DisplayGroup, readonly string[]])[] {
  const later = answersOf(second)
    .filter(isAnswer)
    .map(now => ({ now, said: new Set(now.hosts) }))
  return answersOf(first)
    .filter(isAnswer)
    .flatMap(then => later.map(({ now, said }) => [then, now, then.hosts.filter(host => said.has(host))] as const))
    .filter(([, , hosts]) => hosts.length > 0)
}

/** Two cells as they are called; what they asked where it is not the same. */
function namesOf(first: Asked, second: Asked): [string, string] {
  const same = first.source === second.source
  const name = (asked: Asked) => whenText(asked) + (same ? '' : `: ${sanitise(brief(asked.source))}`)
  return [name(first), name(second)]
}

/** Lines of a unified diff; none when the answers are the same. */
function diffBetween(before: DisplayGroup, after: DisplayGroup, beforeName: string, afterName: string): string[] {
  const diff = answerDiff(before, after)
  const cut = before.cut || after.cut ? ['… long answers are cut here: the journal has all of them'] : []
  if (!diff) return []
  return [`--- ${beforeName}`, `+++ ${afterName}`, ...diffLines(diff).map(line => diffText(line, PLAIN_PAINT)), ...cut]
}
