import { execFileSync } from 'node:child_process'
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JournalRecord } from '../../src/journal/journal.js'
import { readJournal } from '../../src/journal/read.js'
import { labInventory, type WorkFolder, workFolder } from '../fleet/lab-inventory.js'
import { describeOnLab } from '../fleet/shared.js'
import { buildIfStale, type RunningMuster, startMuster } from './muster.js'

describeOnLab('kill -9 in the middle of a session', lab => {
  const folders: WorkFolder[] = []
  beforeAll(buildIfStale)
  afterAll(() => {
    for (const folder of folders) folder.remove()
  })

  function newFolder(): string {
    const folder = workFolder(labInventory(lab))
    folders.push(folder)
    return folder.path
  }

  /** A session that has shown three answers and is busy with a fourth cell, which goes on showing. */
  async function busySession(path: string): Promise<RunningMuster> {
    const session = startMuster(path, 'inventory.ts')
    session.send("$`hostname; echo 'it was shown'`", 'facts.server.kernel()', '$`seq 20000`')
    session.send("for (let i = 0; ; i++) { console.log('tick', i); await $`sleep 0.02` }")
    await session.shows('tick 5\n')
    return session
  }

  test('of the whole process group: all that was shown is in the journal', async () => {
    const path = newFolder()
    const session = await busySession(path)
    process.kill(-session.pid, 'SIGKILL')
    const { code, stdout } = await session.ended
    expect(code).toBeNull()
    await expectJournaled(path, stdout)
  })

  test('of the kernel alone: the session says so in one sentence and ends, and all that was shown is in the journal', async () => {
    const path = newFolder()
    const session = await busySession(path)
    process.kill(kernelOf(session), 'SIGKILL')
    session.send('1 + 1')
    session.end()
    const { code, stdout, stderr } = await session.ended
    expect(stderr).toContain('The kernel was killed by SIGKILL; everything shown is in the journal.\n')
    expect(code).toBe(1)
    await expectJournaled(path, stdout)
  })

  test('of the front end alone, while a loop holds the kernel: that ends as well', async () => {
    const session = startMuster(newFolder(), 'inventory.ts')
    session.send("console.log('looping'); await new Promise(resolve => setTimeout(resolve, 100)); while (true) {}")
    await session.shows('looping\n')
    const kernel = kernelOf(session)
    const before = ticksOf(kernel)
    await expect.poll(() => ticksOf(kernel)).toBeGreaterThan(before + 50)
    process.kill(session.pid, 'SIGKILL')
    await session.ended
    await expect.poll(() => ticksOf(kernel)).toBeNaN()
  })

  test('of the front end alone, while hosts are busy: the kernel stops what runs there before it ends', async () => {
    const session = startMuster(newFolder(), 'inventory.ts')
    session.send('$`sleep 4715`')
    const sleeping = () =>
      Promise.all(lab.hosts.map(({ name }) => lab.exec(name, "pgrep -c -f '^sleep 471[5]' || true")))
    await expect.poll(sleeping).toEqual(['1\n', '1\n', '1\n'])
    const kernel = kernelOf(session)
    process.kill(session.pid, 'SIGKILL')
    await expect.poll(sleeping).toEqual(['0\n', '0\n', '0\n'])
    await expect.poll(() => ticksOf(kernel)).toBeNaN()
  })

  /** Processor time of a process in ticks of 10 ms; NaN when it has ended. */
  function ticksOf(pid: number): number {
    try {
      const [, state, ...fields] = /\) (\S) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
      return state === 'Z' ? Number.NaN : Number(fields.join(' ').split(' ')[10])
    } catch {
      return Number.NaN
    }
  }

  test('while a line is being written: the torn line is named, and the rest is there', async () => {
    const path = newFolder()
    const session = await busySession(path)
    process.kill(-session.pid, 'SIGKILL')
    const { stdout } = await session.ended
    appendFileSync(join(sessionOf(path), 'journal.jsonl'), '{"seq":9999,"at":17')
    const { torn } = await expectJournaled(path, stdout)
    expect(torn).toBe(1)
  })

  /** Every line that was shown is in a record; the chain of hashes holds. */
  async function expectJournaled(path: string, stdout: string): Promise<{ torn: number }> {
    const records: JournalRecord[] = []
    let torn = 0
    for await (const entry of readJournal(sessionOf(path))) {
      expect(entry.kind).not.toBe('broken')
      if (entry.kind === 'record') records.push(await entry.restore())
      if (entry.kind === 'torn') torn += 1
    }
    const texts = new Set(textsOf(records).flatMap(text => text.split('\n')))
    const shown = stdout.split('\n').filter(line => line !== '' && !line.startsWith('●'))
    expect(shown.length).toBeGreaterThan(10_000)
    expect(shown.map(line => line.replace(/^ {2}/, '')).filter(line => !texts.has(line))).toEqual([])
    expect(shown.filter(line => line.includes('more bytes'))).toHaveLength(1)
    return { torn }
  }

  function sessionOf(path: string): string {
    const history = join(path, 'history')
    const [session = ''] = readdirSync(history, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
    return join(history, session)
  }
})

/** All texts in some data. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}

/** The kernel: the child process of a session that runs kernel/main. */
function kernelOf(session: RunningMuster): number {
  return Number(execFileSync('pgrep', ['-P', String(session.pid), '-f', 'kernel/main'], { encoding: 'utf8' }))
}
