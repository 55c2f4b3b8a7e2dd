import type { DisplayGroup } from '../../repl/protocol.js'
import { type Entry, type Stop, stopKey } from '../state/entry.js'
import { pad, widthOf } from '../text/width.js'
import { durationText } from './duration.js'
import { answersOf, saidBy } from './host-answers.js'
import { hostLine } from './host-text.js'
import { DEEPER, type DrawContext, type Line } from './line.js'
import { statusText } from './status-text.js'
import type { Theme } from './theme.js'
import { wrap } from './wrap.js'

/** Columns that names of hosts take at most. */
const NAMES = 32

/** The hosts of an open group, a row each: how each ended, how long it took; below those that are open, what they said. */
export function hostRows(entry: Entry, index: number, { hosts }: DisplayGroup, context: DrawContext): Line[] {
  const { theme, width } = context
  const names = Math.min(NAMES, Math.max(...hosts.map(host => widthOf(hostLine(host)))))
  return hosts.flatMap((host): Line[] => {
    const stop: Stop = { kind: 'result host', group: index, host }
    const open = (entry.opened.get(stopKey(stop)) ?? 0) > 0
    const name = pad(hostLine(host), names, 'left', '…')
    const text = `${DEEPER}${theme.faint(open ? '▾' : '▸')} ${name}  ${endText(entry, host, theme)}`
    if (!open) return [{ text, stop }]
    const said = saidBy(entry, host)
    const rows = said.length === 0 ? [theme.faint('(no output)')] : said
    return [
      { text, stop },
      ...rows
        .flatMap(row => wrap(row, width - DEEPER.length - 4))
        .map(row => ({ text: `${DEEPER}  ${theme.faint('│')} ${row}` })),
    ]
  })
}

/** How a host ended in the last step, and how long all of them took. */
function endText(entry: Entry, host: string, theme: Theme): string {
  const answers = answersOf(entry, host).map(([, answer]) => answer)
  const last = answers.at(-1)
  if (!last) return ''
  const { status, exitCode } = last
  const how = exitCode === undefined ? statusText(status, theme) : exitText(exitCode, theme)
  const ms = answers.reduce((sum, answer) => sum + answer.ms, 0)
  return `${pad(how, 13)}  ${theme.faint(durationText(ms).padStart(8))}`
}

const exitText = (code: number, theme: Theme): string =>
  code === 0 ? theme.good('✓ exit 0') : theme.bad(`✗ exit ${code}`)
