import { GUARDS } from '../../engine/inventory/spec.js'
import { hostLine } from '../document/host-text.js'
import type { Theme } from '../document/theme.js'
import type { View } from '../state/view.js'
import { pad, truncate, widthOf } from '../text/width.js'

/** The first row: which inventory, which focus, how many hosts are up, under which guard, when. */
export function statusLine({ session, hosts, size, now }: View, theme: Theme): string {
  let [ready, bad, coming] = [0, 0, 0]
  for (const { state } of hosts.entries.values()) {
    if (state === 'ready') ready += 1
    else if (state === 'lost' || state === 'failed') bad += 1
    else if (state !== 'idle' && state !== 'closed') coming += 1
  }
  const { pattern, hosts: focus } = session.focus
  const counts = `${focus.length}/${hosts.entries.size}`
  const guard = strictestGuard(focus.flatMap(host => hosts.entries.get(host)?.guard ?? []))
  const name = ` ${theme.strong('muster')} ${theme.faint('·')} ${truncate(hostLine(session.inventory), Math.floor(size.cols / 4), '…')}`
  const parts = [
    `${theme.faint('focus')} ${theme.accent(truncate(hostLine(pattern === '' ? 'all' : pattern), 24, '…'))} ${counts}`,
    `${theme.good('●')} ${ready} ready`,
    ...(coming > 0 ? [`${theme.warning('◌')} ${coming} connecting`] : []),
    ...(bad > 0 ? [theme.bad(`✗ ${bad} lost`)] : []),
    ...(guard
      ? [`${theme.faint('guard:')} ${guard === 'confirm' || guard === 'open' ? guard : theme.warning(guard)}`]
      : []),
  ]
  const clock = `${theme.faint(new Date(now).toTimeString().slice(0, 8))} `
  const text = [name, ...parts].join('   ')
  return pad(truncate(text, size.cols - widthOf(clock) - 1, '…'), size.cols - widthOf(clock)) + clock
}

function strictestGuard(guards: readonly (typeof GUARDS)[number][]) {
  const present = new Set(guards)
  return GUARDS.findLast(guard => present.has(guard))
}
