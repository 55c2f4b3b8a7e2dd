import { hostLine, hostLines } from '../../document/host-text.js'
import type { Theme } from '../../document/theme.js'
import { wrap } from '../../document/wrap.js'
import { keySaid } from '../../state/keymap.js'
import type { SideInput } from '../side-pane.js'

/** How the host is connected, phase by phase, and what to do where it is not. */
export function doctorLines({ side, host, keymap }: SideInput, width: number, theme: Theme): string[] {
  if (side.host === undefined)
    return wrap(
      `${keySaid(keymap, 'hosts', 'choose')} on a host in the hosts pane (${keySaid(keymap, 'everywhere', 'next pane')}), then this tab, examines it.`,
      width,
    ).map(theme.faint)
  const found = side.doctor.get(side.host)
  const head = [theme.strong(hostLine(side.host)), '']
  if (found === undefined) return [...head, theme.faint(`${keySaid(keymap, 'side', 'refresh')} examines it`)]
  if (found === 'examining') return [...head, theme.faint('examining …')]
  const paint = host?.state === 'ready' ? (text: string) => text : theme.warning
  return [
    ...head,
    ...hostLines(found)
      .flatMap(line => wrap(line, width))
      .map((line, row) => (row === 0 ? paint(line) : line)),
  ]
}
