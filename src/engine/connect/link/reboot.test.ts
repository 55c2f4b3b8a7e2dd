import { describe, expect, test } from 'vitest'
import { InterruptedError, UnreachableError } from '../../errors.js'
import { FakeLink } from '../fake/link.js'
import { reboot } from './reboot.js'

/** A host that does one thing after the other, whatever it is asked; the last one for ever. */
function host(...does: (string | Error)[]) {
  return new FakeLink('web-1', script => {
    if (script === 'go') {
      const told = does.shift()
      if (told instanceof Error) throw told
      return { exitCode: Number(told), stderr: Number(told) > 0 ? 'reboot: must be superuser\n' : '' }
    }
    const now = does.length > 1 ? does.shift() : does[0]
    if (now instanceof Error) throw now
    return { stdout: `${now}\n` }
  })
}

const cut = new InterruptedError('web-1', 'lost', 'the server closed the connection')
const away = new UnreachableError('web-1', 'no route to host at 10.0.0.1:22')
const go = { command: 'go', timeout: 1500 }

describe('reboot', () => {
  test('waits for another boot id: neither the last breath of the old one nor being away is enough', async () => {
    expect(await reboot(host('a', '0', 'a', cut, away, 'b'), { ...go, timeout: 20_000 })).toMatchObject({
      before: 'a',
      after: 'b',
    })
  })

  test('that the link breaks under the command is what is wanted', async () => {
    expect(await reboot(host('a', cut, 'b'), go)).toMatchObject({ after: 'b' })
  })

  test.each([
    [
      'does not come back',
      ['a', '0', cut, away],
      'web-1: did not come back within 2 s of its reboot (no route to host at 10.0.0.1:22)',
    ],
    [
      'only the link broke',
      ['a', '0', cut, 'a'],
      'web-1: came back without having rebooted (same boot id 2 s after the command)',
    ],
    ['does nothing', ['a', '0', 'a'], 'web-1: has not rebooted within 2 s of being told to'],
    ['may not', ['a', '1'], 'web-1: the reboot command exited with 1: reboot: must be superuser'],
    ['tells no boot id', [''], 'web-1: not rebooted: it does not tell when it was booted'],
  ])('%s: one sentence, in time', async (_, does, sentence) => {
    await expect(reboot(host(...does), go)).rejects.toThrow(sentence)
  })

  test('waiting ends when it is told to', async () => {
    const cancel = new AbortController()
    setTimeout(() => cancel.abort(new Error('interrupted')), 100)
    const start = performance.now()
    await expect(reboot(host('a', '0', cut, away), { ...go, timeout: 60_000, signal: cancel.signal })).rejects.toThrow()
    expect(performance.now() - start).toBeLessThan(5000)
  })
})
