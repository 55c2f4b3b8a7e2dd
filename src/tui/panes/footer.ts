import type { Theme } from '../document/theme.js'
import { BINDINGS, type Binding, type Context } from '../state/bindings.js'
import type { View } from '../state/view.js'
import { isRead } from '../state/waiting.js'
import { keyLabel } from '../text/key-label.js'
import { truncate, widthOf } from '../text/width.js'

/** The last row: the keys that work here and now, as many as fit. */
export function footer(view: View, theme: Theme): string {
  const context = contextOf(view)
  const shown = BINDINGS.filter(
    binding =>
      (binding.context === context && works(binding, view)) || (binding.context === 'everywhere' && !view.finder),
  ).flatMap(({ keys: [key = ''], footer: text }) =>
    text === undefined ? [] : [`${theme.accent(keyLabel(key))} ${theme.faint(text)}`],
  )
  let row = ''
  for (const part of shown) {
    const next = `${row === '' ? ' ' : `${row}  `}${part}`
    if (widthOf(next) > view.size.cols) break
    row = next
  }
  return truncate(row, view.size.cols)
}

/** What cannot be done now is not offered. */
function works({ action }: Binding, view: View): boolean {
  const choices = view.approvals[0]?.request.choices.length ?? 0
  return isRead(view) && (action !== 'approve groups' || choices > 1)
}

function contextOf({ active, finder, hosts, prompt }: View): Context {
  if (finder) return 'finder'
  if (active === 'prompt' && prompt.completion) return 'completion'
  return active === 'hosts' && hosts.filtering ? 'filter' : active
}
