import { spawn } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Journal, JournalError, type JournalRecord } from './journal.js'
import { listSessions, newSession } from './place.js'
import { prunable, removeRemains, removeSession } from './prune.js'
import { readWhole } from './read.js'
import { isBeingWritten } from './writer.js'

let history: string
beforeEach(() => {
  history = mkdtempSync(join(tmpdir(), 'muster-history-'))
})
afterEach(() => rmSync(history, { recursive: true }))

const said = (text: string, at = 1): JournalRecord & { text: string } => ({ type: 'said', at, text })
const texts = (records: readonly JournalRecord[]): unknown[] =>
  records.flatMap(record => ('text' in record ? [record.text] : []))

describe('a journal that grows', () => {
  test('goes on in another file, with one chain through all of them, also after a restart and a kill', async () => {
    const all = Array.from({ length: 40 }, (_, i) => `${i} ${'x'.repeat(200)}`)
    let journal = Journal.open(history, { fileBytes: 2000 })
    for (const [i, text] of all.entries()) {
      journal.append(said(text))
      if (i % 7 !== 6) continue
      journal.close()
      journal = Journal.open(history, { fileBytes: 2000 })
    }
    journal.close()
    const files = readdirSync(history).filter(name => name.startsWith('journal'))
    expect(files.length).toBeGreaterThan(4)
    expect(await readWhole(history)).toMatchObject({ problems: [] })
    expect(texts((await readWhole(history)).records)).toEqual(all)

    writeFileSync(join(history, `journal-${files.length + 1}.jsonl`), '{"seq":') // killed right after it went on
    journal = Journal.open(history)
    journal.append(said('after'))
    journal.close()
    expect(await readWhole(history)).toMatchObject({ problems: [] })

    const second = join(history, 'journal-2.jsonl')
    writeFileSync(second, readFileSync(second, 'utf8').replace('xxx', 'xyx'))
    const { problems } = await readWhole(history)
    expect(problems).toEqual([
      expect.stringMatching(/^Line 1 of journal-2.jsonl and what follows is left out: its hash does not fit/),
    ])
  })

  test('keeps no more beside itself than it may: of what is too much, the beginning and a hash', async () => {
    const journal = Journal.open(history, { blobs: { text: 60_000, all: 100_000 } })
    for (const letter of 'abc') journal.append(said(letter.repeat(40_000)))
    journal.append(said('d'.repeat(70_000)))
    journal.append(said('a'.repeat(40_000)))
    journal.close()
    const { records, problems } = await readWhole(history)
    expect(problems).toEqual([])
    expect(texts(records).map(text => String(text).length > 39_999)).toEqual([true, true, false, false, true])
    expect(texts(records)[3]).toMatch(/^d{4096}\n‹70000 bytes in all; the rest was too much for the journal›$/)
    expect(readdirSync(join(history, 'blobs'))).toHaveLength(2)
  })
})

describe('sessions side by side', () => {
  test('a journal that another process writes is not gone on with; one whose process was killed is', async () => {
    const program = `
      import { Journal } from ${JSON.stringify(new URL('journal.ts', import.meta.url).href)}
      Journal.open(${JSON.stringify(history)}).append({ type: 'said', at: 1, text: 'first' })
      console.log('open'); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program])
    const ended = new Promise(resolve => child.on('close', resolve))
    await new Promise(resolve => child.stdout.once('data', resolve))
    expect(isBeingWritten(history)).toBe(true)
    expect(() => Journal.open(history)).toThrow(JournalError)
    child.kill('SIGKILL')
    await ended
    expect(isBeingWritten(history)).toBe(false)
    const journal = Journal.open(history)
    journal.close()
    expect(texts((await readWhole(history)).records)).toEqual(['first'])
    expect(existsSync(join(history, 'writer.json'))).toBe(false)
  })

  test('many processes begin sessions in one history at once: each has its own, whole', async () => {
    const program = `
      import { Journal } from ${JSON.stringify(new URL('journal.ts', import.meta.url).href)}
      import { newSession } from ${JSON.stringify(new URL('place.ts', import.meta.url).href)}
      import { keepInput } from ${JSON.stringify(new URL('inputs.ts', import.meta.url).href)}
      for (let i = 0; i < 5; i++) {
        const { session, directory } = newSession(${JSON.stringify(history)})
        const journal = Journal.open(directory)
        for (let n = 0; n < 20; n++) { journal.append({ type: 'said', at: n, text: session }); keepInput(${JSON.stringify(history)}, { at: n, session, text: session + n }) }
        journal.close()
      }`
    await Promise.all(
      [1, 2, 3].map(
        () =>
          new Promise(resolve =>
            spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
              stdio: 'inherit',
            }).on('close', resolve),
          ),
      ),
    )
    const sessions = listSessions(history)
    expect(sessions).toHaveLength(15)
    for (const { session, directory } of sessions) {
      const { records, problems } = await readWhole(directory)
      expect(problems).toEqual([])
      expect(texts(records)).toEqual(Array.from({ length: 20 }, () => session))
    }
    const inputs = readFileSync(join(history, 'inputs.jsonl'), 'utf8').trimEnd().split('\n')
    expect(inputs.map(line => JSON.parse(line))).toHaveLength(300)
  })
})

describe('pruning', () => {
  const day = 24 * 3600 * 1000

  /** Sessions, oldest first, each a day younger than the one before. */
  function sessions(count: number, bytes = 1000): string[] {
    return Array.from({ length: count }, (_, i) => {
      const { session, directory } = newSession(history, new Date(2026, 0, 1 + i))
      const journal = Journal.open(directory)
      journal.append(said('x'.repeat(bytes)))
      journal.close()
      const age = new Date(Date.now() - (count - i) * day)
      for (const name of readdirSync(directory)) utimesSync(join(directory, name), age, age)
      return session
    })
  }

  test('what is old, too many or too big goes, the oldest first; what is being held stays', () => {
    const [first, second, third, fourth] = sessions(4)
    const names = (keeping: Parameters<typeof prunable>[1]): string[] =>
      prunable(history, keeping).map(({ session }) => session)
    expect(names({})).toEqual([])
    expect(names({ since: Date.now() - 2.5 * day })).toEqual([first, second])
    expect(names({ most: 1 })).toEqual([first, second, third])
    expect(names({ bytes: 3000 })).toEqual([first, second])
    writeFileSync(
      join(history, String(first), 'writer.json'),
      JSON.stringify({ pid: 1, machine: 'another machine', began: '' }),
    )
    expect(names({ most: 0 })).toEqual([second, third, fourth])
  })

  test('takes all files of a journal with it, and what it kept beside them; another keeps its own of the same text', async () => {
    const big = 'y'.repeat(50_000)
    const [first, second] = [1, 2].map(day => {
      const place = newSession(history, new Date(2026, 1, day))
      const journal = Journal.open(place.directory, { fileBytes: 2000 })
      for (let i = 0; i < 9; i += 1) journal.append(said(`${i}${'x'.repeat(900)}`))
      journal.append(said(big))
      journal.close()
      return place
    })
    if (!first || !second) return expect.fail('two sessions')
    expect(readdirSync(first.directory).filter(name => name.startsWith('journal')).length).toBeGreaterThan(2)
    const [stored] = prunable(history, { most: 1 })
    expect(stored?.bytes).toBeGreaterThan(big.length + 9 * 900)
    // its removal is cut short, then begun again
    mkdirSync(join(history, '.2026-01-01-0000.removed'))
    writeFileSync(join(history, '.2026-01-01-0000.removed', 'journal.jsonl'), '')
    removeRemains(history)
    expect(removeSession(history, first)).toBe(true)
    expect(removeSession(history, first)).toBe(false)
    expect(readdirSync(history)).toEqual([second.session])
    const { records, problems } = await readWhole(second.directory)
    expect(problems).toEqual([])
    expect(texts(records).at(-1)).toBe(big)
    // somebody goes on with it after it was chosen
    writeFileSync(
      join(second.directory, 'writer.json'),
      JSON.stringify({ pid: 1, machine: 'another machine', began: '' }),
    )
    expect(removeSession(history, second)).toBe(false)
  })

  test('removes a session whole, and no notebook', () => {
    const [first = '', second = ''] = sessions(2)
    writeFileSync(join(history, 'fix.ts'), '')
    for (const session of prunable(history, { most: 1 })) removeSession(history, session)
    expect(readdirSync(history).sort()).toEqual([second, 'fix.ts'].sort())
    expect(first).not.toBe(second)
  })
})

describe('journals of the first release', () => {
  const recorded = new URL('../../test/fixtures/first-release/', import.meta.url)

  test('read as if the present one had written them', async () => {
    const [session = ''] = readdirSync(recorded).filter(name => statSync(new URL(name, recorded)).isDirectory())
    const { records, problems } = await readWhole(new URL(session, recorded).pathname)
    expect(problems).toEqual([])
    expect(records).toHaveLength(196)
    expect(records.find(({ type }) => type === 'session.start')).toMatchObject({ by: 'unknown', session })
  })

  test('are gone on with in the present format', async () => {
    const [session = ''] = readdirSync(recorded).filter(name => statSync(new URL(name, recorded)).isDirectory())
    const copy = join(history, session)
    mkdirSync(copy)
    cpSync(new URL(session, recorded), copy, { recursive: true })
    appendFileSync(join(copy, 'journal.jsonl'), '{"seq":196,"rec')
    const journal = Journal.open(copy)
    journal.append({ type: 'session.start', at: 1 })
    journal.close()
    const { records, problems } = await readWhole(copy)
    expect(problems).toEqual([])
    expect(records.slice(196)).toEqual([
      { type: 'journal.resume', at: expect.any(Number), torn: 15, schema: 2 },
      { type: 'session.start', at: 1 },
    ])
  })
})
