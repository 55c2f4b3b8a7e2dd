import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { byte, counted, flag, PacketSplitter, u32, WireReader } from './ssh-wire.js'

test('what is written is read', () => {
  fc.assert(
    fc.property(fc.nat(255), fc.boolean(), fc.nat(), fc.string({ unit: 'binary' }), (small, yes, large, text) => {
      const reader = new WireReader(Buffer.concat([byte(small), flag(yes), u32(large), counted(text)]))
      expect([reader.byte(), reader.flag(), reader.u32(), reader.text()]).toEqual([small, yes, large, text])
      expect(() => reader.byte()).toThrow(RangeError)
    }),
  )
})

test('a string longer than its packet is refused', () => {
  expect(() => new WireReader(Buffer.concat([u32(5), Buffer.from('abc')])).counted()).toThrow(RangeError)
})

describe('PacketSplitter', () => {
  test('finds the packets however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 })),
        fc.array(fc.integer({ min: 1, max: 30 })),
        (packets, cuts) => {
          const stream = Buffer.concat(packets.map(packet => counted(packet)))
          const splitter = new PacketSplitter(1000)
          const found: Buffer[] = []
          for (let at = 0, n = 0; at < stream.length; n += 1) {
            const length = cuts[n % Math.max(1, cuts.length)] ?? 7
            found.push(...splitter.push(stream.subarray(at, at + length)))
            at += length
          }
          expect(found.map(packet => [...packet])).toEqual(packets.map(packet => [...packet]))
        },
      ),
    )
  })

  test('what claims to be too long is not the protocol', () => {
    expect(() => new PacketSplitter(100).push(Buffer.from('HTTP/1.1'))).toThrow('a packet of 1213486160 bytes')
  })
})
