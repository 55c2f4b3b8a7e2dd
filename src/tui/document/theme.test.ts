import { expect, test } from 'vitest'
import { DARK, DIMMED, LIGHT } from '../../../test/terminal/svg.js'
import { type Theme, themeFor } from './theme.js'

const ROLES = [
  'good',
  'bad',
  'warning',
  'accent',
  'added',
  'removed',
  'hunk',
  'keyword',
  'string',
  'number',
  'name',
  'faint',
] as const

type Rgb = [red: number, green: number, blue: number]

/** The 256-colour palette of xterm: a cube of six levels, then greys. */
function rgb(index: number): Rgb {
  if (index >= 232) return [8 + 10 * (index - 232), 8 + 10 * (index - 232), 8 + 10 * (index - 232)]
  const level = (part: number) => (part === 0 ? 0 : 55 + 40 * part)
  const cube = index - 16
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)]
}

/** Contrast as WCAG 2 defines it. */
function contrast(a: Rgb, b: Rgb): number {
  const luminance = (colour: Rgb) => {
    const [red = 0, green = 0, blue = 0] = colour.map(part => {
      const value = part / 255
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

function fromHex(hex: string): Rgb {
  const part = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16)
  return [part(1), part(3), part(5)]
}

/** The colour, and the ground where it has one, that a style asks for: of the 256, or of the sixteen of a palette. */
function coloursOf(theme: Theme, role: (typeof ROLES)[number], palette: readonly string[] = []) {
  const painted = theme[role]('x')
  const own = /38;5;(\d+)/.exec(painted)?.[1]
  const ofPalette = /\x1b\[3([0-7])m/.exec(painted)?.[1]
  const ground = /48;5;(\d+)/.exec(painted)?.[1]
  return {
    ink: own ? rgb(Number(own)) : ofPalette ? fromHex(palette[Number(ofPalette)] ?? '') : undefined,
    ground: ground ? rgb(Number(ground)) : undefined,
  }
}

const mixed = ([r, g, b]: Rgb, [groundR, groundG, groundB]: Rgb, share: number): Rgb => {
  const mix = (ink: number, ground: number) => ink * share + ground * (1 - share)
  return [mix(r, groundR), mix(g, groundG), mix(b, groundB)]
}

/** Contrast that text needs to be read, as WCAG 2.1 has it (success criterion 1.4.3), and what is called enhanced there (1.4.6). */
const [TEXT, ENHANCED] = [4.5, 7]

const GROUNDS = {
  dark: ['#000000', '#16181d', '#282a36', '#002b36'],
  light: ['#ffffff', '#fdf6e3', '#fafafa'],
} as const

test.each((['dark', 'light'] as const).flatMap(name => GROUNDS[name].map(ground => [name, ground] as const)))(
  'the theme %s can be read on %s',
  (name, ground) => {
    const theme = themeFor(true, name)
    for (const role of ROLES) {
      const { ink } = coloursOf(theme, role)
      expect(ink && contrast(ink, fromHex(ground)), role).toBeGreaterThanOrEqual(TEXT)
    }
  },
)

test('high contrast is so on any ground: what is coloured brings its own, all else is as the terminal has it', () => {
  const theme = themeFor(true, 'contrast')
  for (const role of ROLES) {
    const { ink, ground } = coloursOf(theme, role)
    if (role === 'faint') expect([ink, ground, theme.faint('x')]).toEqual([undefined, undefined, '\x1b[39mx\x1b[39m'])
    else expect(ink && ground && contrast(ink, ground), role).toBeGreaterThanOrEqual(ENHANCED)
  }
})

test.each([
  ['dark', DARK],
  ['light', LIGHT],
])(
  'the sixteen colours can be read in pictures for %s pages, also what is faint',
  (_, { palette, foreground, background }) => {
    const theme = themeFor(true, 'terminal')
    const ground = fromHex(background)
    expect(contrast(fromHex(foreground), ground)).toBeGreaterThanOrEqual(ENHANCED)
    expect(contrast(mixed(fromHex(foreground), ground, DIMMED), ground)).toBeGreaterThanOrEqual(TEXT)
    for (const role of ROLES) {
      if (role === 'faint') continue
      const { ink } = coloursOf(theme, role, palette)
      expect(ink && contrast(ink, ground), role).toBeGreaterThanOrEqual(TEXT)
    }
  },
)

test('every style is taken back by its own end, so that styles nest', () => {
  for (const name of ['terminal', 'dark', 'light', 'contrast'])
    for (const role of ROLES) {
      const painted = themeFor(true, name).strong(`a${themeFor(true, name)[role]('b')}c`)
      expect(painted).not.toContain('\x1b[0m')
      expect(painted.replace(/\x1b\[[\d;]*m/g, '')).toBe('abc')
    }
})

test('without colours no theme has one', () => {
  expect(themeFor(false, 'dark')).toBe(themeFor(false))
  for (const role of ROLES) expect(themeFor(false)[role]('x')).not.toMatch(/\x1b\[[39]/)
})
