import { hostLine } from '../document/host-text.js'
import type { Theme } from '../document/theme.js'
import type { Completion } from '../state/completion.js'
import { pad, truncate, widthOf } from '../text/width.js'

/** Rows of the list in view. */
const MOST = 8

export interface Popup {
  readonly width: number
  readonly rows: readonly string[]
}

/** The list of completions around the selected one, what each is beside it, in a border. */
export function completionPopup({ items, selected }: Completion, width: number, theme: Theme): Popup {
  const height = Math.min(MOST, items.length)
  const top = Math.max(0, Math.min(selected - Math.floor(height / 2), items.length - height))
  const shown = items
    .slice(top, top + height)
    .map(item => ({ name: hostLine(item.name), about: hostLine(item.detail ?? item.kind) }))
  const names = Math.min(32, Math.max(...shown.map(({ name }) => widthOf(name))))
  const abouts = Math.min(width - names - 6, Math.max(...shown.map(({ about }) => widthOf(about))))
  const across = names + abouts + 4
  const count = items.length > height ? ` ${selected + 1}/${items.length} ` : ''
  const body = shown.map(({ name, about }, index) => {
    const left = pad(name, names, 'left', '…')
    const right = pad(truncate(about, abouts, '…'), abouts)
    const row = ` ${left}  ${right} `
    return `│${top + index === selected ? theme.selected(row) : ` ${left}  ${theme.faint(right)} `}│`
  })
  return {
    width: across + 2,
    rows: [`╭${'─'.repeat(across)}╮`, ...body, `╰${count}${'─'.repeat(Math.max(0, across - count.length))}╯`],
  }
}
