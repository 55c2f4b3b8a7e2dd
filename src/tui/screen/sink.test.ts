import { closeSync, openSync, readFileSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { terminalSink } from './sink.js'

let file: string
let descriptor: number
beforeEach(() => {
  file = path.join(tmpdir(), `muster-sink-${process.pid}-${Math.random()}`)
  descriptor = openSync(file, 'w+')
})
afterEach(() => {
  closeSync(descriptor)
  unlinkSync(file)
})

const written = () => readFileSync(file, 'utf8')

test('writes come out whole and in order, each telling when it is done', async () => {
  const sink = terminalSink(descriptor, () => {})
  const order: number[] = []
  const texts = Array.from({ length: 50 }, (_, index) => `${index} `.repeat(index * 100))
  await Promise.all(
    texts.map((text, index) => new Promise<void>(resolve => sink.write(text, () => resolve(void order.push(index))))),
  )
  expect(written()).toBe(texts.join(''))
  expect(order).toEqual(texts.map((_, index) => index))
})

test('last words come last, behind the write under way and instead of those behind it', async () => {
  const sink = terminalSink(descriptor, () => {})
  sink.write('under way ', () => {})
  sink.write('never', () => {})
  sink.writeNow('last words')
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(written()).toBe('under way last words')
})

test('a terminal that is gone is told of once, and writes to it are done at once', async () => {
  let gone = 0
  const readOnly = openSync(file, 'r')
  const sink = terminalSink(readOnly, () => {
    gone += 1
  })
  await new Promise<void>(resolve => sink.write('x', resolve))
  await new Promise<void>(resolve => sink.write('y', resolve))
  sink.writeNow('z')
  closeSync(readOnly)
  expect(gone).toBe(1)
  expect(written()).toBe('')
})
