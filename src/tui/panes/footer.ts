import type { Theme } from '../document/theme.js'
import type { Binding, Keymap } from '../state/keymap.js'
import { placeOf } from '../state/place.js'
import { answers } from '../state/question.js'
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

/** What leads to everything else: it is there however little room there is. */
const LEADING: ReadonlySet<string> = new Set(['find anything', 'help'])

/** The keys that work here and now, as many as fit, and always those that lead to all others. */
export function footerKeys(view: View): readonly FooterKey[] {
  const context = placeOf(view)
  const offered = labelled(view.keymap).filter(
    ({ binding }) =>
      (binding.context === context && works(binding, view)) ||
      (binding.context === 'everywhere' && !view.finder && !view.shells),
  )
  const leads = ({ binding }: (typeof offered)[number]) => LEADING.has(binding.action)
  let room = view.size.cols + 1 - offered.filter(leads).reduce((sum, { width }) => sum + width, 0)
  let start = 1
  const keys: FooterKey[] = []
  for (const key of offered) {
    if (!leads(key)) {
      if (key.width > room) continue
      room -= key.width
    }
    keys.push({ ...key, start, end: start + key.width - BETWEEN })
    start += key.width
  }
  return keys
}

/** Blanks between two keys. */
const BETWEEN = 2

type Labelled = Pick<FooterKey, 'binding' | 'label'> & { readonly width: number }

const labels = new WeakMap<Keymap, readonly Labelled[]>()

/** All that may stand in the last row, and the columns each takes; worked out once for a keymap. */
function labelled(keymap: Keymap): readonly Labelled[] {
  const known = labels.get(keymap)
  if (known) return known
  const made = keymap.bindings
    .filter(({ footer }) => footer !== undefined)
    .map(binding => {
      const label = keyLabel(binding.keys[0] ?? '', keymap.signs)
      return { binding, label, width: widthOf(`${label} ${binding.footer}`) + BETWEEN }
    })
  labels.set(keymap, made)
  return made
}

/** The last row. */
export function footer(view: View, theme: Theme): string {
  const parts = footerKeys(view).map(
    ({ label, binding: { footer = '' } }) => `${theme.accent(label)} ${theme.faint(footer)}`,
  )
  return parts.length === 0 ? '' : ` ${parts.join('  ')}`
}

/** What cannot be done now is not offered. */
function works({ action, context }: Binding, view: View): boolean {
  if (context === 'question' && !answers(view.questions[0], action)) return false
  const choices = view.approvals[0]?.request.choices.length ?? 0
  return isRead(view) && (action !== 'approve groups' || choices > 1)
}
