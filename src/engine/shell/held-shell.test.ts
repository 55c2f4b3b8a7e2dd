import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { isAlive } from '../../../test/fleet/processes.js'
import { SHELLS } from '../../../test/fleet/shells.js'
import { joinExit } from '../connect/exit.js'
import type { RawResult } from '../connect/link.js'
import { HeldShell, ShellEnded } from './held-shell.js'
import { killTreeScript } from './kill-tree.js'

const open = new Set<HeldShell>()
afterEach(() => {
  for (const shell of open) shell.close()
  open.clear()
})

function hold(program: string, ...args: string[]): HeldShell {
  const child = spawn(program, args, { detached: true, stdio: 'pipe' })
  child.stdin.on('error', () => {})
  const { stdin, stdout, stderr } = child
  const exit = joinExit({
    exited: listener => child.once('exit', (code, signal) => listener(signal === null ? { code } : { code, signal })),
    closed: listener => child.once('close', listener),
  })
  const close = () => {
    stdin.destroy()
    stdout.destroy()
    stderr.destroy()
  }
  const shell = new HeldShell({ stdin, stdout, stderr, exit, close }, child.pid ?? 0)
  open.add(shell)
  return shell
}

const told = ({ stdout, stderr, exitCode }: RawResult) => [stdout.toString(), stderr.toString(), exitCode]

describe.each(SHELLS)('a held %s', (_name, program, ...args) => {
  test.each([
    ['no trailing newline', 'printf a; printf b >&2', ['a', 'b', 0]],
    ['no output', 'false', ['', '', 1]],
    ['exit', 'echo x; exit 7', ['x\n', '', 7]],
    ['a comment at the end', 'echo x # not the frame', ['x\n', '', 0]],
    ['a here-document', "cat <<'E'\n$HOME 'x'\nE\n", ["$HOME 'x'\n", '', 0]],
    ['reading stdin', 'cat; read x; echo "[$x]"', ['[]\n', '', 0]],
    ['an open quote does not swallow the frame', "echo 'it'\\''s'", ["it's\n", '', 0]],
    ['set -e', 'set -e; false; echo never', ['', '', 1]],
    ['trap', "trap 'echo bye' EXIT; echo hi", ['hi\nbye\n', '', 0]],
    ['killed by a signal', "sh -c 'kill -9 $$'", ['', expect.any(String), 137]],
  ])('%s', async (_what, script, expected) => {
    const shell = hold(program, ...args)
    expect(told(await shell.run({ script }))).toEqual(expected)
    expect(told(await shell.run({ script: 'echo next' }))).toEqual(['next\n', '', 0])
  })

  test('given to a script: what that says before anybody listens is kept', async () => {
    const channel = await hold(program, ...args).handOver('echo out; echo no >&2; cat; exit 83')
    await sleep(200)
    const said = Promise.all([text(channel.stdout), text(channel.stderr)])
    channel.stdin.end()
    expect(await channel.exit).toEqual({ code: 83 })
    expect(await said).toEqual(['out\n', 'no\n'])
  })

  test('a syntax error fails its own command only', async () => {
    const shell = hold(program, ...args)
    const { exitCode, stderr } = await shell.run({ script: 'if then' })
    expect(exitCode).not.toBe(0)
    expect(stderr.toString()).toMatch(/then/)
    expect(told(await shell.run({ script: 'echo next' }))).toEqual(['next\n', '', 0])
  })

  test('directories and variables do not outlive their command', async () => {
    const shell = hold(program, ...args)
    expect(told(await shell.run({ script: 'pwd; echo $A', cwd: '/usr', env: { A: "o'k" } }))).toEqual([
      "/usr\no'k\n",
      '',
      0,
    ])
    expect(told(await shell.run({ script: 'echo "[$A]"' }))).toEqual(['[]\n', '', 0])
    expect((await shell.run({ script: 'echo never', cwd: '/no/such' })).stdout.toString()).toBe('')
  })

  test('binary output is exact', async () => {
    const shell = hold(program, ...args)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async bytes => {
        const octal = [...bytes].map(byte => `\\${byte.toString(8).padStart(3, '0')}`).join('')
        const { stdout } = await shell.run({ script: `printf '${octal}'` })
        expect(stdout.equals(Buffer.from(bytes))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  test('bare scripts sent together each get their own answer', async () => {
    const shell = hold(program, ...args)
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        shell.run({ script: `echo out${n}; echo err${n} >&2; (exit ${n})`, bare: true }),
      ),
    )
    expect(results.map(told)).toEqual(results.map((_, n) => [`out${n}\n`, `err${n}\n`, n]))
  })

  test('output beyond the limit is dropped and said to be', async () => {
    const shell = hold(program, ...args)
    const result = await shell.run({ script: 'head -c 3000000 /dev/zero; echo end >&2', maxBytes: 1000 })
    expect([result.stdout.length, result.stderr.toString(), result.truncated]).toEqual([1000, 'end\n', true])
  })

  test('stdin goes to the command', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, n) => n % 251))
    const { stdout, exitCode } = await hold(program, ...args).run({ script: 'cat; exit 4', stdin: bytes })
    expect([stdout.equals(bytes), exitCode]).toEqual([true, 4])
  })

  test('a background process left behind does not hold the frame', async () => {
    const { stdout, ms } = await hold(program, ...args).run({ script: 'sleep 5 & echo started' })
    expect(stdout.toString()).toBe('started\n')
    expect(ms).toBeLessThan(3000)
  })

  test('a command that kills its shell is told from those that had not begun', async () => {
    const shell = hold(program, ...args)
    const runs = [
      shell.run({ script: 'echo first', bare: true }),
      shell.run({ script: 'echo partial; kill -9 $$', bare: true }),
      shell.run({ script: 'echo never', bare: true }),
    ]
    const [first, second, third] = await Promise.allSettled(runs)
    expect(first).toMatchObject({ status: 'fulfilled' })
    expect(second).toMatchObject({ reason: { began: true, partial: { stdout: Buffer.from('partial\n') } } })
    expect(third).toMatchObject({ reason: { began: false } })
    expect(shell.alive).toBe(false)
    await expect(shell.run({ script: 'echo late' })).rejects.toBeInstanceOf(ShellEnded)
  })

  test.runIf(process.platform === 'linux')(
    'the kill script leaves a daemon alone: a session of its own whose parent has gone',
    async () => {
      const shell = hold(program, ...args)
      const seconds = 8000 + Math.floor(Math.random() * 1000)
      let said = ''
      const run = shell.run({
        script: `(setsid sleep ${seconds} </dev/null >/dev/null 2>&1 & echo $!); sleep ${seconds}`,
        onOutput: (_stream, chunk) => {
          said += Buffer.from(chunk).toString()
        },
      })
      const ended = expect(run).rejects.toMatchObject({ began: true })
      await expect.poll(() => said).toMatch(/^\d+\n$/)
      const daemon = Number(said)
      await expect.poll(() => readFileSync(`/proc/${daemon}/stat`, 'latin1').split(' ')[5]).toBe(String(daemon))
      await hold('sh').run({ script: killTreeScript(shell.pid, false) })
      await ended
      expect(isAlive(daemon)).toBe(true)
      process.kill(daemon, 'SIGKILL')
    },
  )

  test.each([
    ['stopped first', false],
    ['watched by sudo', true],
  ])(
    'the kill script ends a command with all it started, and spares what earlier ones left behind: %s',
    async (_how, watched) => {
      const shell = hold(program, ...args)
      const seconds = 7000 + Math.floor(Math.random() * 1000)
      const { stdout } = await shell.run({ script: `sleep ${seconds} >/dev/null 2>&1 & echo $!` })
      const spared = Number(stdout)
      await new Promise(resolve => setTimeout(resolve, 50))
      let doomed = ''
      const run = shell.run({
        script: `sleep ${seconds} & echo $!; (sleep ${seconds} & echo $!); trap '' TERM; while :; do sleep 1; done`,
        onOutput: (_stream, chunk) => {
          doomed += Buffer.from(chunk).toString()
        },
      })
      const ended = expect(run).rejects.toMatchObject({ began: true })
      await expect.poll(() => doomed.split('\n').length).toBe(3)
      await hold('sh').run({ script: killTreeScript(shell.pid, watched) })
      await ended
      expect(doomed.trim().split('\n').map(Number).filter(isAlive)).toEqual([])
      expect(isAlive(spared)).toBe(true)
      process.kill(spared, 'SIGKILL')
    },
  )
})
