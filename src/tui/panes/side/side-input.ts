import type { Problem } from '../../../repl/protocol.js'
import type { HostEntry } from '../../state/hosts.js'
import type { View } from '../../state/view.js'

/** What of the view the right pane shows. */
export interface SideInput extends Pick<View, 'side' | 'cells' | 'notebook' | 'active' | 'now' | 'keymap'> {
  /** What is wrong with the draft, while the help is in view. */
  readonly problems: readonly Problem[]
  /** The host whose facts are shown. */
  readonly host: HostEntry | undefined
  /** Milliseconds of its last round trips, oldest first. */
  readonly latencies: readonly number[] | undefined
}
