import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { Channel } from '../connector.js'
import { ChannelTurns } from './channel-turns.js'

/** Channels that open and end when they are told to, and what became of them in order. */
function channels() {
  const seen: string[] = []
  const open = (name: string) => {
    let opened: () => void = () => {}
    let ended: () => void = () => {}
    const granted = new Promise<void>(resolve => {
      opened = resolve
    })
    const exit = new Promise<{ code: number }>(resolve => {
      ended = () => resolve({ code: 0 })
    })
    const start = async (): Promise<Channel> => {
      seen.push(`open ${name}`)
      await granted
      const stream = () => new PassThrough()
      const close = () => void seen.push(`close ${name}`)
      return { stdin: stream(), stdout: stream(), stderr: stream(), exit, close }
    }
    return { start, opened, ended }
  }
  return { seen, open }
}

/** All that can happen by itself has happened. */
const settled = () => new Promise(resolve => setImmediate(resolve))

describe('ChannelTurns', () => {
  test('a channel opens when those that end have ended, and ends when those that open are open', async () => {
    const { seen, open } = channels()
    const turns = new ChannelTurns()
    const [a, b, c] = [open('a'), open('b'), open('c')]
    a.opened()
    const first = await turns.open(a.start)
    const second = turns.open(b.start)
    first.close()
    const third = turns.open(c.start)
    await settled()
    expect(seen).toEqual(['open a', 'open b'])
    b.opened()
    await second
    await settled()
    expect(seen).toEqual(['open a', 'open b', 'close a'])
    a.ended()
    c.opened()
    await third
    expect(seen).toEqual(['open a', 'open b', 'close a', 'open c'])
  })

  test('whatever ends a channel keeps others from opening, also when it fails', async () => {
    const { seen, open } = channels()
    const turns = new ChannelTurns()
    let fail: (error: Error) => void = () => {}
    const killed = new Promise((_, reject) => {
      fail = reject
    })
    const killing = turns.end(() => killed)
    const next = open('next')
    next.opened()
    const opening = turns.open(next.start)
    await settled()
    expect(seen).toEqual([])
    fail(new Error('gone'))
    await expect(killing).rejects.toThrow('gone')
    await opening
    expect(seen).toEqual(['open next'])
  })

  test('a channel that cannot be opened does not hold up the end of others', async () => {
    const { seen, open } = channels()
    const turns = new ChannelTurns()
    const a = open('a')
    a.opened()
    const channel = await turns.open(a.start)
    const refused = turns.open(() => Promise.reject(new Error('refused')))
    channel.close()
    await expect(refused).rejects.toThrow('refused')
    await settled()
    expect(seen).toEqual(['open a', 'close a'])
  })

  test.each([
    ['SSH-2.0-dropbear_2022.83', true],
    ['SSH-2.0-dropbear', true],
    ['SSH-2.0-OpenSSH_9.2p1 Debian-2', false],
    [undefined, false],
  ])('%s: %s', (server, needed) => {
    expect(ChannelTurns.for(server) !== undefined).toBe(needed)
  })
})
