import { BINDINGS, type BoundAction, type Context, type Binding as KeyBinding } from '../../repl/keys/bindings.js'
import { boundKeys } from '../../repl/keys/keymap.js'
import type { Settings } from '../../repl/settings/settings.js'
import { keyLabel, spokenKey } from '../text/key-label.js'

/** What the screen can do: what keys are bound to, and what vi wants of it. */
export type Action = BoundAction | 'help at cursor'

export type Binding = KeyBinding<BoundAction>

/** The keys as they are now, and how they are written. */
export interface Keymap {
  readonly bindings: readonly Binding[]
  readonly signs: string
}

export const DEFAULT_KEYMAP: Keymap = { bindings: BINDINGS, signs: 'unicode' }

export const keymapOf = ({ keys, signs }: Pick<Settings, 'keys' | 'signs'>): Keymap => ({
  bindings: boundKeys(keys),
  signs,
})

/** The first key of an action, as it is written on the screen. */
export function keyFor(keymap: Keymap, context: Context, action: BoundAction): string {
  return keyLabel(firstKey(keymap, context, action), keymap.signs)
}

/** The same in a sentence. */
export function keySaid(keymap: Keymap, context: Context, action: BoundAction): string {
  return spokenKey(firstKey(keymap, context, action))
}

function firstKey({ bindings }: Keymap, context: Context, action: BoundAction): string {
  return bindings.find(each => each.context === context && each.action === action)?.keys[0] ?? ''
}

/** What a key means: something to do, or the beginning of a sequence of keys. */
export type Meaning =
  | { readonly kind: 'action'; readonly action: Action }
  | { readonly kind: 'more'; readonly keys: string }

/**
 * What a key means in the first of these contexts that knows it.
 *
 * @param begun keys of a sequence that has begun, as the last look-up gave them; empty otherwise
 * @example
 * meaningOf(keymap, ['editor'], '', 'ctrl-x') // { kind: 'more', keys: 'ctrl-x' }
 * meaningOf(keymap, ['editor'], 'ctrl-x', 'ctrl-u') // { kind: 'action', action: 'undo' }
 */
export function meaningOf(
  { bindings }: Keymap,
  contexts: readonly Context[],
  begun: string,
  key: string,
): Meaning | undefined {
  const keys = begun === '' ? key : `${begun} ${key}`
  for (const context of contexts) {
    const here = bindings.filter(binding => binding.context === context)
    const exact = here.find(binding => binding.keys.includes(keys))
    if (exact) return { kind: 'action', action: exact.action }
    if (here.some(binding => binding.keys.some(each => each.startsWith(`${keys} `)))) return { kind: 'more', keys }
  }
  return undefined
}
