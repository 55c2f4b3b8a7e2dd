import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createLink, type Link } from '../../src/engine/connect/index.js'
import type { RunOptions } from '../../src/engine/connect/link.js'
import { InterruptedError, UnreachableError, UsageError } from '../../src/engine/errors.js'
import { closing, linkTo } from '../fleet/link-to.js'
import { isAlive } from '../fleet/processes.js'
import { type Sshd, startSshd, terminalsMissing } from '../fleet/sshd.js'

const why = terminalsMissing()
if (why) test.skip(`terminals over a real sshd: ${why}`)

const PTY = { columns: 91, rows: 33 }
const said = async (link: Link, script: string, options: RunOptions = {}) =>
  (await link.run(script, { pty: PTY, ...options })).stdout.toString()

describe('commands on a terminal', () => {
  let sshd: Sshd
  beforeAll(async () => {
    if (!why) sshd = await startSshd()
  })
  afterAll(() => sshd?.stop())

  const ways: readonly (readonly [string, () => Link])[] = [
    ...(why ? [] : [['over a real sshd', () => linkTo(sshd)] as const]),
    ['on this machine', () => closing(createLink({ name: 'me', settings: { connector: 'local' } }))],
  ]

  describe.each(ways)('%s', (_way, link) => {
    test('size, type, and both outputs as one', async () => {
      const script = 'test -t 0 && test -t 1 && test -t 2 && stty size && echo $TERM && echo err >&2; exit 6'
      const result = await link().run(script, { pty: { ...PTY, term: 'vt220' } })
      expect([result.stdout.toString(), result.stderr.toString(), result.exitCode]).toEqual([
        '33 91\r\nvt220\r\nerr\r\n',
        '',
        6,
      ])
    })

    test('nothing of how it was started is in the output or in an argument list', async () => {
      const env = { TOKEN: 'it is a "secret" of \\n\\$x `y` %s' }
      const script =
        "printf '%s\\n' \"$TOKEN\"; cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c 'is a .[s]ecret' || :"
      expect(await said(link(), script, { env, cwd: '/usr' })).toBe(`${env.TOKEN}\r\n0\r\n`)
    })

    test('directory, interpreter, control characters as they came', async () => {
      expect(await said(link(), 'pwd; printf "\\033[31mred\\007\\n"', { cwd: '/usr' })).toBe(
        '/usr\r\n\x1b[31mred\x07\r\n',
      )
      expect(await said(link(), 'echo $BASH_VERSION', { shell: 'bash' })).toMatch(/^[1-9]/)
    })

    test('stdin is typed, and ends; without any it is at its end at once', async () => {
      const options = { stdin: Buffer.from('one\ntwo') }
      expect(await said(link(), 'wc -c', options)).toMatch(/7\r\n$/)
      expect(await said(link(), 'cat; echo over')).toBe('over\r\n')
    })

    test('a long script with every byte a script may hold', async () => {
      const bytes = Array.from({ length: 31 }, (_, n) => String.fromCharCode(n + 1)).join('')
      const filler = `: ${'x'.repeat(50_000)}\n`
      expect(await said(link(), `${filler}printf %s '${bytes}é€' | od -An -tu1 | tr -s ' \\n' ' '`)).toBe(
        ` ${[...Buffer.from(`${bytes}é€`)].join(' ')} `,
      )
    })

    test('200 kB, exact', async () => {
      const output = await said(
        link(),
        'stty -opost; i=0; while [ $i -lt 2000 ]; do printf %0100d $i; i=$((i+1)); done',
      )
      expect(output).toBe(Array.from({ length: 2000 }, (_, n) => String(n).padStart(100, '0')).join(''))
    })

    test('a time-out ends it with all it started', async () => {
      const on = link()
      const run = on.run('echo $$; sleep 600 & echo $!; (trap "" HUP TERM; sleep 600 & echo $!); sleep 600', {
        pty: PTY,
        timeout: 500,
      })
      const error = await run.then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      if (!(error instanceof InterruptedError)) throw error
      expect(error).toMatchObject({ how: 'timeout', reason: 'killed after 0.5 s' })
      const pids = Buffer.from(error.partial?.stdout ?? [])
        .toString()
        .trim()
        .split('\r\n')
        .map(Number)
      expect(pids).toHaveLength(3)
      await expect.poll(() => pids.filter(isAlive)).toEqual([])
      expect(await said(on, 'echo on')).toBe('on\r\n')
    })

    test('cancelling does the same', async () => {
      const cancel = new AbortController()
      const run = link().run('echo begun; sleep 600', {
        pty: PTY,
        signal: cancel.signal,
        onOutput: () => cancel.abort(),
      })
      await expect(run).rejects.toMatchObject({ how: 'cancelled' })
    })

    test('a command that a signal ends', async () => {
      const { exitCode } = await link().run('kill -9 $$', { pty: PTY })
      expect(exitCode).toBe(137)
    })

    test('a script no shell can be told is the caller’s mistake', async () => {
      await expect(link().run('a\0b', { pty: PTY })).rejects.toBeInstanceOf(UsageError)
    })
  })

  test.skipIf(why)('a server that grants no terminal', async () => {
    const strict = await startSshd({ config: ['PermitTTY no'] })
    try {
      const run = linkTo(strict).run('true', { pty: PTY })
      await expect(run).rejects.toBeInstanceOf(UnreachableError)
      await expect(run).rejects.toThrow('web-1: no terminal (the server grants no terminal (its PermitTTY))')
    } finally {
      await strict.stop()
    }
  })

  test.skipIf(why)('a server of one session: commands with and without a terminal take turns', async () => {
    const small = await startSshd({ config: ['MaxSessions 1'] })
    try {
      const link = linkTo(small)
      const runs = Array.from({ length: 6 }, (_, n) =>
        link.run(`echo ${n}`, n % 2 ? { pty: PTY } : {}).then(({ stdout }) => stdout.toString().trim()),
      )
      expect(await Promise.all(runs)).toEqual(['0', '1', '2', '3', '4', '5'])
      await expect(link.run('sleep 60', { pty: PTY, timeout: 300 })).rejects.toMatchObject({ how: 'timeout' })
      expect(await said(link, 'echo on')).toBe('on\r\n')
    } finally {
      await small.stop()
    }
  })

  test.skipIf(why)('a server that dies under it', async () => {
    const doomed = await startSshd()
    const run = linkTo(doomed).run('echo begun; sleep 600', { pty: PTY, onOutput: () => void doomed.kill() })
    await expect(run).rejects.toMatchObject({ how: 'lost' })
    await doomed.stop()
  })

  describe.skipIf(why)('a login shell', () => {
    test('is talked to over streams, resized, and ends with its exit code', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'muster-shell-'))
      onTestFinished(() => rmSync(folder, { recursive: true }))
      const shell = await linkTo(sshd).shell({ pty: PTY, cwd: folder, env: { GREETING: 'hello' } })
      let screen = ''
      shell.stdout.setEncoding('utf8').on('data', text => {
        screen += text
      })
      shell.stdout.resume()
      shell.stdin.write('echo "$GREETING from $PWD"; stty size\r')
      await expect.poll(() => screen).toContain(`hello from ${folder}\r\n33 91`)
      shell.resize({ columns: 120, rows: 50 })
      shell.stdin.write('stty size\r')
      await expect.poll(() => screen).toContain('50 120\r\n')
      // it says so itself: before it has the terminal, Ctrl-C would be the shell's
      shell.stdin.write(`sh -c 'echo "it" sleeps; exec sleep 60'\r`)
      await expect.poll(() => screen).toContain('it sleeps\r\n')
      shell.stdin.write('\x03')
      shell.stdin.write('exit 7\r')
      expect(await shell.exit).toEqual({ code: 7 })
    })

    test('whose connection is lost says so', async () => {
      const doomed = await startSshd()
      const shell = await linkTo(doomed).shell({ pty: PTY })
      await doomed.kill()
      await expect(shell.exit).rejects.toBeInstanceOf(InterruptedError)
      await doomed.stop()
    })
  })
})
