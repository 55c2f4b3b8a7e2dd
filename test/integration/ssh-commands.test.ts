import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InterruptedError } from '../../src/engine/errors.js'
import { linkTo, stdout } from '../fleet/link-to.js'
import { isAlive } from '../fleet/processes.js'
import { type Sshd, sshdMissing, startSshd, terminalsMissing } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`over a real sshd: ${why}`)

describe.skipIf(why)('commands over a real sshd', () => {
  let sshd: Sshd
  let folder = ''
  beforeAll(async () => {
    sshd = await startSshd()
    folder = mkdtempSync(join(tmpdir(), 'muster-ssh-'))
  })
  afterAll(async () => {
    await sshd?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  describe('commands', () => {
    test('outputs apart, exit code, directory, environment', async () => {
      const { stdout, stderr, exitCode } = await linkTo(sshd).run('echo "$A in $PWD"; echo err >&2; exit 5', {
        cwd: '/usr',
        env: { A: "o'k" },
      })
      expect([stdout.toString(), stderr.toString(), exitCode]).toEqual(["o'k in /usr\n", 'err\n', 5])
    })

    test('10 MB, exact', async () => {
      const script = "head -c 10000000 /dev/zero | tr '\\0' x"
      const { stdout, truncated } = await linkTo(sshd).run(script)
      expect([stdout.length, truncated, stdout.equals(Buffer.alloc(10_000_000, 'x'))]).toEqual([
        10_000_000,
        false,
        true,
      ])
    })

    test('100 MB through 1 MB of memory', async () => {
      const link = linkTo(sshd)
      await link.connect()
      const before = process.memoryUsage().rss
      let streamed = 0
      const { stdout, truncated } = await link.run('head -c 100000000 /dev/zero', {
        maxBytes: 1_000_000,
        onOutput: (_stream, chunk) => {
          streamed += chunk.length
        },
      })
      expect([streamed, stdout.length, truncated]).toEqual([100_000_000, 1_000_000, true])
      expect(process.memoryUsage().rss - before).toBeLessThan(80_000_000)
    })

    test('every byte value, both ways', async () => {
      const link = linkTo(sshd)
      const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, n) => (n * 7) % 256))
      const echoed = await link.run('cat', { stdin: bytes })
      expect(echoed.stdout.equals(bytes)).toBe(true)
      expect((await stdout(link, 'wc -c', Buffer.alloc(0))).trim()).toBe('0')
    })

    test('a command that does not read its stdin', async () => {
      const { stdout, exitCode } = await linkTo(sshd).run('echo done', { stdin: Buffer.alloc(3_000_000) })
      expect([stdout.toString(), exitCode]).toEqual(['done\n', 0])
    })

    test('a time-out kills all that the command started, and the link goes on', async () => {
      const link = linkTo(sshd)
      const pids = pidsOf(link.run('echo $$; sleep 600 & echo $!; (sleep 600 & echo $!); sleep 600', { timeout: 400 }))
      const error = await pids.error
      expect(error).toMatchObject({ how: 'timeout', message: 'web-1: killed after 0.4 s' })
      const started = pids.of(error)
      expect(started).toHaveLength(3)
      expect(started.filter(isAlive)).toEqual([])
      expect(await stdout(link, 'echo on')).toBe('on\n')
    })

    test('cancelling does the same', async () => {
      const link = linkTo(sshd)
      const cancel = new AbortController()
      const run = pidsOf(
        link.run('echo $$; sleep 600', { signal: cancel.signal, onOutput: () => setTimeout(() => cancel.abort(), 50) }),
      )
      const error = await run.error
      expect(error).toMatchObject({ how: 'cancelled' })
      expect(run.of(error).filter(isAlive)).toEqual([])
      expect(await stdout(link, 'echo on')).toBe('on\n')
    })

    test('what is cancelled while it waits is never sent', async () => {
      const link = linkTo(sshd)
      await link.run('true')
      const marker = join(folder, 'never')
      const cancel = new AbortController()
      const first = link.run('sleep 0.3')
      const second = expect(link.run(`touch ${marker}`, { signal: cancel.signal })).rejects.toThrow(
        'cancelled before it was sent',
      )
      setTimeout(() => cancel.abort(), 50)
      await Promise.all([first, second])
      expect(await stdout(link, `[ -e ${marker} ] || echo absent`)).toBe('absent\n')
    })

    test('a command that kills its shell is interrupted; the next one has a new shell', async () => {
      const link = linkTo(sshd)
      await expect(link.run('kill -9 $$')).rejects.toMatchObject({ how: 'shell-died' })
      expect(await stdout(link, 'echo on')).toBe('on\n')
    })

    test('a shell that dies with a background process holding its outputs is noticed', async () => {
      const link = linkTo(sshd)
      const run = pidsOf(link.run('sleep 600 & echo $!; kill -9 $$'))
      const error = await run.error
      expect(error).toMatchObject({ how: 'shell-died' })
      for (const pid of run.of(error)) process.kill(pid, 'SIGKILL')
    })

    test('what a process left behind says later is in no other command’s answer', async () => {
      const link = linkTo(sshd)
      const left = await link.run('(while :; do echo noise; echo noise >&2; sleep 0.01; done) & echo $!')
      for (let n = 0; n < 30; n += 1) {
        const { stdout, stderr } = await link.run(`sleep 0.01; echo ${n}`)
        expect([stdout.toString(), stderr.toString()]).toEqual([`${n}\n`, ''])
      }
      const pid = Number(
        left.stdout
          .toString()
          .split('\n')
          .find(line => /^\d/.test(line)),
      )
      expect(isAlive(pid)).toBe(true)
      process.kill(pid, 'SIGKILL')
    })

    test('more processes left behind than there are channels', async () => {
      const link = linkTo(sshd)
      const pids: number[] = []
      for (let n = 0; n < 8; n += 1) pids.push(Number(await stdout(link, 'sleep 60 & echo $!')))
      expect(await stdout(link, 'echo on')).toBe('on\n')
      for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL')
      expect(pids.every(pid => pid > 0)).toBe(true)
    })

    test('a command that kills the server process of its connection is interrupted; the next one connects again', async () => {
      const link = linkTo(sshd)
      await expect(link.run('kill -9 $PPID')).rejects.toBeInstanceOf(InterruptedError)
      await expect.poll(() => stdout(link, 'echo on').catch(String)).toBe('on\n')
    })

    test('a command that stops itself ends by its time-out', async () => {
      const link = linkTo(sshd)
      await expect(link.run('kill -STOP $$; echo never', { timeout: 400 })).rejects.toMatchObject({ how: 'timeout' })
      expect(await stdout(link, 'echo on')).toBe('on\n')
    })

    test('50 commands at once on one host, of several kinds', async () => {
      const link = linkTo(sshd)
      const runs = Array.from({ length: 50 }, async (_, n) => {
        const kind = n % 5
        if (kind === 0) return (await stdout(link, 'cat', Buffer.from(`${n}`))).trim()
        if (kind === 1) return (await link.run(`echo ${n}`, { bare: true })).stdout.toString().trim()
        if (kind === 2 && !terminalsMissing())
          return (await link.run(`echo ${n}`, { pty: { columns: 80, rows: 24 } })).stdout.toString().trim()
        return (await stdout(link, `sleep 0.0${kind}; echo ${n}`)).trim()
      })
      expect(await Promise.all(runs)).toEqual(runs.map((_, n) => `${n}`))
    })

    test('a long command does not hold up the others for ever', async () => {
      const link = linkTo(sshd)
      const cancel = new AbortController()
      const long = expect(link.run('sleep 60', { signal: cancel.signal })).rejects.toMatchObject({ how: 'cancelled' })
      expect(await stdout(link, 'echo quick')).toBe('quick\n')
      cancel.abort()
      await long
    })
  })

  describe('MaxSessions', () => {
    test.each([1, 2])('%i: commands queue, stdin and time-outs work', async sessions => {
      const small = await startSshd({ config: [`MaxSessions ${sessions}`] })
      try {
        const link = linkTo(small)
        const outputs = await Promise.all(Array.from({ length: 12 }, (_, n) => stdout(link, `sleep 0.05; echo ${n}`)))
        expect(outputs).toEqual(outputs.map((_, n) => `${n}\n`))
        const echoed = await Promise.all([1, 2, 3].map(n => stdout(link, 'cat', Buffer.from(`in ${n}`))))
        expect(echoed).toEqual(['in 1', 'in 2', 'in 3'])
        const run = pidsOf(link.run('echo $$; exec sleep 600', { timeout: 300 }))
        const error = await run.error
        expect(error).toMatchObject({ how: 'timeout' })
        expect(run.of(error).filter(isAlive)).toEqual([])
        expect(await stdout(link, 'echo on')).toBe('on\n')
      } finally {
        await small.stop()
      }
    })
  })

  describe('a server that dies', () => {
    test('in the middle of a command: interrupted, not repeated; the next use connects again', async () => {
      const first = await startSshd()
      const link = linkTo(first)
      const marker = join(folder, 'once')
      const run = link.run(`echo run >>${marker}; sleep 60; echo run >>${marker}`)
      await expect.poll(() => stdout(linkTo(sshd), `cat ${marker} 2>/dev/null`)).toBe('run\n')
      const waiting = link.run('echo waited', { bare: true })
      waiting.catch(() => {})
      run.catch(() => {})
      await first.kill()
      await expect(run).rejects.toBeInstanceOf(InterruptedError)
      await expect(run).rejects.toMatchObject({ how: 'lost' })
      expect(link.state).not.toBe('ready')
      await expect(link.run('true')).rejects.toThrow(`connection refused at 127.0.0.1:${first.port}`)
      const again = await startSshd({ folder: first.folder, port: first.port })
      await expect
        .poll(() => stdout(link, 'echo back').catch(String), { timeout: 15_000, interval: 300 })
        .toMatch(/back|CHANGED/)
      expect(readFileSync(marker, 'utf8')).toBe('run\n')
      await again.stop()
    })
  })

  describe('files', () => {
    test('small, large and awkward contents arrive exactly', async () => {
      const link = linkTo(sshd)
      const contents = [
        Buffer.alloc(0),
        Buffer.from("it's 100 %\\n \\101 $HOME `x`\n"),
        Buffer.from(Array.from({ length: 256 }, (_, n) => n)),
        Buffer.alloc(2_000_000, 'ab\0'),
      ]
      for (const content of contents) {
        const path = join(folder, `file 'n' ${content.length}`)
        await link.write(path, content)
        expect(readFileSync(path).equals(content)).toBe(true)
        expect((await link.read(path)).equals(content)).toBe(true)
      }
    })
  })
})

/** A run that is to be cut off, with the process ids it prints. */
function pidsOf(run: Promise<unknown>) {
  return {
    error: run.then(
      () => {
        throw new Error('it was not cut off')
      },
      (error: unknown) => error,
    ),
    of: (error: unknown): number[] => {
      if (!(error instanceof InterruptedError) || !error.partial) throw error
      return Buffer.from(error.partial.stdout).toString().trim().split('\n').map(Number)
    },
  }
}
