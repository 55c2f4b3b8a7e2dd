import { describe, expect, test } from 'vitest'
import { Emulator } from '../../../test/terminal/emulator.js'
import { keyBytes } from '../../../test/terminal/keys.js'
import { BINDINGS } from '../../repl/keys/bindings.js'
import { InputDecoder } from '../screen/input.js'
import { chordOf } from '../screen/input-event.js'
import { DEFAULT_KEYMAP, meaningOf } from '../state/keymap.js'
import { keyLabel } from './key-label.js'

const contexts = [...new Set(BINDINGS.map(({ context }) => context))]

test('sequences are followed key by key', () => {
  const prompt = ['prompt', 'editor', 'everywhere'] as const
  expect(meaningOf(DEFAULT_KEYMAP, prompt, '', 'ctrl-x')).toEqual({ kind: 'more', keys: 'ctrl-x' })
  expect(meaningOf(DEFAULT_KEYMAP, prompt, 'ctrl-x', 'ctrl-u')).toEqual({ kind: 'action', action: 'undo' })
  expect(meaningOf(DEFAULT_KEYMAP, prompt, 'ctrl-x', 'q')).toBeUndefined()
})

test('the first context that binds a key wins', () => {
  const pressed = (context: 'approval' | 'cells') => meaningOf(DEFAULT_KEYMAP, [context, 'everywhere'], '', 'escape')
  expect(pressed('approval')).toEqual({ kind: 'action', action: 'decline' })
  expect(pressed('cells')).toEqual({ kind: 'action', action: 'to prompt' })
  expect(meaningOf(DEFAULT_KEYMAP, ['cells', 'everywhere'], '', 'ctrl-y')).toBeUndefined()
})

describe.each(contexts)('keys of %s', context => {
  const keys = BINDINGS.filter(binding => binding.context === context).flatMap(binding => binding.keys)

  test('none is bound twice, or begins another', () => {
    expect(new Set(keys).size).toBe(keys.length)
    for (const key of keys) expect(keys.some(other => other.startsWith(`${key} `))).toBe(false)
  })

  test.each(keys.flatMap(sequence => sequence.split(' ')))('%s is a key that the decoder names so', chord => {
    const known = legacyBytes(chord)
    if (known === undefined) expect(KITTY_ONLY).toContain(chord)
    else {
      const decoder = new InputDecoder()
      const events = [...decoder.push(new TextEncoder().encode(known)), ...decoder.flush()]
      expect(events.map(chordOf)).toEqual([chord])
    }
  })
})

/** Keys that only terminals with the kitty protocol can tell. */
const KITTY_ONLY = ['shift-backspace', 'ctrl-backspace', 'ctrl-/']

function legacyBytes(chord: string): string | undefined {
  try {
    return keyBytes(chord)
  } catch {
    return undefined
  }
}

test.each([
  ['ctrl-x ctrl-e', '^X ^E'],
  ['alt-enter', '⌥⏎'],
  ['f6', 'F6'],
  ['shift-f6', '⇧F6'],
  ['?', '?'],
  ['ctrl-_', '^_'],
])('%s is shown as %s', (keys, label) => {
  expect(keyLabel(keys)).toBe(label)
})

test('key signs take one column each', async () => {
  const emulator = new Emulator({ cols: 20, rows: 1, widths: 'old' })
  await emulator.write(keyLabel('alt-enter up shift-left'))
  expect(emulator.cursor.x).toBe('⌥⏎ ↑ ⇧←'.length)
})
