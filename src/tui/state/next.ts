import type { Effect } from './message.js'
import type { View } from './view.js'

/** The view after a message, and what is to be done outside of it. */
export interface Next {
  readonly view: View
  readonly effects: readonly Effect[]
}
