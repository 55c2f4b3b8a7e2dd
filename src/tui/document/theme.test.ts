import { expect, test } from 'vitest'
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

/** The 256-colour palette of xterm: a cube of six levels, then greys. */
function rgb(index: number): [number, number, number] {
  if (index >= 232) return [8 + 10 * (index - 232), 8 + 10 * (index - 232), 8 + 10 * (index - 232)]
  const level = (part: number) => (part === 0 ? 0 : 55 + 40 * part)
  const cube = index - 16
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)]
}

/** Contrast as WCAG 2 defines it. */
function contrast(a: [number, number, number], b: [number, number, number]): number {
  const luminance = (colour: [number, number, number]) => {
    const [red = 0, green = 0, blue = 0] = colour.map(part => {
      const value = part / 255
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

const indexOf = (theme: Theme, role: (typeof ROLES)[number]) => Number(/38;5;(\d+)/.exec(theme[role]('x'))?.[1])

test.each([
  ['dark', [0, 0, 0]],
  ['dark', [40, 42, 54]],
  ['light', [255, 255, 255]],
  ['light', [253, 246, 227]],
] as const)('the theme %s can be read on %j', (name, [red, green, blue]) => {
  const theme = themeFor(true, name)
  for (const role of ROLES)
    expect(contrast(rgb(indexOf(theme, role)), [red, green, blue]), role).toBeGreaterThanOrEqual(
      role === 'faint' ? 4 : 5.5,
    )
})

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
