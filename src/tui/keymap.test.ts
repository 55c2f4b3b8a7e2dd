import { describe, expect, test } from 'vitest'
import { Emulator } from '../../test/terminal/emulator.js'
import { keyBytes } from '../../test/terminal/keys.js'
import { DEFAULT_KEYMAP, type KeyContext, keyFor, keyLabel, meaningOf } from './keymap.js'
import { InputDecoder } from './screen/input.js'
import { chordOf } from './screen/input-event.js'

const contexts = Object.keys(DEFAULT_KEYMAP).filter((name): name is KeyContext => name in DEFAULT_KEYMAP)

test('sequences are followed key by key', () => {
  const prompt = ['prompt', 'global'] as const
  expect(meaningOf(DEFAULT_KEYMAP, prompt, '', 'ctrl-x')).toEqual({ kind: 'more', keys: 'ctrl-x' })
  expect(meaningOf(DEFAULT_KEYMAP, prompt, 'ctrl-x', 'ctrl-e')).toEqual({ kind: 'action', action: 'open-editor' })
  expect(meaningOf(DEFAULT_KEYMAP, prompt, 'ctrl-x', 'q')).toEqual({ kind: 'unbound' })
})

test('the innermost context that binds a key wins', () => {
  expect(meaningOf(DEFAULT_KEYMAP, ['approval', 'cells', 'global'], '', 'escape')).toEqual({
    kind: 'action',
    action: 'decline',
  })
  expect(meaningOf(DEFAULT_KEYMAP, ['cells', 'global'], '', 'escape')).toEqual({ kind: 'action', action: 'cancel' })
  expect(meaningOf(DEFAULT_KEYMAP, ['cells', 'global'], '', 'ctrl-y')).toEqual({ kind: 'unbound' })
})

describe.each(contexts)('keys of %s', context => {
  const keys = DEFAULT_KEYMAP[context].flatMap(binding => binding.keys)

  test('none is bound twice, or begins another', () => {
    expect(new Set(keys).size).toBe(keys.length)
    for (const key of keys) expect(keys.some(other => other.startsWith(`${key} `))).toBe(false)
  })

  test.each(keys.flatMap(sequence => sequence.split(' ')))('%s is a key that the decoder names so', async chord => {
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
const KITTY_ONLY = ['shift-backspace', 'ctrl-backspace']

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

test('the key shown for an action is the first of the innermost context', () => {
  expect(keyFor(DEFAULT_KEYMAP, ['prompt', 'global'], 'newline')).toBe('⌥⏎')
  expect(keyFor(DEFAULT_KEYMAP, ['cells', 'global'], 'newline')).toBeUndefined()
})

test('key signs take one column each', async () => {
  const emulator = new Emulator({ cols: 20, rows: 1, widths: 'old' })
  await emulator.write(keyLabel('alt-enter up shift-left'))
  expect(emulator.cursor.x).toBe('⌥⏎ ↑ ⇧←'.length)
})
