import fc from 'fast-check'
import { expect, test } from 'vitest'
import { positionAt } from '../../engine/modules/compiler.js'
import { applyEdits, type Edit, offsetAt } from './position-map.js'

/** A text with edits that do not overlap. */
const edited = fc
  .tuple(
    fc.string({ maxLength: 40 }),
    fc.array(fc.tuple(fc.nat(8), fc.nat(3), fc.string({ maxLength: 5 })), { maxLength: 5 }),
  )
  .map(([source, steps]) => {
    const edits: Edit[] = []
    let at = 0
    for (const [gap, length, text] of steps) {
      const start = at + gap
      const end = start + length
      if (end > source.length) break
      edits.push({ start, end, text })
      at = end
    }
    return { source, edits }
  })

test('every character that stays is found both ways', () => {
  fc.assert(
    fc.property(edited, ({ source, edits }) => {
      const map = applyEdits(source, edits)
      for (let offset = 0; offset < source.length; offset += 1) {
        if (edits.some(({ start, end }) => offset >= start && offset < end)) continue
        expect(map.text[map.toEdited(offset)]).toBe(source[offset])
        expect(map.toOriginal(map.toEdited(offset))).toBe(offset)
      }
    }),
  )
})

test('places in the edited text keep their order in the original', () => {
  fc.assert(
    fc.property(edited, ({ source, edits }) => {
      const { text, toOriginal } = applyEdits(source, edits)
      const places = Array.from({ length: text.length + 1 }, (_, offset) => toOriginal(offset))
      expect(places).toEqual([...places].sort((a, b) => a - b))
      expect(places.at(-1)).toBeLessThanOrEqual(source.length)
    }),
  )
})

test('an insertion can be entered from either side', () => {
  const map = applyEdits('ab', [
    { start: 1, end: 1, text: 'xx' },
    { start: 1, end: 1, text: 'yy' },
  ])
  expect(map.text).toBe('axxyyb')
  expect([map.toEdited(1), map.toEdited(1, 'before')]).toEqual([5, 1])
  expect([1, 2, 4, 5, 6].map(map.toOriginal)).toEqual([1, 1, 1, 1, 2])
})

test('line and column name each offset once', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', '\n', 'é', '😀', ' ')), parts => {
      const text = parts.join('')
      for (let offset = 0; offset <= text.length; offset += 1)
        expect(offsetAt(text, positionAt(text, offset))).toBe(offset)
    }),
  )
})
