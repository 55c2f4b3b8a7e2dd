import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { type Channel, ChannelRefused } from '../connector.js'
import { ChannelSlots } from './channel-slots.js'

describe('ChannelSlots', () => {
  const channel = (): Channel => {
    let end: () => void = () => {}
    const exit = new Promise<{ code: number }>(resolve => {
      end = () => resolve({ code: 0 })
    })
    return { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough(), exit, close: end }
  }

  test('the third waits until one of two ends', async () => {
    const slots = new ChannelSlots(2, () => false)
    const first = await slots.open(async () => channel())
    await slots.open(async () => channel())
    let third = false
    const opening = slots
      .open(async () => channel())
      .then(() => {
        third = true
      })
    await new Promise(resolve => setTimeout(resolve, 20))
    expect([third, slots.free]).toEqual([false, false])
    first.channel.close()
    await opening
    expect(third).toBe(true)
  })

  test('a refusal that passes is not seen', async () => {
    const slots = new ChannelSlots(4, () => false)
    let refusals = 2
    await slots.open(async () => {
      refusals -= 1
      if (refusals >= 0) throw new ChannelRefused('open failed')
      return channel()
    })
    expect(slots.free).toBe(true)
  })

  test('one that stays is: what is open is what the server allows, and the next waits for its end', async () => {
    const slots = new ChannelSlots(4, () => false)
    const first = await slots.open(async () => channel())
    let allowed = false
    const second = slots.open(async () => {
      if (!allowed) throw new ChannelRefused('open failed')
      return channel()
    })
    await expect.poll(() => slots.free).toBe(false)
    allowed = true
    first.channel.close()
    expect((await second).channel).toBeDefined()
  })

  test('refused though none is open, it gives up', async () => {
    const slots = new ChannelSlots(4, () => false)
    await expect(
      slots.open(async () => {
        throw new ChannelRefused('open failed')
      }),
    ).rejects.toThrow('open failed')
  })

  test('one that becomes idle is closed for one that waits', async () => {
    let idle: Channel | undefined
    const slots = new ChannelSlots(1, () => {
      idle?.close()
      return idle !== undefined
    })
    const { channel: busy } = await slots.open(async () => channel())
    const second = slots.open(async () => channel())
    await new Promise(resolve => setTimeout(resolve, 10))
    idle = busy
    slots.reconsider()
    expect((await second).channel).toBeDefined()
  })
})
