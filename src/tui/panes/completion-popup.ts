import { hostLine } from '../document/host-text.js'
import type { Theme } from '../document/theme.js'
import { wrap } from '../document/wrap.js'
import type { Completion } from '../state/completion.js'
import { pad, truncate, widthOf } from '../text/width.js'

/** Rows of the list in view. */
const MOST = 8

export interface Popup {
  readonly width: number
  readonly rows: readonly string[]
}

/** Which items are listed: the first, and how many; each has a row, below the upper edge. */
export function listedOf({ items, selected }: Pick<Completion, 'items' | 'selected'>): { top: number; height: number } {
  const height = Math.min(MOST, items.length)
  return { top: Math.max(0, Math.min(selected - Math.floor(height / 2), items.length - height)), height }
}

/** The list of completions around the selected one, what each is beside it, in a border. */
export function completionPopup({ items, selected, about }: Completion, width: number, theme: Theme): Popup {
  const { top, height } = listedOf({ items, selected })
  const shown = items
    .slice(top, top + height)
    .map(item => ({ name: hostLine(item.name), about: hostLine(item.detail ?? item.kind) }))
  const described = about && about.name === items[selected]?.name ? aboutRows(about.text, width - 6) : []
  const names = Math.min(32, Math.max(...shown.map(({ name }) => widthOf(name))))
  const abouts = Math.min(width - names - 6, Math.max(...shown.map(({ about }) => widthOf(about))))
  const across = Math.max(names + abouts + 4, ...described.map(row => widthOf(row) + 2))
  const count = items.length > height ? ` ${selected + 1}/${items.length} ` : ''
  const body = shown.map(({ name, about }, index) => {
    const left = pad(name, names, 'left', '…')
    const right = pad(truncate(about, abouts, '…'), abouts)
    const filling = ' '.repeat(across - names - abouts - 4)
    const row = ` ${left}  ${right} ${filling}`
    return `│${top + index === selected ? theme.selected(row) : ` ${left}  ${theme.faint(right)} ${filling}`}│`
  })
  const more = described.map(row => `│ ${theme.faint(pad(row, across - 2))} │`)
  return {
    width: across + 2,
    rows: [
      `╭${'─'.repeat(across)}╮`,
      ...body,
      ...(more.length > 0 ? [`├${'─'.repeat(across)}┤`, ...more] : []),
      `╰${count}${'─'.repeat(Math.max(0, across - count.length))}╯`,
    ],
  }
}

/** Rows on the selected item. */
const MOST_ABOUT = 3

function aboutRows(text: string, width: number): string[] {
  const rows = text.split('\n').flatMap(line => wrap(hostLine(line), width))
  return rows.length > MOST_ABOUT
    ? [...rows.slice(0, MOST_ABOUT - 1), truncate(`${rows[MOST_ABOUT - 1]} …`, width, '…')]
    : rows
}
