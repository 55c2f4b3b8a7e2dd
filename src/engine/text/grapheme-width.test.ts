import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { graphemes, graphemesOf } from './grapheme-width.js'

test('what is told without tables is cut and as wide as by them', () => {
  const signs = Array.from({ length: 0x3000 - 0x20 }, (_, nth) => String.fromCharCode(0x20 + nth))
  const asCut = (text: string) => Array.from(graphemes().segment(text), ({ segment }) => segment).join('|')
  const wrong = signs.filter(sign => {
    const text = `a${sign}${sign}─`
    const cut = Array.from(graphemesOf(text), ({ segment }) => segment).join('|')
    const [width] = Array.from(graphemesOf(sign), each => each.width)
    return cut !== asCut(text) || (width === 1 && stringWidth(sign) > 1)
  })
  expect(wrong).toEqual([])
})
