import { foldNames } from '../../engine/nodeset/fold.js'
import type { BoundAction } from '../../repl/keys/bindings.js'
import { MOST_SHELLS } from '../../repl/marked.js'
import { chordOf, type InputEvent } from '../screen/input-event.js'
import type { TerminalImage } from '../shells/terminal-image.js'
import { keySaid, meaningOf } from './keymap.js'
import type { Effect, Message } from './message.js'
import type { Next } from './next.js'
import { startCommand } from './notebook.js'
import { shownKey } from './shown-key.js'
import type { View } from './view.js'

/** Shells on several hosts: what is typed goes to all of them. */
export interface ShellsView {
  readonly shells: ReadonlyMap<string, ShellOnHost>
  /** Hosts whose shells run, those with the same on their terminals together, the largest group first. */
  readonly together: readonly (readonly string[])[]
  /** The one host that is shown whole and gets the keys alone. */
  readonly zoomed: string | undefined
  /** Index of the group the cursor is on. */
  readonly cursor: number
  /** The next press of the key hangs up. */
  readonly leaving?: boolean
}

export interface ShellOnHost {
  readonly image: TerminalImage | undefined
  /** How it ended. */
  readonly ended?: string
}

/** Hosts that show the same since the last line was sent. */
export interface ShellGroup {
  readonly hosts: readonly string[]
  readonly image: TerminalImage | undefined
  readonly ended?: string
}

const only = (view: View): Next => ({ view, effects: [] })

/** Rows of the screen that are not the shells': above, what they are; below, the keys. */
const AROUND = 2

export const shellsSize = ({ size }: Pick<View, 'size'>) => ({ cols: size.cols, rows: size.rows - AROUND })

/** Begins an entry for shells on several hosts, and has them opened. */
export function attachAll(view: View, hosts: readonly string[]): Next {
  if (hosts.length > MOST_SHELLS)
    return only({ ...view, notice: `Shells open on at most ${MOST_SHELLS} hosts at once; these are ${hosts.length}.` })
  const notebook = startCommand(view.notebook, `shell ${foldNames(hosts)}`, view.now)
  return {
    view: { ...view, notebook },
    effects: [{ kind: 'open shells', hosts, entry: notebook.lastId, ...shellsSize(view) }],
  }
}

/** What shells told of themselves. */
export function applyShells(view: View, message: Extract<Message, { kind: `shell${string}` }>): View {
  if (message.kind === 'shells closed') return { ...view, shells: undefined, begun: '', notice: '' }
  if (message.kind === 'shells opened') {
    const shells = message.hosts.map((host): [string, ShellOnHost] => {
      const ended = message.ended.get(host)
      return [host, { image: undefined, ...(ended === undefined ? {} : { ended }) }]
    })
    return {
      ...view,
      finder: undefined,
      shells: regrouped({ shells: new Map(shells), together: [], zoomed: undefined, cursor: 0 }),
    }
  }
  const { shells: open } = view
  if (!open) return view
  const shells = new Map(open.shells)
  if (message.kind === 'shell ended') {
    shells.set(message.host, { image: shells.get(message.host)?.image, ended: message.how })
    const zoomed = open.zoomed === message.host ? undefined : open.zoomed
    return { ...view, shells: regrouped({ ...open, shells, zoomed }) }
  }
  for (const [host, image] of message.images) {
    const known = shells.get(host)
    if (known) shells.set(host, { ...known, image })
  }
  const next = { ...open, shells }
  const grouped = regrouped(next)
  // what comes apart may only be late
  return { ...view, shells: message.settled || grouped.together.length <= open.together.length ? grouped : next }
}

/** Hosts that get what is typed: the one that is looked at alone, else all whose shell is open. */
export function typingTo({ shells, zoomed }: ShellsView): readonly string[] {
  if (zoomed !== undefined) return [zoomed]
  return [...shells].flatMap(([host, { ended }]) => (ended === undefined ? [host] : []))
}

/** The groups as they are shown; those that have ended are last. */
export function shellGroups({ shells, together }: ShellsView): readonly ShellGroup[] {
  const ended = new Map<string, string[]>()
  for (const [host, { ended: how }] of shells) if (how !== undefined) ended.set(how, [...(ended.get(how) ?? []), host])
  return [
    ...together.map(hosts => ({ hosts, image: shells.get(hosts[0] ?? '')?.image })),
    ...[...ended].map(([how, hosts]) => ({ hosts, image: undefined, ended: how })),
  ]
}

function regrouped(open: ShellsView): ShellsView {
  const groups = new Map<string, string[]>()
  for (const [host, { image, ended }] of open.shells) {
    if (ended !== undefined) continue
    const key = image ? shownKey(host, image) : ''
    groups.set(key, [...(groups.get(key) ?? []), host])
  }
  return { ...open, together: [...groups.values()].sort((a, b) => b.length - a.length) }
}

/** Everything the person does goes to the hosts, but for the few keys that are the screen's. */
export function receiveInShells(view: View, shown: ShellsView, event: InputEvent): Next {
  if (event.kind === 'focus' || event.kind === 'mouse') return only(view)
  const chord = chordOf(event)
  const meaning = chord === undefined ? undefined : meaningOf(view.keymap, ['shells'], view.begun, chord)
  if (meaning?.kind === 'more') return only({ ...view, begun: meaning.keys })
  const isLeaving = meaning?.action === 'leave shells'
  const open = shown.leaving && !isLeaving ? { ...shown, leaving: false } : shown
  const settled: View = { ...view, shells: open, begun: '' }
  if (meaning) return performInShells(settled, open, meaning.action)
  if (view.begun !== '')
    return only({ ...settled, notice: `${keySaid(view.keymap, 'shells', 'leave shells')} leaves the shells.` })
  return { view: settled, effects: [typed(open, event)] }
}

const typed = (open: ShellsView, event: InputEvent): Effect => ({
  kind: 'type into shells',
  hosts: typingTo(open),
  event,
})

export function performInShells(view: View, open: ShellsView, action: BoundAction | 'help at cursor'): Next {
  const shown = (change: Partial<ShellsView>): Next => only({ ...view, shells: { ...open, ...change } })
  switch (action) {
    case 'leave shells':
      return hangUp(view, open)
    case 'zoom shell':
      return shown({ zoomed: open.zoomed === undefined ? hostAtCursor(open) : undefined })
    case 'next shell':
      return moved(view, open, 1)
    case 'previous shell':
      return moved(view, open, -1)
    case 'send the key':
      return { view, effects: [typed(open, { kind: 'key', name: ']', ctrl: true, alt: false, shift: false })] }
    default:
      return only(view)
  }
}

/** Hangs up when the key is pressed again: what runs in the shells ends with them. */
function hangUp(view: View, open: ShellsView): Next {
  if (open.leaving) return { view: { ...view, notice: 'Hanging up …' }, effects: [{ kind: 'close shells' }] }
  const shells = typingTo({ ...open, zoomed: undefined }).length
  const what = shells === 1 ? 'the shell' : `all ${shells} shells`
  return only({
    ...view,
    shells: { ...open, leaving: true },
    notice: `Again hangs up on ${what}, and what runs there ends.`,
  })
}

function hostAtCursor(open: ShellsView): string | undefined {
  const groups = shellGroups(open).filter(({ ended }) => ended === undefined)
  return groups[Math.min(open.cursor, groups.length - 1)]?.hosts[0]
}

/** To the next group, or from the host that is looked at alone to the next one. */
function moved(view: View, open: ShellsView, by: 1 | -1): Next {
  const running = [...open.shells].flatMap(([host, { ended }]) => (ended === undefined ? [host] : []))
  const next = (count: number, at: number) => (count === 0 ? 0 : (at + by + count) % count)
  if (open.zoomed !== undefined) {
    const zoomed = running[next(running.length, running.indexOf(open.zoomed))]
    return only({ ...view, shells: { ...open, zoomed } })
  }
  return only({ ...view, shells: { ...open, cursor: next(shellGroups(open).length, open.cursor) } })
}
