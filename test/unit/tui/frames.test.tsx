import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../src/repl/settings/settings.js'
import { widthOf } from '../../../src/tui/text/width.js'
import type { Emulator } from '../../terminal/emulator.js'
import { DrawnView } from './drawn-view.js'
import { CELLS } from './frames/cells.js'
import { brokenWords, panesOf } from './frames/inside.js'
import { OVER } from './frames/over.js'
import { PLANS } from './frames/plans.js'
import { type Meaning, NOW, type Scene, type Wanted } from './frames/scene.js'
import { SIDE } from './frames/side.js'

const SCENES = [...CELLS, ...PLANS, ...SIDE, ...OVER]

const SIZES = [
  { cols: 60, rows: 20 },
  { cols: 80, rows: 24 },
  { cols: 100, rows: 30 },
  { cols: 120, rows: 40 },
  { cols: 200, rows: 60 },
]

/** Which colours themes have for what is said by them. */
const COLOURS: Readonly<Record<string, Readonly<Record<Meaning, number>>>> = {
  terminal: { bad: 1, good: 2, warning: 3 },
  dark: { bad: 210, good: 114, warning: 221 },
  light: { bad: 124, good: 22, warning: 58 },
  contrast: { bad: 217, good: 157, warning: 228 },
}

/** Where a text begins, as a cell. */
function cellAt(emulator: Emulator, text: string) {
  for (const row of emulator.cells()) {
    const at = row
      .map(cell => cell.text)
      .join('')
      .indexOf(text)
    if (at >= 0) return row[at]
  }
  return undefined
}

function expectShown(emulator: Emulator, wanted: readonly Wanted[], theme = 'terminal'): void {
  const text = emulator.lines().join('\n')
  for (const each of wanted) {
    if (each instanceof RegExp) expect(text).toMatch(each)
    else if (typeof each === 'string') expect(text).toContain(each)
    else {
      expect(text).toContain(each[0])
      expect(cellAt(emulator, each[0])?.foreground, each[0]).toEqual({ palette: COLOURS[theme]?.[each[1]] })
    }
  }
}

const [WIDEST, USUAL] = [
  { cols: 200, rows: 60 },
  { cols: 120, rows: 40 },
]

const drawn = new Map<string, Promise<Emulator>>()

/** A scene as it is drawn at a size, once for all tests. */
function draw({ title, build }: Scene, size: { readonly cols: number; readonly rows: number }): Promise<Emulator> {
  const key = `${title} ${size.cols}`
  const known = drawn.get(key) ?? build(new DrawnView(size, NOW)).draw()
  drawn.set(key, known)
  return known
}

describe.each(SIZES)('at $cols×$rows', size => {
  test.each(SCENES)('$title: text and colours, in its frame', async scene => {
    const { shows, from, over } = scene
    const emulator = await draw(scene, size)
    expectShown(emulator, [...shows, ...(from && size.cols >= from.cols ? from.shows : [])])
    const rows = emulator.lines()
    // the first and the last row are where they belong: nothing was taller than the terminal, and nothing scrolled
    expect(rows).toHaveLength(size.rows)
    expect(rows[0]).toMatch(over ? /^ muster · / : /^ muster .*12:00:00$/)
    expect(rows.at(-1)).toMatch(/\S/)
    for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(size.cols)
    for (const row of rows.slice(1)) if (/^[┌┏]/.test(row)) expect(row).toMatch(/[┐┓]$/)
    expect(emulator.scrollback()).toEqual([])
    expect(emulator.clears).toBe(1)
    const words = new Set((await draw(scene, WIDEST)).lines().join('\n').split(/\s+/))
    for (const pane of panesOf(rows)) {
      expect(brokenWords(pane, words)).toEqual([])
      expect(pane.join('')).toMatch(/\S/)
    }
  })
})

const IN_COLOUR = SCENES.filter(({ shows }) => shows.some(each => Array.isArray(each)))

test.each(['dark', 'light', 'contrast'])('theme %s: what is good, bad or to be noticed has its colour', async theme => {
  const set = { type: 'session.settings', settings: { ...DEFAULT_SETTINGS, theme }, at: NOW } as const
  for (const { build, shows } of IN_COLOUR)
    expectShown(await build(new DrawnView(USUAL, NOW).record([set])).draw(), shows, theme)
})

test.each(SCENES)('$title: without colour, and with ASCII signs, the same stands at the same places', async scene => {
  const ascii = { type: 'session.settings', settings: { ...DEFAULT_SETTINGS, signs: 'ascii' }, at: NOW } as const
  const [coloured, plain, signs] = await Promise.all([
    draw(scene, USUAL),
    scene.build(new DrawnView(USUAL, NOW, { colour: false })).draw(),
    scene.build(new DrawnView(USUAL, NOW)).record([ascii]).draw(),
  ])
  expect(plain.lines()).toEqual(coloured.lines())
  expect(
    plain
      .cells()
      .flat()
      .filter(({ foreground, background }) => foreground ?? background),
  ).toEqual([])
  // the names of keys, in the last row, are longer
  const widths = (emulator: Emulator) =>
    emulator
      .lines()
      .slice(0, -1)
      .map(row => widthOf(row))
  expect(widths(signs)).toEqual(widths(coloured))
  expect(signs.lines().join('')).toMatch(/^[ -~]*$/)
})
