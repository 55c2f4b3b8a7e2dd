import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import type { Question } from '../../../src/engine/connect/ask.js'
import { BINDINGS, type Context } from '../../../src/repl/keys/bindings.js'
import { keysText, nameOf } from '../../../src/repl/keys/keymap.js'
import { DEFAULT_SETTINGS, withSetting } from '../../../src/repl/settings/settings.js'
import { themeFor } from '../../../src/tui/document/theme.js'
import { keyHelp } from '../../../src/tui/panes/key-help.js'
import { sideTargetAt } from '../../../src/tui/panes/side-pane.js'
import { everythingFinder } from '../../../src/tui/state/finder.js'
import { layoutOf } from '../../../src/tui/state/geometry.js'
import { DEFAULT_KEYMAP } from '../../../src/tui/state/keymap.js'
import type { Effect } from '../../../src/tui/state/message.js'
import { activate, toWaiting } from '../../../src/tui/state/panes-order.js'
import { placeOf } from '../../../src/tui/state/place.js'
import { update } from '../../../src/tui/state/update.js'
import { initialView, type View } from '../../../src/tui/state/view.js'
import { approvalScene } from './scenes.js'
import { hostKeyQuestion } from './simulated-session.js'

const NOW = 1_800_000_000_000

/** A screen so high that all of the help is on it. */
const SIZE = { cols: 200, rows: 300 }

/** The panes that an action of the list is done in. */
const PANES = ['prompt', 'cells', 'hosts', 'side', 'approval'] as const
type PaneOfKeys = (typeof PANES)[number]

/** Keys of what is there only for a moment: a list, a text that is being typed, a question. The list of everything has them while it is there. */
const MOMENTARY: ReadonlySet<Context> = new Set(['finder', 'completion', 'filter', 'search', 'question', 'shells'])

/** What a view shows, and what it wants done. */
interface Done {
  readonly view: View
  readonly effects: readonly Effect[]
}

/** A fleet in the middle of a day, a plan waiting, a draft in the prompt, a pane with the keys. */
function scene(pane: PaneOfKeys): View {
  const session = approvalScene()
  let view = initialView(SIZE, NOW)
  session.listen(record => {
    view = update(view, { kind: 'records', records: [{ ...record, at: NOW - 10_000 }], now: NOW }).view
  })
  view = update(view, { kind: 'facts', host: 'web-1', facts: [{ name: 'a', rows: [['b', 'c']], age: 0 }] }).view
  view = { ...view, side: { ...view.side, host: 'web-1', tab: 'facts' }, active: 'prompt' }
  view = press(view, 'some').view
  const next = (shown: View): View => (shown.active === pane ? shown : next(press(shown, 'f6').view))
  return next(view)
}

/** A key by its name, or a text that is typed. */
function press(view: View, name: string): Done {
  const parts = name === '-' ? ['-'] : name.split('-')
  const key = name.endsWith('--') ? '-' : (parts.at(-1) ?? '')
  const held = (modifier: string): boolean => parts.slice(0, -1).includes(modifier)
  const isText = parts.length === 1 && [...key].length === 1
  const event = isText
    ? ({ kind: 'text', text: key } as const)
    : name === 'some'
      ? ({ kind: 'paste', text: 'some(draft' } as const)
      : ({ kind: 'key', name: key, ctrl: held('ctrl'), alt: held('alt'), shift: held('shift') } as const)
  return update(view, { kind: 'input', event, now: NOW })
}

/** The keys of a sequence one after the other. */
const pressAll = (view: View, keys: string): Done =>
  keys.split(' ').reduce<Done>((done, key) => press(done.view, key === 'space' ? ' ' : key), { view, effects: [] })

function click(view: View, x: number, y: number): Done {
  const event = { kind: 'mouse', action: 'press', button: 'left', x, y, ctrl: false, alt: false, shift: false } as const
  return update(view, { kind: 'input', event, now: NOW })
}

const contextOf = (pane: PaneOfKeys): readonly Context[] =>
  pane === 'prompt' ? ['prompt', 'editor', 'everywhere'] : [pane, 'everywhere']

const listed = (context: Context) => BINDINGS.filter(each => each.context === context)

test.each(PANES)(
  'in the pane %s: what is chosen from the list, or clicked in the help, does what its key does',
  pane => {
    const start = scene(pane)
    const { items } = everythingFinder(start, [])
    const help: View = {
      ...start,
      side: { ...start.side, tab: 'help', top: 0, wanted: true, place: pane },
      active: 'side',
    }
    const { side: area, hosts, cells, cellsHidden } = layoutOf(help)
    if (!area) return expect.fail('the help is not on the screen')
    const left = (hosts?.width ?? 0) + (cellsHidden ? 0 : cells.width)
    const targets = Array.from({ length: area.height }, (_, row) =>
      sideTargetAt({ ...help, host: undefined, latencies: undefined, problems: [] }, area, row),
    )
    const back = pane === 'approval' ? toWaiting(help) : activate(help, pane)
    const differing = contextOf(pane)
      .flatMap(listed)
      .flatMap(binding => {
        const { context, action, keys } = binding
        // `?` is a letter where text is typed
        const key = (action === 'help' ? keys[1] : keys[0]) ?? ''
        const item = items.find(
          ({ take }) => take.kind === 'action' && take.action === action && take.context === context,
        )
        const open: View = { ...start, finder: { of: 'everything', query: '', selected: 0, items: item ? [item] : [] } }
        const row = targets.findIndex(target => target?.kind === 'key' && target.binding === binding)
        const isListed = item !== undefined && isDeepStrictEqual(press(open, 'enter'), pressAll(start, key))
        const isClicked = row >= 0 && isDeepStrictEqual(click(help, left + 3, row + 2), pressAll(back, key))
        return isListed && isClicked ? [] : [`${nameOf(binding)} ${isListed ? '' : 'list '}${isClicked ? '' : 'help'}`]
      })
    expect(differing).toEqual([])
  },
)

const SECRET: Question = { kind: 'secret', key: 'k', prompt: 'sudo password', hosts: ['web-1'], retry: false }

/** A question on the screen, long enough to have been read, with the keys. */
function asked(question: Question): View {
  const records = [{ type: 'question.asked', id: 7, question, at: NOW - 10_000 } as const]
  const view = update(scene('prompt'), { kind: 'records', records, now: NOW - 10_000 }).view
  return press(view, 'f2').view
}

test.each<[what: string, view: () => View, context: Context, not: readonly string[]]>([
  ['a filter of hosts', () => press(scene('hosts'), '/').view, 'filter', []],
  ['a filter of facts', () => press(scene('side'), '/').view, 'filter', []],
  ['a search', () => press(scene('cells'), '/').view, 'search', []],
  ['the question for a host key', () => asked(hostKeyQuestion()), 'question', ['confirm', 'erase', 'clear']],
  ['the question for a secret', () => asked(SECRET), 'question', ['yes', 'no']],
])('%s: while it is there the list has its keys, which do there what they do', (_, build, context, not) => {
  const start = press(press(build(), 'q').view, 'r').view
  expect(placeOf(start)).toBe(context)
  const list = press(start, 'ctrl-p').view.finder?.items ?? []
  for (const { action, keys, help } of listed(context)) {
    const item = list.find(({ take }) => take.kind === 'action' && take.action === action && take.context === context)
    expect(item !== undefined, help).toBe(!not.includes(action))
    if (!item) continue
    const open: View = { ...start, finder: { of: 'everything', query: '', selected: 0, items: [item] } }
    expect(press(open, 'enter'), help).toEqual(pressAll(start, keys[0] ?? ''))
  }
})

test('what is chosen for a plan is done to it, though a question waits too', () => {
  const view = asked(SECRET)
  const item = everythingFinder(view, []).items.find(
    ({ take }) => take.kind === 'action' && take.action === 'approve all',
  )
  const open: View = { ...view, finder: { of: 'everything', query: '', selected: 0, items: item ? [item] : [] } }
  expect(press(open, 'enter').effects).toEqual([{ kind: 'decide', id: 1, decision: { kind: 'apply' } }])
})

test('every key stands in the help, with what it does, and in the list of everything unless it is of a moment', () => {
  const help = keyHelp(DEFAULT_KEYMAP, 'hosts', 200, themeFor(false))
  const items = everythingFinder(scene('approval'), []).items
  for (const binding of BINDINGS) {
    const row = help.find(each => each.binding === binding)
    expect(row?.text.trim(), nameOf(binding)).toMatch(/^\S.* \S/)
    expect(row?.text).toContain(binding.help)
    const inList = items.some(
      ({ take }) => take.kind === 'action' && take.context === binding.context && take.action === binding.action,
    )
    expect(inList, nameOf(binding)).toBe(!MOMENTARY.has(binding.context))
  }
})

test('what is there for a moment has its keys in the last row, which can be clicked; letters are taken back by keys', () => {
  const typing = new Set(['erase', 'clear'])
  const inFooter = new Set(BINDINGS.filter(({ footer }) => footer !== undefined).map(nameOf))
  // a list is gone through by the wheel and its items are clicked; of shells, a click goes to one
  const byItself = new Set([
    'completion.previous-completion',
    'finder.page-up',
    'finder.page-down',
    'shells.previous-shell',
    'shells.send-the-key',
  ])
  const out = BINDINGS.filter(({ context, action }) => MOMENTARY.has(context) && !typing.has(action))
    .map(nameOf)
    .filter(name => !inFooter.has(name) && !byItself.has(name))
  expect(out).toEqual([])
})

test('every key can be set to another, which then does it, and is the one that help and list tell', () => {
  for (const binding of BINDINGS) {
    const settings = withSetting(DEFAULT_SETTINGS, 'key', `${nameOf(binding)} ctrl-x,f11`)
    const view = update(scene('cells'), {
      kind: 'records',
      records: [{ type: 'session.settings', settings, at: NOW }],
      now: NOW,
    }).view
    const set = view.keymap.bindings.find(each => nameOf(each) === nameOf(binding))
    expect(set?.keys).toEqual(['ctrl-x f11'])
    const row = keyHelp(view.keymap, 'hosts', 200, themeFor(false)).find(each => each.binding === set)
    expect(row?.text).toContain('^X F11')
    expect(keysText(settings.keys, nameOf(binding))).toContain('ctrl-x,f11')
  }
})
