import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { UsageError } from '../engine/errors.js'
import { Blobs, INLINE_BYTES } from './blobs.js'
import { Journal, JournalError, type JournalRecord } from './journal.js'
import { type JournalEntry, readJournal, readWhole } from './read.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-journal-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const path = (): string => join(directory, 'journal.jsonl')
const said = (text: unknown, at = 1): JournalRecord & { text: unknown } => ({ type: 'said', at, text })

function write(...records: JournalRecord[]): void {
  const journal = Journal.open(directory)
  for (const record of records) journal.append(record)
  journal.close()
}

async function entries(): Promise<JournalEntry[]> {
  const read: JournalEntry[] = []
  for await (const entry of readJournal(directory)) read.push(entry)
  return read
}

describe('journal', () => {
  test('gives back what was written, in order, after a line that tells the format', async () => {
    write(said('one', 5), said({ deep: ['two', null, 3] }, 6))
    const { records, problems } = await readWhole(directory)
    expect(problems).toEqual([])
    expect(records).toEqual([
      { type: 'journal.start', at: expect.any(Number), schema: 2 },
      said('one', 5),
      said({ deep: ['two', null, 3] }, 6),
    ])
  })

  test('any plain data comes back as it was, whatever it looks like and however big', async () => {
    const big = fc.string({ minLength: 6000, maxLength: 6000, unit: 'grapheme' }).map(text => text.repeat(4))
    const value = fc.letrec(tie => ({
      any: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.jsonValue(),
        fc.string({ unit: 'binary' }),
        big,
        fc.constant({ $blob: 'a'.repeat(64), bytes: 3 }),
        fc.dictionary(fc.constantFrom('$blob', '$verbatim', 'bytes', 'x', '__proto__', '1'), tie('any')),
        fc.array(tie('any')),
      ),
    })).any
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 4 }), async values => {
        const asJson: unknown[] = JSON.parse(JSON.stringify(values))
        rmSync(path(), { force: true })
        write(...values.map(item => said(item)))
        const { records, problems } = await readWhole(directory)
        expect(problems).toEqual([])
        expect(records.slice(1)).toEqual(asJson.map(item => said(item)))
      }),
      { numRuns: 60 },
    )
  })

  test('its folder and files are for their owner alone', () => {
    const own = join(directory, 'session')
    const journal = Journal.open(own)
    journal.append(said('x'.repeat(INLINE_BYTES + 1)))
    journal.close()
    const [blob = ''] = readdirSync(join(own, 'blobs'))
    const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8)
    expect(mode(own)).toBe('700')
    expect(mode(join(own, 'blobs'))).toBe('700')
    expect(mode(join(own, 'journal.jsonl'))).toBe('600')
    expect(mode(join(own, 'blobs', blob))).toBe('600')
  })

  test('a big text is kept once beside the journal, and read only when asked for', async () => {
    const big = 'ä'.repeat(INLINE_BYTES)
    write(said(big), said({ again: big }), said('x'.repeat(INLINE_BYTES)))
    expect(readdirSync(join(directory, 'blobs'))).toHaveLength(1)
    expect(statSync(path()).size).toBeLessThan(2 * INLINE_BYTES)
    rmSync(join(directory, 'blobs'), { recursive: true })
    const read = await entries()
    expect(read.map(({ kind }) => kind)).toEqual(['record', 'record', 'record', 'record'])
    const { records, problems } = await readWhole(directory)
    expect(records).toHaveLength(2)
    expect(problems[0]).toMatch(/Record 1 is left out: The journal's blob \w{12}… cannot be read: ENOENT\./)
  })

  test('a changed blob is found out', async () => {
    write(said('x'.repeat(INLINE_BYTES + 1)))
    const [blob = ''] = readdirSync(join(directory, 'blobs'))
    writeFileSync(join(directory, 'blobs', blob), 'something else')
    await expect(new Blobs(join(directory, 'blobs')).read({ $blob: blob, bytes: 1 })).rejects.toThrow(/was changed/)
  })

  test('what happens all the time and says nothing is left out', async () => {
    write({ type: 'host.latency', at: 1 }, said('x'))
    expect((await readWhole(directory)).records.map(({ type }) => type)).toEqual(['journal.start', 'said'])
  })

  test('a change anywhere in it is found, and what was before it still reads', async () => {
    write(said('one'), said('two'), said('three'))
    const text = readFileSync(path(), 'utf8')
    writeFileSync(path(), text.replace('two', 'TWO'))
    const { records, problems } = await readWhole(directory)
    expect(records.slice(1)).toEqual([said('one')])
    expect(problems).toEqual([expect.stringMatching(/^Line 3 and what follows is left out: its hash does not fit/)])

    writeFileSync(
      path(),
      text
        .split('\n')
        .filter(line => !line.includes('two'))
        .join('\n'),
    )
    expect((await readWhole(directory)).problems).toEqual([expect.stringContaining('its number is 3 where 2 follows')])
  })

  test('cut off anywhere, every whole line before it still reads, and a session goes on from there', async () => {
    write(said('first'), said('zweite, mit ü'), said('third'))
    const whole = readFileSync(path())
    const ends = [...whole.keys()].filter(i => whole[i] === 10)
    for (let size = 0; size <= whole.length; size += 7) {
      writeFileSync(path(), whole)
      truncateSync(path(), size)
      const complete = ends.filter(end => end < size).length
      const isTorn = size > 0 && whole[size - 1] !== 10
      const read = await entries()
      expect(read.filter(({ kind }) => kind === 'record')).toHaveLength(complete)
      expect(read.filter(({ kind }) => kind === 'torn')).toHaveLength(isTorn ? 1 : 0)

      write(said('after'))
      const { records, problems } = await readWhole(directory)
      expect(problems).toEqual([])
      expect(records.map(({ type }) => type).slice(complete)).toEqual([
        complete === 0 ? 'journal.start' : 'journal.resume',
        'said',
      ])
    }
  })

  test('a folder without a journal, one of a later format and one that is no journal are said in a sentence', async () => {
    await expect(entries()).rejects.toThrow(UsageError)
    await expect(entries()).rejects.toThrow(/There is no journal/)
    writeFileSync(path(), 'hello\n')
    expect(await entries()).toEqual([
      { kind: 'broken', file: 'journal.jsonl', line: 1, reason: 'it is not a line of a journal' },
    ])
    expect(() => Journal.open(directory)).toThrow(JournalError)
  })

  test('kill -9 loses nothing that was shown', async () => {
    const shown = await showUntilKilled(directory)
    const { records, problems } = await readWhole(directory)
    const kept = records.flatMap(record => ('text' in record ? [record.text] : []))
    expect(shown.length).toBeGreaterThan(100)
    expect(kept.slice(0, shown.length)).toEqual(shown)
    expect(problems.length).toBeLessThanOrEqual(1)
  })
})

/** Runs a process that journals and then shows, kills it at some moment, and returns what it had shown. */
function showUntilKilled(directory: string): Promise<string[]> {
  const program = `
    import { Journal } from ${JSON.stringify(new URL('journal.ts', import.meta.url).href)}
    import { writeSync } from 'node:fs'
    const journal = Journal.open(${JSON.stringify(directory)})
    for (let i = 0; ; i++) {
      const text = i + ' ' + 'x'.repeat(i % 97 === 0 ? 20000 : 50)
      journal.append({ type: 'said', at: 1, text })
      writeSync(1, text + '\\n')
      await new Promise(resolve => setTimeout(resolve, 1))
    }`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', chunk => {
    output += String(chunk)
    if (output.length > 60_000) child.kill('SIGKILL')
  })
  return new Promise(resolve => child.on('close', () => resolve(output.split('\n').slice(0, -1))))
}

test('a disk that is full leaves the journal whole, says so, and is written again when there is room', async () => {
  const program = `
    import { Journal } from ${JSON.stringify(new URL('journal.ts', import.meta.url).href)}
    const journal = Journal.open(${JSON.stringify(directory)})
    journal.append({ type: 'said', at: 1, text: 'a' })
    try { journal.append({ type: 'said', at: 1, text: 'b'.repeat(9000) }) } catch (error) { console.log(error.name + ': ' + error.message) }
    journal.append({ type: 'said', at: 1, text: 'c' })`
  // a limit on the size of files, in blocks of 512 bytes, stands for the end of the disk
  const script = 'trap "" XFSZ; ulimit -f 16; exec "$@"'
  const child = spawn(
    'sh',
    ['-c', script, 'sh', process.execPath, '--import', 'tsx', '--input-type=module', '-e', program],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let output = ''
  child.stdout.on('data', chunk => {
    output += String(chunk)
  })
  await new Promise(resolve => child.on('close', resolve))
  expect(output).toMatch(
    /^JournalError: The journal .* cannot be written \(EFBIG.*\); what happens is not recorded\.$/m,
  )
  const { records, problems } = await readWhole(directory)
  expect(problems).toEqual([])
  expect(records.slice(1)).toEqual([said('a'), said('c')])
})
