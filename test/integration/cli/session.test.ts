import { existsSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { CommandLine, records } from './command.js'

const cli = new CommandLine()
afterAll(() => cli.remove())

describe('muster -e', () => {
  test.each([
    ['a value', '1 + 1', 0, '2\n', ''],
    ['nothing', 'const a = 1', 0, '', ''],
    ['text as it is', "'a\\nb'", 0, 'a\nb\n', ''],
    ['folded answers', "group('web').$`echo hi`", 0, '● web-[1-3] (3)\n  hi\n', ''],
    ['console output', "console.log('out'); console.error('err')", 0, 'out\n', 'err\n'],
    ['a host that fails', "host('web-1').$`exit 3`", 1, '', 'exit 3 exited with 3'],
    ['hosts of which one fails', "match('web-1,db-1').$`exit 3`", 1, '✗ web-1,db-1 (2)  exit 3\n', ''],
    [
      'a type error',
      "const a: number = 'x'",
      1,
      '',
      "1:7 Type 'string' is not assignable to type 'number'.\n  const a: number = 'x'\n        ^\nNothing was run and nothing was sent.\n",
    ],
    ['a name that is not in the inventory', "group('wbe')", 1, '', '1:7 '],
    [
      'an exception, with its place',
      "const a = 1\n  throw new Error('no ' + a)",
      1,
      '',
      "2:9 Error: no 1\n    throw new Error('no ' + a)\n          ^\n",
    ],
  ])('%s', async (_title, code, exit, out, err) => {
    const ran = await cli.run(['-e', code, 'inventory.ts'])
    expect({ code: ran.code, out: ran.out }).toEqual({ code: exit, out })
    if (err === '') expect(ran.err).toBe('')
    else expect(ran.err).toContain(err)
  })

  test('a name with a question mark asks for help, as in a session: type, documentation, examples, place', async () => {
    const plain = await cli.run(['-e', 'files.line?', 'inventory.ts'])
    for (const part of [
      'line: (args: ',
      'A line in a text file',
      'example\n  await web.files.line(',
      'Absolute path on the host.',
      /from .*line\.d?\.?ts:\d+/,
    ])
      expect(plain.out).toMatch(part)
    expect({ code: plain.code, err: plain.err }).toEqual({ code: 0, err: '' })
    // an option that stands before a command goes to the line too
    const json = await cli.run(['--json', '-e', ':help undo', 'inventory.ts'])
    expect(records(json.out)).toMatchObject([{ type: 'reply', reply: { kind: 'text' } }])
    expect(await cli.run(['-e', 'nonsuch?', 'inventory.ts'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no fact, operation or command nonsuch'),
    })
    expect(await cli.run(['-e', '1', 'history'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('muster history takes no --eval'),
    })
  })
})

describe('muster, its input piped', () => {
  test('runs cells of many lines, colon commands and approvals from a script', async () => {
    const file = cli.path('ntp.conf')
    const script = `
const path = '${file}'
function twice(n: number) {
  return n * 2
}
twice(21)
:focus web-1
await files.line({
  path,
  line: 'server new.example',
})
a
await files.line({ path, line: 'server new.example' })
:undo
n
:nonsense
twice(
  1
)
`
    const { code, out, err } = await cli.run(['inventory.ts', '--plain'], script)
    expect(out).toContain('42\n')
    expect(out).toContain('focus web-1: web-1\n')
    expect(out).toContain('+ server new.example')
    expect(out).toContain('nothing to do')
    expect(out).toContain('- server new.example')
    expect(out.endsWith('2\n')).toBe(true)
    expect(readFileSync(file, 'utf8')).toBe('server new.example\n')
    expect(err).toContain('muster · inventory.ts · 4 hosts · session ')
    expect(err).toContain('There is no command :nonsense; :help lists them.')
    expect(code).toBe(1)
  })

  test('declines what nobody answers before the end of the input', async () => {
    const { code, out, err } = await cli.run(
      ['@local', '--plain'],
      `await files.put({ content: 'x', dest: '${cli.path('unasked')}' })\n`,
    )
    expect(code).toBe(1)
    expect(out).toContain('+ x')
    expect(err).toMatch(/declined|not approved/i)
    expect(existsSync(cli.path('unasked'))).toBe(false)
  })

  test('declines what is not answered before the next cell, and runs that', async () => {
    const { code, out, err } = await cli.run(
      ['@local', '--plain'],
      `await files.put({ content: 'x', dest: '${cli.path('unasked')}' })\n20 + 22\n:focus local\n`,
    )
    expect(code).toBe(1)
    expect(out).toMatch(/\n42\nfocus local: local\n$/)
    expect(err).toMatch(/declined/i)
    expect(existsSync(cli.path('unasked'))).toBe(false)
  })

  test('runs what is left unfinished at the end of the input, and ends at :quit', async () => {
    const unfinished = await cli.run(['@local', '--plain'], 'const a = [1,\n')
    expect(unfinished.code).toBe(1)
    expect(unfinished.err).toContain("1:14 ']' expected")
    const quit = await cli.run(['@local', '--plain'], '1 + 1\n:quit\n3 + 3\n')
    expect({ code: quit.code, out: quit.out }).toEqual({ code: 0, out: '2\n' })
  })

  test('opens what it saved on the inventory it was saved with, and says at once when it saved no such thing', async () => {
    await cli.run(['inventory.ts', '--plain', '--limit', 'web-1'], '20 + 22\n:save answer\n')
    const opened = await cli.run(['open', 'answer', '--plain'], ':run\n')
    expect(opened.err).toContain('muster · inventory.ts · 4 hosts · ')
    expect(opened.out).toMatch(/\n42\n$/)
    const missing = await cli.run(['open', 'anwser', '--plain'])
    expect({ code: missing.code, out: missing.out }).toEqual({ code: 2, out: '' })
    expect(missing.err).toMatch(/^muster: There is no notebook .*anwser\.ts\.\n$/)
  })

  test('--json is a record a line: every event, replies to colon commands too', async () => {
    const { code, out } = await cli.run(['inventory.ts', '--json'], '$`echo hi`\n:hosts web-1\n')
    expect(code).toBe(0)
    const all = records(out)
    expect(all.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'session.start',
        'cell.start',
        'task.start',
        'task.host',
        'task.end',
        'cell.end',
        'reply',
      ]),
    )
    expect(all.find(({ type }) => type === 'cell.end')).toMatchObject({
      end: { kind: 'ok', value: { kind: 'results' } },
    })
  })
})
