import { GUARDS, type Guard } from '../../engine/inventory/spec.js'
import { hostLine } from '../document/host-text.js'
import type { Theme } from '../document/theme.js'
import type { Vi } from '../editor/vi/state.js'
import { countsOf } from '../state/host-counts.js'
import type { View } from '../state/view.js'
import { pad, truncate, widthOf } from '../text/width.js'

/** The first row: which inventory, which focus, how many hosts are up, under which guard, when. Where there is little room, signs stand for words. */
export function statusLine(view: View, theme: Theme): string {
  const { cols } = view.size
  const clock = `${theme.faint(new Date(view.now).toTimeString().slice(0, 8))} `
  const room = cols - widthOf(clock) - 1
  const words = parts(view, theme, true)
  const texts = [words.join('   '), words.join('  '), parts(view, theme, false).join('  ')]
  const text = texts.find(each => widthOf(each) <= room) ?? texts.at(-1) ?? ''
  return pad(truncate(text, room, '…'), cols - widthOf(clock)) + clock
}

function parts({ session, hosts, size, prompt }: View, theme: Theme, words: boolean): string[] {
  const { ready, lost, unreachable, coming } = countsOf(hosts.entries)
  const { pattern, hosts: focus } = session.focus
  const guard = guardOf(focus, hosts.entries)
  const label = (text: string) => (words ? `${theme.faint(text)} ` : '')
  const count = (sign: string, number: number, word: string) => `${sign} ${number}${words ? ` ${word}` : ''}`
  const inventory = truncate(hostLine(session.inventory), Math.floor(size.cols / 4), '…')
  const focused = theme.accent(truncate(hostLine(pattern === '' ? 'all' : pattern), 24, '…'))
  return [
    ` ${theme.strong('muster')} ${theme.faint('·')} ${inventory}`,
    `${label('focus')}${focused} ${focus.length}/${hosts.entries.size}`,
    count(theme.good('●'), ready, 'ready'),
    ...(coming > 0 ? [count(theme.warning('◌'), coming, 'connecting')] : []),
    ...(lost > 0 ? [theme.bad(count('○', lost, 'lost'))] : []),
    ...(unreachable > 0 ? [theme.bad(count('✗', unreachable, 'unreachable'))] : []),
    ...(guard
      ? [`${theme.faint('guard:')} ${guard === 'confirm' || guard === 'open' ? guard : theme.warning(guard)}`]
      : []),
    ...(prompt.vi ? [`${label('vi:')}${modeOf(prompt.vi, theme)}`] : []),
  ]
}

/** vi's mode, and what has been typed of a command. */
function modeOf({ mode, keys }: Vi, theme: Theme): string {
  return `${mode === 'insert' ? mode : theme.strong(mode.replace('-', ' '))}${keys.length === 0 ? '' : ` ${keys.join('')}`}`
}

const guards = new WeakMap<readonly string[], Guard | undefined>()

/** The strictest guard in the focus; a host's guard is fixed by the inventory. */
function guardOf(focus: readonly string[], entries: View['hosts']['entries']): Guard | undefined {
  if (guards.has(focus)) return guards.get(focus)
  const present = new Set(focus.map(host => entries.get(host)?.guard))
  const guard = GUARDS.findLast(candidate => present.has(candidate))
  guards.set(focus, guard)
  return guard
}
