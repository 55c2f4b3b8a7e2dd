import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openTerminal, type Terminal } from '../terminal/terminal.js'
import { buildIfStale, muster, musterScript, startMuster } from './muster.js'

/** On a busy machine the first type check takes its time. */
const PATIENCE = 60_000

/** A session of two hosts, which are both this machine, recorded and saved as `fix`. */
let folder: string
beforeAll(async () => {
  buildIfStale()
  folder = mkdtempSync(join(tmpdir(), 'muster-saved-'))
  mkdirSync(join(folder, 'history'))
  writeFileSync(
    join(folder, 'inventory.ts'),
    "export default { hosts: { a: { connector: 'local' }, b: { connector: 'local' } } }\n",
  )
  const { stdout, stderr } = await muster(
    folder,
    ['--plain', 'inventory.ts'],
    [
      '$`echo first answer`',
      `const put = await host('a').files.put({ dest: '${join(folder, 'made')}', content: 'x' })`,
      'a',
      "await new Promise(resolve => setTimeout(resolve, 700, 'waited'))",
      '$`echo last answer`',
      ':save fix',
      ':quit',
    ],
  )
  expect(stdout + stderr).toContain('saved history/fix.ts')
  expect(readFileSync(join(folder, 'made'), 'utf8')).toBe('x')
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function open(...args: readonly string[]): Terminal {
  const terminal = openTerminal({
    command: process.execPath,
    args: [musterScript, ...args],
    cwd: folder,
    env: { HOME: folder },
  })
  onTestFinished(async () => void (await terminal.close()))
  return terminal
}

function enter(terminal: Terminal, line: string): void {
  terminal.type(line)
  terminal.key('enter')
}

const textOf = (rows: readonly string[]): string => rows.join('\n')

test('a notebook that is edited outside is shown in place; names of cells that have not run say which, and how what these changed is taken back', async () => {
  const terminal = open('open', 'fix')
  const before = textOf(await terminal.waitFor(/4› .*last answer[\s\S]*nothing of it runs by itself/, PATIENCE))
  expect(before).toMatch(/1› .*echo first answer[^\n]*recorded/)

  enter(terminal, '6 * 7')
  await terminal.waitFor(/\b42\b/, PATIENCE)
  enter(terminal, 'put.undo()')
  const [session = ''] = readdirSync(join(folder, 'history')).filter(name => /^\d{4}-/.test(name))
  const said = textOf(await terminal.waitFor('takes back what it changed', PATIENCE)).replaceAll(/[│\s]+/g, ' ')
  expect(said).toContain(
    `'put' is of cell 2, not run here: :undo ${session}/2 takes back what it changed, :run 2 runs it.`,
  )

  const path = join(folder, 'history', 'fix.ts')
  const text = readFileSync(path, 'utf8')
  const [head, ...cells] = text.split(/^(?=\/\/ %%)/m)
  expect(cells).toHaveLength(4)
  const [first = '', second = '', third = '', last = ''] = cells
  const edited = [head, '// %%\n"very new"\n\n', first.replace('first', 'FIRST'), third, second, last]
  writeFileSync(path, edited.filter(cell => cell !== third).join(''))
  const after = textOf(await terminal.waitFor(/very new[\s\S]*fix was changed outside/, PATIENCE))
  const places = [
    /1› +"very new"/,
    /2› .*echo FIRST answer/,
    /changed since it gave this/,
    /3› +const put/,
    /– +await new Promise/,
    /no longer in the notebook/,
    /4› .*echo last answer/,
    /nothing of it runs by itself/,
    /\[1\] +6 \* 7/,
  ].map(row => after.search(row))
  expect(places, after).toEqual([...places].sort((a, b) => a - b))
  expect(places, after).not.toContain(-1)
  expect(after.match(/echo last answer/g)).toHaveLength(1)
}, 240_000)

test('a recorded session is played as fast as is asked for, stopped, and played on', async () => {
  const session = readdirSync(join(folder, 'history')).find(name => /^\d{4}-/.test(name)) ?? ''
  // its pauses are minutes long then
  const terminal = open('replay', session, '--play', '0.005')
  await terminal.waitFor('A replay of', PATIENCE)
  await sleep(2000)
  expect(textOf(terminal.screen())).not.toContain('first answer')
  terminal.key('ctrl-c')
  await terminal.waitFor('After cell 1 (1 of 4)', PATIENCE)
  const stopped = textOf(await terminal.waitFor('first answer', PATIENCE))
  expect(stopped).not.toContain('last answer')
  enter(terminal, ':timeline')
  await terminal.waitFor(/▸ +1 +\d\d:\d\d:\d\d/, PATIENCE)
  enter(terminal, ':play 200')
  await terminal.waitFor('(4 of 4)', PATIENCE)
  expect(textOf(terminal.screen())).toContain('last answer')
  enter(terminal, ':play fast')
  await terminal.waitFor(':play takes how many times as fast', PATIENCE)
}, 240_000)

test('old sessions go when that is confirmed, never those that run, not even one that begins meanwhile; notebooks stay', async () => {
  const prune = (...flags: readonly string[]) => muster(folder, ['history', 'prune', ...flags])
  const sessions = () => readdirSync(join(folder, 'history')).filter(name => /^\d{4}-/.test(name))
  const run = async () => {
    const running = startMuster(folder, '--plain', 'inventory.ts')
    onTestFinished(() => running.end())
    await running.shows(/session \d{4}-\S+ ·/)
    // the name of one that was removed in this minute may be given again
    return { running, own: /session (\d{4}-\S+)/.exec(running.stdout + running.stderr)?.[1] ?? '' }
  }
  expect((await prune()).stderr).toContain('Say what is to go: --older-than 90d, --keep 50 or --max-size 2G.')
  const first = await run()
  const before = sessions()
  const old = before.filter(name => name !== first.own)

  const told = await prune('--keep', '0')
  expect(told.stderr).toMatch(/^\d+ sessions?, [\d.]+ [kM]?B would go from .*; --yes removes them\.\n$/)
  expect(told.stdout.split('\n').flatMap(line => line.split('  ')[0] || [])).toEqual(old)
  expect(sessions()).toEqual(before)
  expect((await prune('--older-than', '30d')).stderr).toBe('Nothing would go.\n')

  const [second, pruned] = await Promise.all([run(), prune('--keep', '0', '--yes')])
  expect(pruned.stderr).toContain('removed from')
  expect(sessions().sort()).toEqual([first.own, second.own].sort())
  expect(readdirSync(join(folder, 'history'))).toContain('fix.ts')
  for (const { running } of [first, second]) {
    running.send('6 * 7', ':quit')
    expect(await running.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/\b42\b/) })
  }
  const whole = await muster(folder, ['history', 'verify'])
  expect(whole.stdout).toMatch(/whole, \d+ records\n.*whole, \d+ records\n$/)
}, 240_000)
