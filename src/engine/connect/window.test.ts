import { describe, expect, test } from 'vitest'
import { Window } from './window.js'

const KB = 1024
const MB = 1024 * KB

describe('Window', () => {
  test('one alone is as large as it may be once it is used, and opens again when half of it is taken', () => {
    const window = new Window()
    expect(window.first).toBe(256 * KB)
    expect(window.taken(128 * KB - 1)).toBe(0)
    expect(window.taken(1)).toBe(2 * MB - 128 * KB)
    expect(window.taken(MB - 1)).toBe(0)
    expect(window.taken(1)).toBe(MB)
    expect(window.taken(2 * MB)).toBe(2 * MB)
    window.close()
    expect(window.taken(2 * MB)).toBe(0)
  })

  test('many that are used share what there is, down to a least; those that are not take nothing from them', () => {
    const windows = Array.from({ length: 1000 }, () => new Window())
    const [early, ...others] = windows
    early?.taken(256 * KB)
    const opened = others.slice(0, 99).map(window => window.taken(256 * KB))
    expect([opened[0], opened[98]]).toEqual([2 * MB, Math.floor((64 * MB) / 100)])
    expect(opened.reduce((all, each) => all + each, 2 * MB)).toBeLessThan(150 * MB)
    // One that was there before the others is smaller when it is opened again, and large again when they are gone.
    expect(early?.taken(2 * MB)).toBe(Math.floor((64 * MB) / 100))
    for (const window of others) window.taken(256 * KB)
    expect(others.at(-1)?.taken(256 * KB)).toBe(256 * KB)
    for (const window of others) window.close()
    for (const window of others) window.close()
    expect(early?.taken(Math.floor((64 * MB) / 100))).toBe(2 * MB)
    early?.close()
  })
})
