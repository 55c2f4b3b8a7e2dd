import type { Theme } from '../document/theme.js'
import { BINDINGS, type Binding, type Context } from '../state/bindings.js'
import type { View } from '../state/view.js'
import { isRead } from '../state/waiting.js'
import { keyLabel } from '../text/key-label.js'
import { widthOf } from '../text/width.js'

/** A key in the last row: what it does, and the columns it takes there. */
interface FooterKey {
  readonly binding: Binding
  readonly label: string
  readonly start: number
  readonly end: number
}

/** The keys that work here and now, as many as fit. */
export function footerKeys(view: View): readonly FooterKey[] {
  const context = contextOf(view)
  const keys: FooterKey[] = []
  let start = 1
  for (const binding of BINDINGS) {
    const here = binding.context === context && works(binding, view)
    if (binding.footer === undefined || !(here || (binding.context === 'everywhere' && !view.finder))) continue
    const label = keyLabel(binding.keys[0] ?? '', view.settings.signs)
    const end = start + widthOf(`${label} ${binding.footer}`)
    if (end > view.size.cols) break
    keys.push({ binding, label, start, end })
    start = end + 2
  }
  return keys
}

/** The last row. */
export function footer(view: View, theme: Theme): string {
  const parts = footerKeys(view).map(
    ({ label, binding: { footer = '' } }) => `${theme.accent(label)} ${theme.faint(footer)}`,
  )
  return parts.length === 0 ? '' : ` ${parts.join('  ')}`
}

/** What cannot be done now is not offered. */
function works({ action }: Binding, view: View): boolean {
  const choices = view.approvals[0]?.request.choices.length ?? 0
  return isRead(view) && (action !== 'approve groups' || choices > 1)
}

function contextOf({ active, cells, side, finder, hosts, prompt }: View): Context {
  if (finder) return 'finder'
  if (active === 'prompt' && prompt.completion) return 'completion'
  if (active === 'cells' && cells.search?.typing) return 'search'
  return (active === 'hosts' && hosts.filtering) || (active === 'side' && side.filtering) ? 'filter' : active
}
