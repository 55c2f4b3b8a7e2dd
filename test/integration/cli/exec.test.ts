import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { typeCheck } from '../../unit/type-check.js'
import { CommandLine, records } from './command.js'

const cli = new CommandLine()
afterAll(() => cli.remove())

describe('muster exec', () => {
  test('folds equal answers on stdout and says nothing else', async () => {
    expect(await cli.run(['exec', 'inventory.ts', '--', 'echo hello'])).toEqual({
      code: 0,
      out: '● web-[1-3],db-1 (4)\n  hello\n',
      err: '',
    })
  })

  test('one word is a script, several are quoted words', async () => {
    expect((await cli.run(['exec', '@local', '--', 'echo a  b; exit 0'])).out).toBe('● local\n  a b\n')
    expect((await cli.run(['exec', '@local', '--', 'printf', '%s|', 'a  b', '$HOME;', "it's"])).out).toBe(
      "● local\n  a  b|$HOME;|it's|\n",
    )
  })

  test('--lines names the host on each line, in the order of the inventory', async () => {
    const { out } = await cli.run([
      'exec',
      'inventory.ts',
      '--limit',
      '@web,!web-2',
      '--lines',
      '--',
      'printf "a\\nb\\n"',
    ])
    expect(out).toBe('web-1: a\nweb-1: b\nweb-3: a\nweb-3: b\n')
  })

  test('--json gives a record a host, also of one that failed', async () => {
    const command = 'echo out; echo err >&2; exit 3'
    const { code, out, err } = await cli.run(['exec', '@local', '--json', '--', command])
    expect({ code, err }).toEqual({ code: 1, err: '' })
    expect(records(out)).toEqual([
      {
        host: 'local',
        status: 'failed',
        ms: expect.any(Number),
        error: expect.stringContaining('exited with 3: err'),
        value: { command, exitCode: 3, stdout: 'out\n', stderr: 'err\n' },
      },
    ])
  })

  test('shows the exit code of a host that fails, and exits with 1', async () => {
    const script = `cd '${cli.directory}'; test ! -e once && : > once && exit 7; echo fine`
    const { code, out } = await cli.run(['exec', 'inventory.ts', '--parallel', '1', '--', script])
    expect(code).toBe(1)
    expect(out).toBe('● web-[2-3],db-1 (3)\n  fine\n✗ web-1  exit 7\n')
  })

  test('--timeout ends the command', async () => {
    const { code, out } = await cli.run(['exec', '@local', '--timeout', '0.5', '--', 'sleep 60'])
    expect(code).toBe(1)
    expect(out).toBe('✗ local  failed\n  killed after 0.5 s\n')
  })

  test('lets no control character of a host through, and no colour where none is wanted', async () => {
    const { out } = await cli.run([
      'exec',
      '@local',
      '--',
      'printf "\\033]0;title\\007\\033[2Jx\\033[31mred\\tend\\r\\n\\302\\233 2J"',
    ])
    expect(out).toContain('red')
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  })

  test('cuts megabytes and says so', async () => {
    const { code, out } = await cli.run([
      'exec',
      '@local',
      '--',
      "head -c 10000000 /dev/zero | tr '\\0' x | fold -w 100",
    ])
    expect(code).toBe(0)
    expect(out.length).toBeLessThan(100_000)
    expect(out).toMatch(/… 10,0\d\d,\d\d\d more bytes/)
  })

  test('Ctrl-C prints what came back, stops the rest, and exits with 130', async () => {
    const script = `cd '${cli.directory}'; if mkdir first 2>/dev/null; then echo quick; else : > second; sleep 60; fi`
    const { child, ended } = cli.start(['exec', 'inventory.ts', '--limit', '@web', '--parallel', '1', '--', script])
    await cli.appears('second')
    child.kill('SIGINT')
    const { code, out } = await ended
    expect(code).toBe(130)
    expect(out).toContain('● web-1\n  quick\n')
    expect(out).toMatch(/○ web-2 {2}unknown/)
    expect(out).toMatch(/○ web-3 {2}cancelled/)
  })
})

describe('muster fact', () => {
  test('reads a fact of every host, folded', async () => {
    const { code, out, err } = await cli.run(['fact', 'inventory.ts', 'server.kernel', '--limit', '@web'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^● web-\[1-3\] \(3\)\n.*name: 'Linux'/)
  })

  test('takes arguments as pairs and as JSON, and answers as JSON', async () => {
    cli.write('some.txt', 'text of it\n')
    const pairs = await cli.run(['fact', '@local', 'files.text', `path=${cli.path('some.txt')}`, '--json'])
    const json = await cli.run([
      'fact',
      '@local',
      'files.text',
      JSON.stringify({ path: cli.path('some.txt') }),
      '--json',
    ])
    for (const { code, out } of [pairs, json]) {
      expect(code).toBe(0)
      expect(records(out)).toEqual([{ host: 'local', status: 'ok', ms: expect.any(Number), value: 'text of it\n' }])
    }
  })

  test.each([
    ['an unknown fact', ['server.so'], 'There is no fact server.so; did you mean server.os?'],
    ['a missing argument', ['files.text'], 'files.text: the argument path is missing (string)'],
    ['a misspelled argument', ['files.text', 'pth=/etc/hosts'], 'there is no argument pth; did you mean path?'],
    ['a wrong argument', ['files.text', 'path=relative'], 'files.text: path: expected an absolute path'],
    ['arguments for a fact without any', ['server.os', 'a=b'], 'server.os takes no arguments.'],
    ['something that is no pair', ['files.text', '/etc/hosts'], 'files.text: “/etc/hosts” is not an argument'],
    ['JSON that is none', ['files.text', '{path}'], 'files.text: {path} is not JSON'],
  ])('refuses %s before it opens the inventory', async (_title, args, sentence) => {
    const { code, out, err } = await cli.run(['fact', 'not-there.ts', ...args])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(sentence)
    expect(err).not.toContain('not-there')
  })
})

describe('muster inventory', () => {
  test('lists hosts and groups without connecting', async () => {
    const { code, out, err } = await cli.run(['inventory', 'inventory.ts'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.split('\n').slice(0, 2)).toEqual([
      'host   address       groups  guard    data',
      'web-1  this machine  web     confirm  { port: 80 }',
    ])
    expect(out).toContain('@web 3  web-[1-3]\n@db 1  db-1\n')
  })

  test('is the default inventory of its directory, as JSON too', async () => {
    const { out } = await cli.run(['inventory', '--json', '--limit', 'db-1'])
    expect(records(out)).toEqual([
      { host: 'db-1', address: 'db-1', groups: ['db'], guard: 'confirm', data: { role: 'main' } },
    ])
  })

  test('--types declares the names, so that the compiler refuses others', async () => {
    const { code, out, err } = await cli.run(['inventory', 'inventory.ts', '--types'])
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: 'wrote muster.generated.d.ts\n' })
    const deploy = (group: string): string =>
      `import type { Fleet } from 'muster'\nexport default (fleet: Fleet) => fleet.group('${group}')`
    const declaration = readFileSync(cli.path('muster.generated.d.ts'), 'utf8')
    const check = (group: string): string[] =>
      typeCheck({ 'muster.generated.d.ts': declaration, 'deploy.ts': deploy(group) })
    expect(check('web')).toEqual([])
    expect(check('wbe')).toEqual([expect.stringContaining(`Argument of type '"wbe"' is not assignable`)])
  })
})
