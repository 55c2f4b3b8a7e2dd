import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Journal } from './journal.js'
import { historyDirectory, listSessions, newSession, notebookPath } from './place.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-place-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

describe('where history is kept', () => {
  test('history/ of the working directory, if it is a directory', () => {
    const environment = { HOME: '/home/ada' }
    expect(historyDirectory(directory, environment)).toBe('/home/ada/.local/state/muster/history')
    writeFileSync(join(directory, 'history'), '')
    expect(historyDirectory(directory, environment)).toBe('/home/ada/.local/state/muster/history')
    rmSync(join(directory, 'history'))
    mkdirSync(join(directory, 'history'))
    expect(historyDirectory(directory, environment)).toBe(join(directory, 'history'))
  })

  test.each([
    ['/var/state', '/var/state/muster/history'],
    ['relative', '/home/ada/.local/state/muster/history'],
    ['', '/home/ada/.local/state/muster/history'],
  ])('XDG_STATE_HOME=%s', (state, expected) => {
    expect(historyDirectory(directory, { HOME: '/home/ada', XDG_STATE_HOME: state })).toBe(expected)
  })
})

describe('sessions', () => {
  const now = new Date(2026, 10, 2, 9, 5)

  test('are named by the minute they began in, and each has a folder of its own', () => {
    const history = join(directory, 'deep', 'history')
    const places = [1, 2, 3].map(() => newSession(history, now))
    expect(places.map(({ session }) => session)).toEqual(['2026-11-02-0905', '2026-11-02-0905-2', '2026-11-02-0905-3'])
    expect(places.map(place => basename(place.directory))).toEqual(places.map(({ session }) => session))
    expect((statSync(history).mode & 0o777).toString(8)).toBe('700')
  })

  test('are listed oldest first, those with a journal', () => {
    const history = join(directory, 'history')
    expect(listSessions(history)).toEqual([])
    const places = Array.from({ length: 11 }, () => newSession(history, now))
    for (const place of places.slice(0, 10)) Journal.open(place.directory).close()
    expect(listSessions(history)).toEqual(places.slice(0, 10))
  })

  test('that cannot be kept say so', () => {
    writeFileSync(join(directory, 'file'), '')
    expect(() => newSession(join(directory, 'file', 'history'))).toThrow(/A session cannot be recorded in .*: ENOTDIR/)
  })
})

describe('a name to save under', () => {
  test.each([
    ['fix-ntp', 'fix-ntp.ts'],
    ['fix-ntp.ts', 'fix-ntp.ts'],
    ['naïve_2.1', 'naïve_2.1.ts'],
  ])('%s', (name, file) => expect(notebookPath('h', name)).toBe(join('h', file)))

  test.each(['', '../x', 'a/b', '.hidden', '-f', 'a b', 'x\n'])('not %j', name =>
    expect(() => notebookPath('h', name)).toThrow(/is not a name to save under/),
  )
})
