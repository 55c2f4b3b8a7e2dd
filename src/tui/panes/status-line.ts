import { GUARDS } from '../../engine/inventory/spec.js'
import { hostLine } from '../document/host-text.js'
import type { Theme } from '../document/theme.js'
import type { View } from '../state/view.js'
import { pad, truncate, widthOf } from '../text/width.js'

/** The first row: which inventory, which focus, how many hosts are up, under which guard, when. Where there is little room, signs stand for words. */
export function statusLine(view: View, theme: Theme): string {
  const { cols } = view.size
  const clock = `${theme.faint(new Date(view.now).toTimeString().slice(0, 8))} `
  const room = cols - widthOf(clock) - 1
  const wide = parts(view, theme, true).join('   ')
  const text = widthOf(wide) <= room ? wide : parts(view, theme, false).join('  ')
  return pad(truncate(text, room, '…'), cols - widthOf(clock)) + clock
}

function parts({ session, hosts, size }: View, theme: Theme, words: boolean): string[] {
  let [ready, bad, coming] = [0, 0, 0]
  for (const { state } of hosts.entries.values()) {
    if (state === 'ready') ready += 1
    else if (state === 'lost' || state === 'failed') bad += 1
    else if (state !== 'idle' && state !== 'closed') coming += 1
  }
  const { pattern, hosts: focus } = session.focus
  const guard = strictestGuard(focus.flatMap(host => hosts.entries.get(host)?.guard ?? []))
  const label = (text: string) => (words ? `${theme.faint(text)} ` : '')
  const count = (sign: string, number: number, word: string) => `${sign} ${number}${words ? ` ${word}` : ''}`
  const inventory = truncate(hostLine(session.inventory), Math.floor(size.cols / 4), '…')
  const focused = theme.accent(truncate(hostLine(pattern === '' ? 'all' : pattern), 24, '…'))
  return [
    ` ${theme.strong('muster')} ${theme.faint('·')} ${inventory}`,
    `${label('focus')}${focused} ${focus.length}/${hosts.entries.size}`,
    count(theme.good('●'), ready, 'ready'),
    ...(coming > 0 ? [count(theme.warning('◌'), coming, 'connecting')] : []),
    ...(bad > 0 ? [theme.bad(count('✗', bad, 'lost'))] : []),
    ...(guard
      ? [`${theme.faint('guard:')} ${guard === 'confirm' || guard === 'open' ? guard : theme.warning(guard)}`]
      : []),
  ]
}

function strictestGuard(guards: readonly (typeof GUARDS)[number][]) {
  const present = new Set(guards)
  return GUARDS.findLast(guard => present.has(guard))
}
