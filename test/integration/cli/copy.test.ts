import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { CommandLine, records } from './command.js'

const cli = new CommandLine()
afterAll(() => cli.remove())

describe('muster copy', () => {
  let n = 0
  let there = ''
  beforeEach(() => {
    n += 1
    there = cli.path(`there-${n}`)
    mkdirSync(there)
  })

  test('sends a file; the second time it is unchanged', async () => {
    cli.write('motd', 'hello\n')
    const args = ['copy', 'inventory.ts', '--limit', 'db-1', '--mode', '0640', '--', 'motd', `${there}/motd`]
    expect(await cli.run(args)).toEqual({ code: 0, out: `● db-1\n  ${there}/motd: 6 B sent\n`, err: '' })
    expect([readFileSync(`${there}/motd`, 'utf8'), statSync(`${there}/motd`).mode & 0o777]).toEqual(['hello\n', 0o640])
    expect(await cli.run(args)).toEqual({ code: 0, out: `● db-1\n  ${there}/motd: unchanged\n`, err: '' })
  })

  test('sends several into a directory, and says in JSON what it did', async () => {
    mkdirSync(cli.path('site/js'), { recursive: true })
    cli.write('site/js/a.js', 'a')
    cli.write('site/a.map', 'map')
    cli.write('one', '1')
    const { code, out } = await cli.run(['copy', '@local', '--json', '--exclude', '*.map', '--', 'site/', 'one', there])
    expect(code).toBe(0)
    const transfer = { ms: expect.any(Number), bytes: 1, files: 1, unchanged: false }
    expect(records(out)).toEqual([
      { host: 'local', status: 'ok', ms: expect.any(Number), value: { path: `${there}/site`, ...transfer } },
      { host: 'local', status: 'ok', ms: expect.any(Number), value: { path: `${there}/one`, ...transfer } },
    ])
    expect([existsSync(`${there}/site/js/a.js`), existsSync(`${there}/site/a.map`)]).toEqual([true, false])
  })

  test('fetches from every host to a file of its own, and replaces none that differs', async () => {
    writeFileSync(`${there}/log`, 'line 1\n')
    const args = ['copy', 'inventory.ts', '--download', '--', `${there}/log`, `${there}/logs/`]
    expect(await cli.run(args)).toEqual({
      code: 0,
      out: `● web-[1-3],db-1 (4)\n  ${there}/logs/log.{host}: 7 B received\n`,
      err: '',
    })
    expect(readFileSync(`${there}/logs/log.web-2`, 'utf8')).toBe('line 1\n')
    writeFileSync(`${there}/log`, 'line 2\n')
    const again = await cli.run([...args.slice(0, 2), '--limit', 'web-2', ...args.slice(2)])
    expect(again.code).toBe(1)
    expect(again.out).toContain(`${there}/logs/log.web-2 is there and differs`)
    expect(readFileSync(`${there}/logs/log.web-2`, 'utf8')).toBe('line 1\n')
    await cli.run([...args.slice(0, 3), '--overwrite', ...args.slice(3)])
    expect(readFileSync(`${there}/logs/log.web-2`, 'utf8')).toBe('line 2\n')
  })

  test.each<readonly [title: string, args: readonly string[], code: number, sentence: RegExp]>([
    ['no target', ['--', 'motd'], 2, /copy needs what to copy and where to/],
    ['a mode that is none', ['--mode', 'rw', '--', 'motd', '/tmp/x'], 2, /octal digits such as 0644, not rw/],
    ['a mode for a download', ['--mode', '644', '--download', '--', '/etc/hosts', 'x'], 2, /not with --download/],
    ['a path of all hosts for one', ['--download', '--', '/etc/hosts', 'x{host}'], 0, /^$/],
  ])('%s', async (_title, args, code, sentence) => {
    cli.write('motd', 'hello\n')
    const ran = await cli.run(['copy', '@local', ...args])
    expect(ran.code).toBe(code)
    expect(ran.err).toMatch(sentence)
  })

  test('a local file that is missing fails the hosts, with its name', async () => {
    const { code, out } = await cli.run(['copy', 'inventory.ts', '--', 'nothing', `${there}/x`])
    expect([code, out]).toEqual([
      1,
      `✗ web-[1-3],db-1 (4)  failed\n  ${cli.path('nothing')} cannot be read on this machine: there is no such file.\n`,
    ])
  })

  test('Ctrl-C leaves the old file as it was and nothing beside it', async () => {
    writeFileSync(`${there}/big`, 'old')

    cli.write('big', '')
    truncateSync(cli.path('big'), 4_000_000_000)
    const running = cli.start(['copy', '@local', '--', 'big', `${there}/big`])
    await waitFor(() => temps(there).some(name => statSync(`${there}/${name}`, { throwIfNoEntry: false })?.size))
    running.child.kill('SIGINT')
    const { code } = await running.ended
    expect([code, readFileSync(`${there}/big`, 'utf8')]).toEqual([130, 'old'])
    await waitFor(() => temps(there).length === 0)
  })
})

function temps(folder: string): string[] {
  return readdirSync(folder).filter(name => name.startsWith('.muster-'))
}

async function waitFor(test: () => unknown): Promise<void> {
  while (!test()) await pause(5)
}
