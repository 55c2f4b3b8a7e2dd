import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MatchedCell, matchCells } from './match-cells.js'

/** `a:x` is a cell of the id a, `x` one without, `"x` prose. */
const cells = (text: string): MatchedCell[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map(word => {
      const [, id, quote, source = ''] = /^(?:(\w+):)?("?)(.*)$/.exec(word) ?? []
      return { ...(id ? { id } : {}), kind: quote === '"' ? 'markdown' : 'code', source }
    })

test.each([
  ['nothing changed', 'a:x b:y', 'a:x b:y', [0, 1]],
  ['an edit', 'a:x b:y', 'a:X b:y', [0, 1]],
  ['an edit of a cell without an id', 'x y z', 'x Y z', [0, 1, 2]],
  ['a new one between, and at the ends', 'a:x b:y', 'n a:x m b:y o', [undefined, 0, undefined, 1, undefined]],
  ['a new one without an id beside one that was edited', 'x y', 'x Y n', [0, 1, undefined]],
  ['one that is gone', 'a:x b:y c:z', 'a:x c:z', [0, 2]],
  ['one without an id that is gone', 'x y z', 'x z', [0, 2]],
  ['moved', 'a:x b:y c:z', 'c:z a:x b:Y', [2, 0, 1]],
  ['one that was saved and has got an id', 'x y', 'q:x r:y', [0, 1]],
  ['one of another id is another cell', 'a:x', 'b:x', [undefined]],
  ['prose is no code', 'x', '"x', [undefined]],
  ['equal texts, one after the other', 'x x', 'x x x', [0, 1, undefined]],
])('%s', (_, before, now, found) => {
  expect(matchCells(cells(before), cells(now))).toEqual(found)
})

const cell = fc.record({
  id: fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { nil: undefined }),
  kind: fc.constantFrom('code', 'markdown'),
  source: fc.constantFrom('x', 'y', 'z'),
})

test('no cell is two cells, and whatever was not touched is what it was', () => {
  fc.assert(
    fc.property(fc.array(cell), fc.array(cell), (before, now) => {
      const found = matchCells(before, now).filter(index => index !== undefined)
      expect(new Set(found).size).toBe(found.length)
      for (const index of found) expect(before[index]).toBeDefined()
    }),
  )
  fc.assert(
    fc.property(fc.uniqueArray(cell, { selector: ({ id, kind, source }) => id ?? `${kind} ${source}` }), same => {
      expect(matchCells(same, same)).toEqual(same.map((_, index) => index))
    }),
  )
})
