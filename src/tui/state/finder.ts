import fuzzysort from 'fuzzysort'
import { expandNames } from '../../engine/nodeset/fold.js'
import type { Context } from '../../repl/keys/bindings.js'
import type { CompletionView, HistoryEntry } from '../../repl/protocol.js'
import { SETTINGS } from '../../repl/settings/settings.js'
import { keyLabel } from '../text/key-label.js'
import type { Action } from './keymap.js'
import { answers } from './question.js'
import type { View } from './view.js'

/** A list to find something in by a few letters: the history, or everything there is. */
export interface Finder {
  readonly of: 'history' | 'everything'
  readonly query: string
  readonly selected: number
  readonly items: readonly FinderItem[]
}

export interface FinderItem {
  /** `history`, `command`, `fact`, `operation`, `host`, `cell`, `key`. */
  readonly kind: string
  /** What is searched and shown. */
  readonly name: string
  /** Beside it. */
  readonly about: string
  readonly take: Taking
  /** What a filter of the query asks for: `is`, `host`, `session`. */
  readonly facets?: Readonly<Record<string, string>>
}

/** What choosing an item does. */
export type Taking =
  | { readonly kind: 'write'; readonly text: string }
  | { readonly kind: 'action'; readonly context: Context; readonly action: Action; readonly key: string }
  | { readonly kind: 'command'; readonly line: string }
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'cell'; readonly entry: number }

/** Items shown for one query. */
const MOST = 200

/**
 * The items a query finds, best first; `is:ok`, `host:web-1` and `session:2026` in it are filters.
 *
 * @example
 * foundItems({ …, query: 'ntp is:failed' })
 */
export function foundItems({ query, items }: Pick<Finder, 'query' | 'items'>): readonly FinderItem[] {
  const words = query.split(/\s+/).filter(word => word !== '')
  const filters = words.flatMap(word => {
    const [, facet, wanted] = /^(is|host|session):(.*)$/.exec(word) ?? []
    return facet === undefined || wanted === undefined ? [] : [{ facet, wanted }]
  })
  const text = words.filter(word => !/^(is|host|session):/.test(word)).join(' ')
  const isOf = memberOfFolded()
  const left = items.filter(({ facets = {} }) =>
    filters.every(({ facet, wanted }) =>
      facet === 'host' ? isOf(facets.host ?? '', wanted) : facets[facet]?.includes(wanted),
    ),
  )
  if (text === '') return left.slice(0, MOST)
  return fuzzysort
    .go(text, left, { keys: ['name', 'about'], threshold: 0 })
    .map(({ obj }) => ({ obj, close: closeness(obj, text.toLowerCase()) }))
    .sort((a, b) => b.close - a.close)
    .slice(0, MOST)
    .map(({ obj }) => obj)
}

/** Whether a folded set (`web-[1-3]`) has a host of such a name; each set is unfolded once. */
function memberOfFolded(): (folded: string, wanted: string) => boolean {
  const known = new Map<string, string>()
  return (folded, wanted) => {
    const names = known.get(folded) ?? unfolded(folded)
    known.set(folded, names)
    return names.includes(wanted)
  }
}

/** What an older or foreign hand wrote may be no set. */
function unfolded(text: string): string {
  try {
    return `${text},${expandNames(text).join()}`
  } catch {
    return text
  }
}

/** What says the very letters comes before what has them here and there: `ntp` is in few names, its letters in many sentences. */
function closeness({ name, about }: FinderItem, text: string): number {
  const at = name.toLowerCase().indexOf(text)
  if (at >= 0) return /^$|\W$/.test(name.slice(0, at)) ? 3 : 2
  return about.toLowerCase().includes(text) ? 1 : 0
}

export const selectedFound = (finder: Finder): FinderItem | undefined => foundItems(finder)[finder.selected]

export function moveInFinder(finder: Finder, by: number): Finder {
  const last = foundItems(finder).length - 1
  return { ...finder, selected: Math.max(0, Math.min(last, finder.selected + by)) }
}

export function askFinder(finder: Finder, query: string): Finder {
  return { ...finder, query, selected: 0 }
}

/** The list as far as it is known here; what stands in the prompt is looked for in the history. */
export function openFinder(view: View, of: Finder['of']): View {
  const { text } = view.prompt.editor
  const finder =
    of === 'history' ? historyFinder([], view.now, text.includes('\n') ? '' : text) : everythingFinder(view, [])
  return { ...view, finder, prompt: { ...view.prompt, completion: undefined } }
}

/** Earlier inputs of all sessions, newest first. */
export function historyFinder(entries: readonly HistoryEntry[], now: number, query: string): Finder {
  const items = entries.map(({ text, at, session, outcome, hosts = '' }): FinderItem => {
    const how = outcome === undefined ? '·' : outcome === 'ok' ? '✓' : '✗'
    const about = [how, agoText(now - at), hosts === '' ? '' : hosts, session].filter(part => part !== '').join('  ')
    const facets = { is: outcome ?? 'unknown', host: hosts, session }
    return { kind: 'history', name: text, about, take: { kind: 'write', text }, facets }
  })
  return { of: 'history', query, selected: 0, items: items.reverse() }
}

/** Commands, definitions, hosts, cells and keys. */
export function everythingFinder(view: View, names: readonly CompletionView[]): Finder {
  const named = names.map(({ name, kind, detail = '' }): FinderItem => {
    const write = kind === 'command' ? `:${name} ` : `${name}(`
    return { kind, name: kind === 'command' ? `:${name}` : name, about: detail, take: { kind: 'write', text: write } }
  })
  const cells = view.notebook.entries.flatMap(({ id, cell, source }): FinderItem[] =>
    cell === undefined
      ? []
      : [{ kind: 'cell', name: `[${cell}] ${source}`, about: 'go to the cell', take: { kind: 'cell', entry: id } }],
  )
  const hosts = [...view.hosts.entries.values()].map(
    ({ name, groups }): FinderItem => ({
      kind: 'host',
      name,
      about: groups.length === 0 ? 'its facts' : groups.map(group => `@${group}`).join(' '),
      take: { kind: 'host', host: name },
    }),
  )
  const items = [...named, ...cells.reverse(), ...actionItems(view), ...settingItems(view), ...hosts]
  return { of: 'everything', query: '', selected: 0, items }
}

/** Whether keys of a place mean something now: what is there only for a moment may not be there, and over some this list does not open. */
function isThere(context: Context, { active, approvals, questions, hosts, side, cells }: View): boolean {
  switch (context) {
    case 'finder':
    case 'completion':
    case 'shells':
      return false
    case 'approval':
      return approvals.length > 0
    case 'question':
      return questions.length > 0
    case 'filter':
      return (active === 'hosts' && hosts.filtering) || (active === 'side' && side.filtering)
    case 'search':
      return active === 'cells' && cells.search?.typing === true
    default:
      return true
  }
}

/** Everything that a key does: chosen here, it is done where that key works. */
function actionItems(view: View): FinderItem[] {
  const { keymap, questions } = view
  return keymap.bindings
    .filter(
      ({ context, action }) => isThere(context, view) && (context !== 'question' || answers(questions[0], action)),
    )
    .map(({ context, action, help, keys: [key = ''] }) => ({
      kind: context === 'everywhere' ? 'key' : context,
      name: help,
      about: keyLabel(key, keymap.signs),
      take: { kind: 'action', context, action, key },
    }))
}

/** What can be set, with each of its values. */
function settingItems({ settings }: View): FinderItem[] {
  return Object.entries(SETTINGS).flatMap(([name, { values, summary }]) =>
    values.map((value: string): FinderItem => {
      const isSo = Object.entries(settings).some(([set, now]) => set === name && now === value)
      return {
        kind: 'setting',
        name: `${name} ${value}`,
        about: isSo ? 'as it is' : summary,
        take: { kind: 'command', line: `set ${name} ${value}` },
      }
    }),
  )
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const

function agoText(ms: number): string {
  const unit = UNITS.find(([, length]) => ms >= length)
  return unit ? `${Math.floor(ms / unit[1])} ${unit[0]} ago` : 'now'
}
