import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteReader } from './byte-reader.js'

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0
  for (const size of sizes) {
    if (at >= bytes.length) return
    yield bytes.subarray(at, at + size)
    at += size
  }
  if (at < bytes.length) yield bytes.subarray(at)
}

test('lines and counted bytes come out alike, however the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(fc.integer({ min: 1, max: 9 })),
      async (content, sizes) => {
        const stream = Buffer.concat([Buffer.from(`7 ${content.length}\n`), content, Buffer.from('\nend\n')])
        const reader = new ByteReader(cut(stream, sizes))
        expect(await reader.line()).toBe(`7 ${content.length}`)
        const pieces: Buffer[] = []
        for await (const piece of reader.bytes(content.length)) pieces.push(Buffer.from(piece))
        expect(Buffer.concat(pieces).equals(content)).toBe(true)
        expect([await reader.line(), await reader.line(), await reader.line()]).toEqual(['', 'end', undefined])
      },
    ),
  )
})

test('a stream that ends too soon is an error', async () => {
  const reader = new ByteReader(cut(Buffer.from('abc'), []))
  await expect(async () => {
    for await (const piece of reader.bytes(4)) expect(piece.toString()).toBe('abc')
  }).rejects.toThrow('it ended too soon')
})

test('a signal ends the wait for a stream that is silent', async () => {
  const controller = new AbortController()
  const silent = (async function* (): AsyncGenerator<Buffer> {
    await sleep(60_000, undefined, { ref: false })
    yield Buffer.alloc(1)
  })()
  const reading = new ByteReader(silent, controller.signal).line()
  controller.abort()
  await expect(reading).rejects.toThrow('cancelled')
  await expect(new ByteReader(silent, controller.signal).line()).rejects.toThrow('cancelled')
})
