import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { shownKey } from '../state/shown-key.js'
import { RemoteTerminal } from './remote-terminal.js'

/** A shell whose words come when a test says so. */
async function shellOn() {
  let changed = () => {}
  const stdout = new PassThrough()
  const shell = {
    stdin: new PassThrough(),
    stdout,
    exit: new Promise<never>(() => {}),
    resize: () => {},
    close: () => {},
  }
  const terminal = await RemoteTerminal.on(shell, { cols: 60, rows: 10 }, () => changed())
  return {
    terminal,
    says: (text: string) =>
      new Promise<void>(resolve => {
        changed = resolve
        stdout.write(text)
      }),
    type: (text: string) => terminal.send({ kind: 'text', text }),
    press: (name: string, ctrl = false) => terminal.send({ kind: 'key', name, ctrl, alt: false, shift: false }),
  }
}

const FIRST = '$ uptime\r\nup 3 days\r\n$ '
const SECOND = 'hostname -f\r\nsomewhere\r\n$ '

test('a host whose words are late when the next line is sent shows the same since then as one that was in time', async () => {
  const [prompt, late] = await Promise.all([shellOn(), shellOn()])
  await prompt.says(FIRST)
  for (const { type, press } of [prompt, late]) {
    type('hostname -x')
    press('backspace')
    type('f')
    press('enter')
  }
  await late.says(FIRST + SECOND)
  await prompt.says(SECOND)
  expect(late.terminal.image.rows).toEqual(prompt.terminal.image.rows)
  expect([prompt, late].map(({ terminal }) => terminal.image.since)).toEqual([2, 2])
  const [one, other] = [prompt, late].map(({ terminal }) => shownKey('h', terminal.image))
  expect(one).toBe(other)
})

test('what a key may have made of the line is not looked for: the cursor tells where it was sent', async () => {
  const { terminal, says, type, press } = await shellOn()
  await says(FIRST)
  type('uptime')
  press('a', true)
  press('enter')
  await says('uptime\r\nup 3 days\r\n$ ')
  expect(terminal.image.since).toBe(2)
})
