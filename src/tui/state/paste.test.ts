import { expect, test } from 'vitest'
import { promptLines } from '../document/prompt-lines.js'
import { themeFor } from '../document/theme.js'
import { InputDecoder } from '../screen/input.js'
import { layoutOf } from './geometry.js'
import type { Effect, Message } from './message.js'
import { update } from './update.js'
import { initialView, type View } from './view.js'

const LINES = 10_000

/** Milliseconds of this process's time: what others do on the machine does not count. */
const used = () => process.cpuUsage().user / 1000

test('10,000 lines are pasted without a stall, as one change, and nothing of them is run', () => {
  const text = Array.from(
    { length: LINES },
    (_, index) => `await files.line({ path: '/etc/motd', line: \`${index}\` })`,
  ).join('\n')
  const theme = themeFor(true)
  let view: View = initialView({ cols: 120, rows: 40 }, 0)
  const effects: Effect[] = []
  const tell = (message: Message) => {
    const step = update(view, message)
    view = step.view
    effects.push(...step.effects)
    return promptLines(view, layoutOf(view).promptRows, theme).rows
  }
  const begin = used()
  const decoder = new InputDecoder()
  const bytes = new TextEncoder().encode(`\x1b[200~${text}\x1b[201~`)
  // as a terminal sends it: a little at a time
  for (let at = 0; at < bytes.length; at += 4096)
    for (const event of decoder.push(bytes.subarray(at, at + 4096))) tell({ kind: 'input', event, now: 0 })
  const pasted = used()
  expect(view.prompt.editor.text).toBe(text)
  expect(effects).toEqual([])
  const rows = tell({ kind: 'input', event: { kind: 'text', text: ';' }, now: 0 })
  const typed = used()
  expect(rows.join('\n')).toContain('9999')
  // some seconds of slack for a busy machine: on a quiet one it is 0.3 s and 0.03 s
  expect(pasted - begin).toBeLessThan(4000)
  expect(typed - pasted).toBeLessThan(1000)
  for (let undone = 0; undone < 2; undone++)
    tell({ kind: 'input', event: { kind: 'key', name: '_', ctrl: true, alt: false, shift: false }, now: 0 })
  expect(view.prompt.editor.text).toBe('')
  expect(effects).toEqual([])
})
