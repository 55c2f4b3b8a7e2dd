import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { endLines } from '../../../src/cli/render/display.js'
import { paintFor } from '../../../src/cli/render/paint.js'
import type { CommandReply, SessionPort, SessionRecord } from '../../../src/repl/protocol.js'
import { openSession } from '../../../src/repl/session.js'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

/** A session with a kernel process of its own, on this machine as the only host. */
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'muster-kernel-')))
const records: SessionRecord[] = []
let session: SessionPort

beforeAll(async () => {
  mkdirSync(join(directory, 'history'))
  const inventory = { hosts: { here: { connect: { connector: 'local' as const } } } }
  session = await openSession({ inventory, directory, colors: false, connect: false })
  session.listen(record => {
    records.push(record)
    if (record.type === 'approval.asked') session.decide(record.request.id, { kind: 'apply' })
  })
})
afterAll(async () => {
  await session.close()
  rmSync(directory, { recursive: true })
})
afterEach(() => {
  records.length = 0
})

/** Types are checked only where that is the point: it takes a second on a busy machine. */
const read = async (source: string, checked = false): Promise<string> =>
  endLines(await session.run(source, { force: !checked }), source, paintFor(false)).join('\n')
const notes = (): string[] => records.flatMap(record => (record.type === 'note' ? [record.text] : []))
const left = (): string[] =>
  records.flatMap(record =>
    record.type === 'cell.left' ? record.running.map(({ what, place }) => `${what} ${place}`) : [],
  )
const rows = (reply: CommandReply): readonly (readonly string[])[] =>
  reply.kind === 'display' && reply.display.kind === 'table' ? reply.display.rows : []
const tasks = async () => rows(await session.command('tasks'))
const noted = (text: RegExp) => expect.poll(() => notes().some(note => text.test(note))).toBe(true)

test('what a cell leaves running is shown with it, listed, and stopped one by one or all at once', async () => {
  await read('let ticks = 0\nconst beat = setInterval(() => ticks++, 5)')
  await expect.poll(left).toEqual(['setInterval every 5 ms cell 1:2:14'])
  await read(
    "import { createServer } from 'node:http'\nimport { spawn } from 'node:child_process'\nconst server = createServer((_, answer) => answer.end('hi')).listen(0, '127.0.0.1')",
  )
  await read(
    "const child = spawn('sleep', ['4714'])\nconst late = setTimeout(() => {}, 60_000)\nsetTimeout(() => {}, 50)",
  )
  await expect
    .poll(() => left().slice(1))
    .toEqual([
      expect.stringMatching(/^server on 127\.0\.0\.1:\d+ undefined$/),
      expect.stringMatching(/^process sleep 4714 \(pid \d+\) cell 3:1:/),
      'setTimeout of 60 s cell 3:2:14',
    ])
  // what muster does for a cell is not the cell's
  await read('(await $`echo hi`).ok.size')
  expect((await tasks()).map(([, by, what]) => `${by} ${what?.replace(/\d+/g, 'N')}`)).toEqual([
    'cell 1 setInterval every N ms',
    'cell 2 server on N.N.N.N:N',
    'cell 3 process sleep N (pid N)',
    'cell 3 setTimeout of N s',
  ])
  const [interval, server] = (await tasks()).map(([id]) => id)
  await expect(session.command('stop 99')).rejects.toThrow('There is no task 99; :tasks lists them.')
  expect(await session.command(`stop ${interval}`)).toEqual({
    kind: 'text',
    text: `stopped ${interval}: setInterval every 5 ms`,
  })
  const ticks = await read('ticks')
  await sleep(60)
  expect(await read('ticks')).toBe(ticks)
  await session.command(`stop ${server}`)
  expect(await read('server.listening')).toBe('false')
  await session.command('stop all')
  expect(await tasks()).toEqual([])
  await expect.poll(() => read('child.signalCode')).toBe('SIGTERM')
})

test('what is printed keeps its lines, whichever way and stream they come', async () => {
  await read(
    "console.log('a')\nconsole.log('b\\nc')\nconsole.error('d')\nprocess.stdout.write('e')\nconsole.log('f\\n')",
  )
  const printed = records.filter(record => record.type === 'cell.console').map(record => record.text)
  expect(printed.join('')).toBe('a\nb\nc\nd\nef\n\n')
})

test('a loop that prints without end is stopped, and most of what it prints goes nowhere', async () => {
  await read('let kept = 7')
  expect(await read("while (true) console.log('flood '.repeat(100))")).toBe('stopped: it printed without end')
  const printed = records.filter(record => record.type === 'cell.console').map(record => record.text.length)
  expect(printed.reduce((a, b) => a + b, 0)).toBeLessThan(2 * 1024 * 1024)
  expect(notes()).toEqual([
    expect.stringMatching(/^cell \d+ prints faster than it can be shown/),
    expect.stringMatching(/^cell \d+: \d+ MB of what it printed are left out\.$/),
  ])
  records.length = 0
  // a gigabyte: in a thousand pieces, then much of it in one
  expect(await read("for (let i = 0; i < 1024; i++) console.log('x'.repeat(1 << 20))")).toMatch(/^stopped/)
  await read("console.log('y'.repeat(1 << 28))")
  expect(records.filter(record => record.type === 'cell.console')).toEqual([])
  expect(await read('kept')).toBe('7')
})

test('what never lets go of the thread is stopped with everything kept', async () => {
  await read(
    'const kept = await $`echo kept`\nconst beats = { count: 0 }\nconst beat = setInterval(() => beats.count++, 5)',
  )
  await read(
    'const round = (): Promise<never> => Promise.resolve().then(round)\nconst again = () => queueMicrotask(again)',
  )
  records.length = 0
  for (const endless of ['await round()', 'again()\nawait new Promise(() => {})', 'for (;;) await null']) {
    const running = session.run(endless, { force: true })
    await expect.poll(() => records.findLast(({ type }) => type.startsWith('cell.'))?.type).toBe('cell.start')
    await sleep(50)
    session.interrupt()
    expect(await running).toEqual({ kind: 'interrupted' })
  }
  expect(notes()).toEqual([])
  expect(await read('kept.ok.size')).toBe('1')
  // what is not meant goes on
  const before = Number(await read('beats.count'))
  await expect.poll(async () => Number(await read('beats.count'))).toBeGreaterThan(before)
  await read('clearInterval(beat)')
})

test('a kernel whose thread is held is ended: declarations and reads come back, what wrote does not', async () => {
  const file = join(directory, 'written')
  await read('const two = 2\nconst double = (n: number) => n * two')
  await read('const os = await facts.server.os()')
  await read('({ answer: double(21) })')
  const valued = records.findLast(record => record.type === 'cell.end')
  await read(`const written = await files.put({ content: 'x', dest: '${file}' })`)
  expect(readFileSync(file, 'utf8')).toBe('x')
  rmSync(file)
  await read('const after = written.size')
  await read('const said = await $`echo said`')
  // nothing but the end of its process leaves this
  const endless = "/^(a+)+$/.test('a'.repeat(64) + 'b')"
  const stuck = session.run(endless, { force: true })
  await expect.poll(() => records.at(-1)?.type).toBe('cell.start')
  await sleep(100)
  session.interrupt()
  expect(await stuck).toEqual({ kind: 'interrupted' })
  await noted(/^The kernel is new/)
  expect(notes()).toContainEqual(
    expect.stringMatching(/^Cell \d+ was in a call that nothing can break off .*another started\.$/),
  )
  const ended = records.findLast(record => record.type === 'cell.end')
  expect(ended).toMatchObject({ end: { kind: 'interrupted' } })
  expect(ended?.type === 'cell.end' && ended.ms).toBeGreaterThan(1000)
  const summary = notes().at(-1) ?? ''
  expect(summary).toMatch(/Not run again: (?:cell \d+; it|cells \d+(?:, \d+)+; they) changed hosts\./)
  expect(summary).toMatch(/it uses written, which is gone\./)
  expect(existsSync(file)).toBe(false)

  expect(await read('double(4)')).toBe('8')
  expect(await read('os.ok.size')).toBe('1')
  if (valued?.type !== 'cell.end') return expect.fail('the cell has no end')
  expect(await read(`_${valued.cell}.answer`)).toBe('42')
  // its ways back went with it; the journal has them
  expect(await read('written.undo()', true)).toMatch(
    /^1:1 'written' is gone: cell (\d+) is not run again: it changed hosts; :undo \1 takes back what it changed\./,
  )
  expect(await read('after', true)).toMatch(
    /^1:1 'after' is gone: cell \d+ is not run again: it uses written, which is gone\./,
  )
  expect(await read('said', true)).toMatch(/^1:1 'said' is gone: cell \d+ is not run again: it ran commands on hosts\./)
  // the session is the same: its journal goes on, and so do the numbers of its cells
  const ends = records.flatMap(record => (record.type === 'cell.end' ? [record.cell] : []))
  expect(ends).toEqual([...ends].sort((a, b) => a - b))
  const { text } = await session.command('save kept').then(reply => (reply.kind === 'text' ? reply : { text: '' }))
  expect(readFileSync(join(directory, text.replace('saved ', '')), 'utf8')).toContain('files.put')
})

test('a kernel that ends by itself is started anew, and so it is by :restart', async () => {
  await read('const three = 3')
  await session.command('save theirs')
  await session.command('save own')
  expect(await read("process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})")).toMatch(/^Interrupted/)
  await noted(/^The kernel is new/)
  expect(await read('three')).toBe('3')
  // it knows what the kernel before it wrote, and what of that somebody changed since
  const theirs = join(directory, 'history/theirs.ts')
  writeFileSync(theirs, `${readFileSync(theirs, 'utf8')}\n// %%\n"theirs"\n`)
  await expect(session.command('save theirs')).rejects.toThrow('theirs.ts was changed by somebody since')
  expect(await session.command('save own')).toEqual({ kind: 'text', text: 'saved history/own.ts' })
  records.length = 0
  session.select(['here'])
  await session.command('guard readonly')
  await read('const mine = sel.size')
  await read('const bad = failed.size')
  session.select([])
  await read('const none = sel.size')
  await session.command('mark here')
  await session.command('restart')
  await noted(/^The kernel is new.* it uses failed, which says how hosts fared before\.$/)
  expect(await read('[three + 1, mine, none, sel.size].join()')).toBe('4,1,0,1')
  expect(await session.command('guard')).toEqual({ kind: 'text', text: 'readonly: here' })
  expect(records.filter(({ type }) => type === 'session.marked' || type === 'session.guarded').slice(-2)).toMatchObject(
    [
      { type: 'session.marked', hosts: ['here'] },
      { type: 'session.guarded', guard: 'readonly', hosts: ['here'] },
    ],
  )
  await session.command('guard confirm')
})

test('what would be lost is said by what ends it, which does it when it is told so with a !', async () => {
  await read('const said = await $`echo said`')
  await expect(session.command('restart')).rejects.toThrow(
    /^Values and names of .*cells? (?:\d+, )*\d+ \(it ran commands on hosts\) would be lost: these are never run again\. :restart! /,
  )
  await read('const beat = setInterval(() => {}, 60_000)')
  await expect(session.command('quit')).rejects.toThrow(
    /^Cells left this running, which would end: .*\d+: setInterval every 60 s \(cell \d+\)\. :quit! ends the session all the same\.$/,
  )
  const running = session.run('await new Promise(resolve => setTimeout(resolve, 60_000))', { force: true })
  await expect.poll(() => records.at(-1)?.type).toBe('cell.start')
  for (const line of ['quit', 'disconnect', 'restart'])
    await expect(session.command(line)).rejects.toThrow(/^Cell \d+ still runs, and would be cut off: :\w+! /)
  expect(await session.command('disco!')).toEqual({ kind: 'text', text: 'disconnected here' })
  session.interrupt()
  expect(await running).toEqual({ kind: 'interrupted' })
  expect(await session.command('quit!')).toEqual({ kind: 'quit' })
  await session.command('restart!')
  await noted(/^The kernel is new/)

  const file = join(directory, 'report.md')
  await session.command('report report.md')
  await session.command('report report.md')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/Session \d{4}-\d\d-\d\d-\d{4}/g, 'Session 2020-01-01-0000'))
  await expect(session.command('report report.md')).rejects.toThrow(
    'report.md is the report of session 2020-01-01-0000, which would be lost: :report! ',
  )
  await session.command('report! report.md')
  await session.command('report report.md')
  writeFileSync(file, 'mine')
  await expect(session.command('report! report.md')).rejects.toThrow('is no report of muster')

  await expect(session.command('hosts!')).rejects.toThrow(':hosts destroys nothing: write it without the !.')
  expect(await session.command('help export')).toMatchObject({ text: expect.stringContaining(':export[!] FILE') })
  const names = async (draft: string) => (await session.complete(draft, draft.length)).map(({ name }) => name)
  expect(await names(':disconnect! h')).toContain('here')
})

test(':plan shows again what a cell planned, with its diffs; :facts tells the usual facts', async () => {
  await expect(session.command('plan 9999')).rejects.toThrow('Cell 9999 has planned nothing.')
  const user = userInfo().username
  await read(`focus.files.put({ dest: ${JSON.stringify(join(directory, 'planned'))}, content: 'one\\n' })`)
  await read('1 + 1')
  const shown = `\
files.put ${join(directory, 'planned')}  1 change  as ${user}
  ▸ here
    create ${join(directory, 'planned')}`
  expect(await session.command('plan')).toMatchObject({
    text: expect.stringMatching(/^files\.put [\s\S]*\n {6}\+ one/),
  })
  expect(await session.command('plan')).toMatchObject({ text: expect.stringContaining(shown) })
  const facts = rows(await session.command('facts'))
  expect(facts).toContainEqual(['server.hostname', hostname()])
  expect(facts).toContainEqual(['hardware.memory total', expect.stringMatching(/^[\d.]+ [kMGT]B$/)])
  expect(rows(await session.command('facts here'))).toContainEqual(['server.hostname', hostname()])
  await expect(session.command('facts nobody')).rejects.toThrow('nobody')
  // every command that takes hosts takes them by the same words
  await session.command('mark here')
  expect(rows(await session.command('facts sel'))).toEqual(facts)
  expect(rows(await session.command('hosts sel')).map(([host]) => host)).toEqual(['here'])
  expect(await session.command('connect sel')).toEqual({ kind: 'text', text: '1 of 1 ready' })
  expect(await session.command('guard confirm sel')).toEqual({ kind: 'text', text: 'confirm: here' })
  await session.command('mark none')
  await expect(session.command('hosts sel')).rejects.toThrow('No host is marked: sel is empty.')
})

test(':compare shows the diff of an answer to what the host said before, and of two cells; hosts are completed', async () => {
  writeFileSync(join(directory, 'told'), 'one\n')
  const source = `$\`cat ${join(directory, 'told')}\``
  await read(source)
  await expect(session.command('compare here')).rejects.toThrow(/^here alone answered in cell \d+, and not before/)
  writeFileSync(join(directory, 'told'), 'two\n')
  await read(source)
  const told = expect.stringMatching(
    /^--- here, cell \d+, [\d:]{8}\n\+\+\+ here, cell \d+, [\d:]{8}\n@@ -1,1 \+1,1 @@\n- one\n\+ two$/,
  )
  expect(await session.command('compare here')).toEqual({ kind: 'text', text: told })
  const [first, second] = records.flatMap(record => (record.type === 'cell.start' ? [record.cell] : []))
  expect(await session.command(`compare ${first} ${second}`)).toMatchObject({
    text: expect.stringMatching(/^● here\n {2}--- cell [\s\S]*\n {2}- one\n {2}\+ two$/),
  })
  const names = async (draft: string) => (await session.complete(draft, draft.length)).map(({ name }) => name)
  expect(await names(':compare ')).toEqual(expect.arrayContaining([String(first), 'here']))
})

test(':run! runs what was refused last, or what stands behind it, in spite of type errors', async () => {
  expect(await session.check('const odd: string = 41; odd')).toHaveLength(1)
  const ended = () => records.flatMap(record => (record.type === 'cell.end' ? [record.end] : []))
  await session.command('run!')
  expect(ended()).toEqual([{ kind: 'ok', value: { kind: 'text', text: '41' } }])
  await session.command("run! (odd as string) + ' and' + 1 as unknown as number")
  expect(ended().at(-1)).toEqual({ kind: 'ok', value: { kind: 'text', text: '41 and1' } })
  await session.command('run!   const twice: string =\n 2 * 21; twice')
  expect(ended().at(-1)).toEqual({ kind: 'ok', value: { kind: 'text', text: '42' } })
  await expect(session.command('run!')).rejects.toThrow('No cell was refused')
  const names = async (draft: string) => (await session.complete(draft, draft.length)).map(({ name }) => name)
  expect(await names(':run')).toEqual(expect.arrayContaining(['run', 'run!']))
  expect(await names(':run! od')).toContain('odd')
  expect(await session.command('help run!')).toMatchObject({ text: expect.stringContaining(':run! [CODE]') })
})

test('a colon command that cannot be meant so says what to write', async () => {
  await session.command('stop all')
  expect(await session.command('stop all')).toMatchObject({ text: 'Nothing that a cell started is running.' })
  expect(await session.command('TASKS')).toMatchObject({ text: 'Nothing that a cell started is running.' })
  await expect(session.command('restart now')).rejects.toThrow('Nothing goes behind :restart: write it without now.')
  await expect(session.command('')).rejects.toThrow('Write a command behind the colon; :help lists them.')
})

test('a guide is not written into: what was done beside it is saved as a notebook of its own', async () => {
  const guide = join(directory, 'guide.ts')
  const text = '// %%\nawait $`true`\n'
  writeFileSync(guide, text)
  const inventory = { hosts: { here: { connect: { connector: 'local' as const } } } }
  const options = { inventory, directory, colors: false, connect: false, notebook: guide, isGuide: true }
  const guided = await openSession(options)
  try {
    await guided.run('1 + 1', { force: true })
    expect(await guided.command('save')).toMatchObject({ text: expect.stringMatching(/^saved history\/\S+\.ts$/) })
    expect(readFileSync(guide, 'utf8')).toBe(text)
  } finally {
    await guided.close()
  }
})
