import { GUARDS, type Guard } from '../../engine/inventory/spec.js'
import { focusText, hostLine } from '../document/host-text.js'
import type { Theme } from '../document/theme.js'
import { usersText } from '../document/users-text.js'
import type { Vi } from '../editor/vi/state.js'
import { countsOf, usersOf } from '../state/host-counts.js'
import type { View } from '../state/view.js'
import { pad, slice, truncate, widthOf } from '../text/width.js'

/** Columns below which a part of the inventory's name says nothing. */
const SHORTEST = 8

/**
 * The first row: which inventory, which focus, how many hosts are up, under which guard, as whom, when. Where there is little
 * room, signs stand for words, and the inventory's name is cut before anything that says what is about to happen.
 */
export function statusLine(view: View, theme: Theme): string {
  const { cols } = view.size
  const clock = `${theme.faint(new Date(view.now).toTimeString().slice(0, 8))} `
  const room = cols - widthOf(clock) - 1
  const name = hostLine(view.session.inventory)
  const inventory = shortened(name, Math.floor(cols / 4))
  const [words, short, signs] = [parts(view, theme, 'words'), parts(view, theme, 'short'), parts(view, theme, 'signs')]
  const lead = (shown: string) => ` ${theme.strong('muster')}${shown === '' ? '' : ` ${theme.faint('·')} ${shown}`}`
  const shortest = (after: readonly string[]) => {
    const left = room - widthOf([lead('x'), ...after].join('  ')) + 1
    return left < SHORTEST ? [] : [[lead(shortened(name, left)), ...after].join('  ')]
  }
  const texts = [
    [lead(inventory), ...words].join('   '),
    ...[words, short].map(each => [lead(inventory), ...each].join('  ')),
    ...shortest(short),
    ...shortest(signs),
    [lead(''), ...signs].join('  '),
  ]
  const text = texts.find(each => widthOf(each) <= room) ?? texts.at(-1) ?? ''
  return pad(truncate(text, room, '…'), cols - widthOf(clock)) + clock
}

/** A name in so many columns; of a path, its end. */
function shortened(name: string, width: number): string {
  const tooMuch = widthOf(name) - width
  return tooMuch > 0 && name.includes('/')
    ? `…${slice(name, tooMuch + 1, Number.POSITIVE_INFINITY)}`
    : truncate(name, width, '…')
}

/** What follows the inventory: in words, in fewer of them, or by signs. */
function parts({ session, hosts, prompt }: View, theme: Theme, said: 'words' | 'short' | 'signs'): string[] {
  const { ready, lost, unreachable, coming } = countsOf(hosts.entries)
  const { pattern, hosts: focus } = session.focus
  const guard = guardOf(focus, hosts)
  const as = usersText(usersOf(hosts.entries, focus), theme)
  const label = (text: string) => (said === 'words' ? `${theme.faint(text)} ` : '')
  const count = (sign: string, number: number, word: string) => `${sign} ${number}${said === 'signs' ? '' : ` ${word}`}`
  const focused = theme.accent(focusText(pattern))
  return [
    `${label('focus')}${focused} ${focus.length}/${hosts.entries.size}`,
    count(theme.good('●'), ready, 'ready'),
    ...(coming > 0 ? [count(theme.warning('◌'), coming, 'connecting')] : []),
    ...(lost > 0 ? [theme.bad(count('○', lost, 'lost'))] : []),
    ...(unreachable > 0 ? [theme.bad(count('✗', unreachable, 'unreachable'))] : []),
    ...(guard
      ? [`${theme.faint('guard:')} ${guard === 'confirm' || guard === 'open' ? guard : theme.warning(guard)}`]
      : []),
    ...(as === '' ? [] : [as]),
    ...(prompt.vi ? [`${label('vi:')}${modeOf(prompt.vi, theme)}`] : []),
  ]
}

/** vi's mode, and what has been typed of a command. */
function modeOf({ mode, keys }: Vi, theme: Theme): string {
  return `${mode === 'insert' ? mode : theme.strong(mode.replace('-', ' '))}${keys.length === 0 ? '' : ` ${keys.join('')}`}`
}

const guards = new WeakMap<readonly string[], { readonly guarded: object; readonly guard: Guard | undefined }>()

/** The strictest guard in the focus, looked for again when guards are set. */
function guardOf(focus: readonly string[], { entries, guarded }: View['hosts']): Guard | undefined {
  const known = guards.get(focus)
  if (known?.guarded === guarded) return known.guard
  const present = new Set(focus.map(host => entries.get(host)?.guard))
  const guard = GUARDS.findLast(candidate => present.has(candidate))
  guards.set(focus, { guarded, guard })
  return guard
}
