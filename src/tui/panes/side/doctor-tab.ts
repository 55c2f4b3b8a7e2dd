import { hostLine, hostLines } from '../../document/host-text.js'
import type { Theme } from '../../document/theme.js'
import { columnIn, wrap, wrapInColumns } from '../../document/wrap.js'
import { keySaid } from '../../state/keymap.js'
import type { SideInput } from './side-input.js'

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
  const [verdict = '', ...lines] = hostLines(found)
  const paint = host?.state === 'ready' ? theme.good : theme.warning
  return [
    ...head,
    ...wrapInColumns(verdict, width).map(paint),
    ...lines.flatMap(line => wrapInColumns(painted(line, width, theme), width)),
  ]
}

/** What is wrong and what to do about it stand out; names of rows stand back. */
function painted(line: string, width: number, theme: Theme): string {
  if (/^ *→ /.test(line)) return theme.warning(line)
  if (/^ {2}\S(?!.* {2})/.test(line) || /^[✗○]/.test(line)) return theme.bad(line)
  const column = columnIn(line, width)
  return theme.faint(line.slice(0, column)) + line.slice(column)
}
