import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { earlierInputs, keepInput, keepOutcome } from './inputs.js'

let history: string
beforeEach(() => {
  history = join(mkdtempSync(join(tmpdir(), 'muster-inputs-')), 'history')
})
afterEach(() => rmSync(join(history, '..'), { recursive: true }))

const keep = (text: string, session = 's'): void => keepInput(history, { at: 1, session, text })
const texts = async (most?: number): Promise<string[]> => (await earlierInputs(history, most)).map(({ text }) => text)

test('there are none at first', async () => expect(await earlierInputs(history)).toEqual([]))

test('newest last, of equal ones the newest alone, so many at most', async () => {
  for (const text of ['a', 'b\nc', 'a', 'd']) keep(text)
  expect(await texts()).toEqual(['b\nc', 'a', 'd'])
  expect(await texts(2)).toEqual(['a', 'd'])
  expect((statSync(join(history, 'inputs.jsonl')).mode & 0o777).toString(8)).toBe('600')
})

test('a line cut off by a kill is passed over, and what is typed next is not lost to it', async () => {
  keep('a')
  appendFileSync(join(history, 'inputs.jsonl'), '{"at":1,"text":"b')
  keep('c')
  appendFileSync(join(history, 'inputs.jsonl'), 'nonsense\n7\n{"text":1}\n')
  expect(await texts()).toEqual(['a', 'c'])
})

test('how an input ended is kept with it, whichever session wrote meanwhile', async () => {
  keepInput(history, { at: 1, session: 'a', text: 'x' })
  keepInput(history, { at: 1, session: 'b', text: 'y' })
  keepInput(history, { at: 2, session: 'a', text: 'z' })
  keepOutcome(history, { at: 1, session: 'a', outcome: 'failed', hosts: 'web-[1-2]' })
  keepOutcome(history, { at: 9, session: 'a', outcome: 'ok' })
  expect(await earlierInputs(history)).toEqual([
    { at: 1, session: 'a', text: 'x', outcome: 'failed', hosts: 'web-[1-2]' },
    { at: 1, session: 'b', text: 'y' },
    { at: 2, session: 'a', text: 'z' },
  ])
})

test('an outcome never goes to a later input of the same text', async () => {
  keepInput(history, { at: 1, session: 'a', text: 'x' })
  keepInput(history, { at: 2, session: 'a', text: 'x' })
  keepOutcome(history, { at: 1, session: 'a', outcome: 'failed' })
  expect(await earlierInputs(history)).toEqual([{ at: 2, session: 'a', text: 'x' }])
})

test('sessions that write at once lose nothing', async () => {
  const sessions = ['x', 'y', 'z']
  await Promise.all(sessions.map(session => typeMany(history, session, 300)))
  const kept = new Set(await texts())
  for (const session of sessions)
    for (let i = 0; i < 300; i += 1) expect(kept.has(`${session}${i}`), `${session}${i}`).toBe(true)
})

function typeMany(directory: string, session: string, count: number): Promise<void> {
  const program = `
    import { keepInput } from ${JSON.stringify(new URL('inputs.ts', import.meta.url).href)}
    for (let i = 0; i < ${count}; i++) keepInput(${JSON.stringify(directory)}, { at: i, session: '${session}', text: '${session}' + i })`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { stdio: 'inherit' })
  return new Promise((resolve, reject) =>
    child.on('close', code => (code === 0 ? resolve() : reject(new Error(`exited with ${code}`)))),
  )
}
