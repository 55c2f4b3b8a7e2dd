import type { Theme } from '../document/theme.js'
import type { Binding } from '../state/keymap.js'
import { placeOf } from '../state/place.js'
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
  const context = placeOf(view)
  const keys: FooterKey[] = []
  let start = 1
  for (const binding of view.keymap.bindings) {
    const here = binding.context === context && works(binding, view)
    if (binding.footer === undefined || !(here || (binding.context === 'everywhere' && !view.finder && !view.shells)))
      continue
    const label = keyLabel(binding.keys[0] ?? '', view.keymap.signs)
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
