import { hostLine } from '../../document/host-text.js'
import type { Theme } from '../../document/theme.js'
import type { SideInput } from './side-input.js'

/** What is looked for, while there is something. */
export function filterRow({ filter, filtering }: SideInput['side'], theme: Theme): string[] {
  if (filter === '' && !filtering) return []
  return [`${theme.accent('/')}${hostLine(filter)}${filtering ? theme.selected(' ') : ''}`, '']
}
