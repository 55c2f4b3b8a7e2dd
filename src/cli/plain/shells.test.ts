import { PassThrough, Writable } from 'node:stream'
import { setImmediate as later } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { AttachedShell } from '../../engine/shell/attach-terminal.js'
import { paintFor } from '../render/paint.js'
import { PlainShells } from './shells.js'

/** A shell that says its host's name to whatever is typed; `exit` ends it with the number in that name, h1's last. */
function shellOn(host: string): AttachedShell {
  const stdout = new PassThrough()
  let end: (how: { code: number }) => void = () => {}
  const exit = new Promise<{ code: number }>(resolve => {
    end = resolve
  })
  const stdin = new Writable({
    write(keys: Buffer, _, done) {
      const typed = keys.toString().trim()
      stdout.write(`${typed}\r\n${host}\r\n${typed === 'exit' ? '' : '# '}`)
      if (typed === 'exit')
        void (host === 'h1' ? later() : Promise.resolve()).then(() => end({ code: Number(host[1]) }))
      done()
    },
  })
  stdout.write('# ')
  return { stdin, stdout, exit, resize: () => {}, close: () => end({ code: 0 }) }
}

test('groups of equal size are shown in the order of the hosts, whichever shell opens or ends first', async () => {
  const shown: string[] = []
  const typed = ['hostname', 'exit']
  const write = (lines: string | readonly string[]) => void shown.push(...[lines].flat())
  const attach = async (host: string) => {
    if (host === 'h1') await later()
    if (host === 'db') throw new Error('db: refused')
    return shellOn(host)
  }
  const shells = new PlainShells(
    { attach },
    { json: false, paint: paintFor(false), talkPaint: paintFor(false), data: write, record: () => {}, talk: write },
    { next: async () => typed.shift(), secret: async () => undefined, again: () => {}, reopen: () => false },
  )
  await shells.run(['h1', 'h2', 'db'], () => [])
  const said = ['● h1', '  h1', '● h2', '  h2']
  expect(shown.filter(line => !line.startsWith('~'))).toEqual([
    'Typing to h[1-2] (2).',
    '✗ db: refused',
    ...said,
    ...said,
    '✗ h1: ended with 1',
    '✗ h2: ended with 2',
  ])
})
