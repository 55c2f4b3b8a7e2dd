import { execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nobody } from '../../src/engine/connect/ask.js'
import {
  type Channel,
  type ChannelExit,
  ChannelRefused,
  type Connection,
  type Connector,
  type Endpoint,
  type ExecOptions,
  type Phase,
} from '../../src/engine/connect/connector.js'
import { Credentials, createLink } from '../../src/engine/connect/index.js'
import type { Link } from '../../src/engine/connect/link.js'
import { Cargo } from '../../src/engine/transfer/cargo.js'

/** A connector under test, with a host that it reaches. */
export interface ContractSubject {
  readonly connector: Connector
  readonly endpoint: Endpoint
  /** Takes the host away without a word, as a power cut would; only where there is a link that can break. */
  readonly cut?: () => Promise<void>
  /** Ends what the subject started. */
  stop(): Promise<void>
}

/** What a connector is capable of, for the tests of what not every one can. */
export interface ContractAbilities {
  /** Terminals; `false`: they are refused in a sentence. */
  readonly pty?: boolean
  /** Streams to where the host can reach: `dial` to this address is greeted by these bytes. */
  readonly dial?: (subject: ContractSubject) => { readonly port: number; readonly greeting: RegExp }
  /** Signals reach commands through the transport. */
  readonly signals?: boolean
  /** Most bytes of an output that come though nobody reads; the rest stays on the host. */
  readonly unread?: number
  /** The host refuses channels beyond this many. */
  readonly mostChannels?: number
  /** The phases reported by a connection that comes up. */
  readonly phases?: readonly Phase[]
  /** Becoming another user by sudo works without a password. */
  readonly sudo?: boolean
}

/** A test of what a connector has or lacks; where that is not so there is no such test, rather than one that is skipped. */
function where(applies: boolean | undefined): (title: string, body: () => void | Promise<void>) => void {
  return (title, body) => {
    if (applies) test(title, body)
  }
}

/** One run of a command. */
interface Ran extends ChannelExit {
  readonly stdout: Buffer
  readonly stderr: string
}

/**
 * What every connector promises the engine ({@link Connector}, {@link Connection}, {@link Channel}), and what a link makes of it.
 * A new connector is held against this suite before anything else.
 *
 * @param start prepares a connector and a host; called once for the suite and once for each test that breaks it.
 */
export function connectorContract(
  name: string,
  start: () => Promise<ContractSubject>,
  abilities: ContractAbilities = {},
): void {
  describe(`the ${name} connector`, () => {
    let subject: ContractSubject
    let connection: Connection
    const phases: Phase[] = []
    beforeAll(async () => {
      subject = await start()
      connection = await open(subject, phase => phases.push(phase))
    })
    afterAll(async () => {
      await connection?.close()
      await subject?.stop()
    })
    const run = (command: string, stdin?: Uint8Array) => runOn(connection, command, stdin)

    describe('commands', () => {
      test('comes up through its phases, knowing its user', async () => {
        if (abilities.phases) expect(phases).toEqual(abilities.phases)
        expect((await run('id -un')).stdout.toString()).toBe(`${connection.user}\n`)
      })

      test('two outputs and an exit status', async () => {
        expect(await run('printf out; printf err >&2; exit 7')).toEqual({
          stdout: Buffer.from('out'),
          stderr: 'err',
          code: 7,
        })
      })

      test('stdin to its end, and every byte of it back', async () => {
        const bytes = Buffer.from(Array.from({ length: 1_000_003 }, (_, n) => (n * 31 + (n >> 8)) % 256))
        const { stdout, code } = await run('cat', bytes)
        expect([stdout.equals(bytes), code]).toEqual([true, 0])
      })

      test('an output larger than every buffer on the way, read slowly', async () => {
        const channel = await connection.exec('head -c 3000000 /dev/zero')
        channel.stdin.end()
        channel.stderr.resume()
        await new Promise(resolve => setTimeout(resolve, 100))
        // A hundred hosts may be as talkative.
        if (abilities.unread !== undefined) expect(channel.stdout.readableLength).toBeLessThanOrEqual(abilities.unread)
        expect((await bytesOf(channel.stdout)).length).toBe(3_000_000)
        expect(await channel.exit).toEqual({ code: 0 })
      })

      test('a command that does not read its stdin', async () => {
        const channel = await connection.exec('exec 0<&-; exit 3')
        channel.stdin.on('error', () => {})
        channel.stdin.write(Buffer.alloc(500_000))
        channel.stdout.resume()
        channel.stderr.resume()
        expect(await channel.exit).toEqual({ code: 3 })
      })

      test('killed by a signal', async () => {
        expect(await run('kill -KILL $$')).toMatchObject({ code: null, signal: 'SIGKILL' })
      })

      test('a status of 255 is a status like any other', async () => {
        expect(await run('exit 255')).toMatchObject({ code: 255 })
      })

      test('a process left behind does not hold the exit', async () => {
        const start = performance.now()
        const { stdout, code } = await run('sleep 6 & echo started')
        expect([stdout.toString(), code]).toEqual(['started\n', 0])
        expect(performance.now() - start).toBeLessThan(5000)
      })

      test('a channel that is given up early', async () => {
        const channel = await connection.exec('echo begun; sleep 6')
        await once(channel.stdout, 'data')
        channel.close()
        await channel.exit
        expect((await run('echo on')).stdout.toString()).toBe('on\n')
      })

      where(abilities.signals)('a signal through the transport', async () => {
        const channel = await connection.exec(
          'trap "echo caught; exit 9" TERM; echo ready; while :; do sleep 0.1; done',
        )
        const said = saying(channel)
        await said.until('ready')
        channel.signal?.('TERM')
        expect([await channel.exit, said.text()]).toEqual([{ code: 9 }, 'ready\ncaught\n'])
      })

      test('several at once, each with its own streams', async () => {
        const count = Math.min(6, abilities.mostChannels ?? 6)
        const ran = await Promise.all(
          Array.from({ length: count }, (_, n) => run(`cat; exit ${n}`, Buffer.from(`in ${n}`))),
        )
        expect(ran.map(({ stdout, code }) => `${stdout} ${code}`)).toEqual(ran.map((_, n) => `in ${n} ${n}`))
      })
    })

    where(abilities.mostChannels !== undefined)('one channel too many is refused, and only that one', async () => {
      const { mostChannels = 0 } = abilities
      const own = await open(subject)
      const channels = await Promise.all(Array.from({ length: mostChannels }, () => own.exec('cat')))
      await expect(own.exec('true')).rejects.toBeInstanceOf(ChannelRefused)
      for (const channel of channels) {
        channel.stdout.resume()
        channel.stderr.resume()
        channel.stdin.end()
      }
      expect(await Promise.all(channels.map(channel => channel.exit))).toEqual(channels.map(() => ({ code: 0 })))
      // sshd frees a slot a little after its command has ended.
      await expect.poll(async () => (await runOn(own, 'echo again')).stdout.toString()).toBe('again\n')
      await own.close()
    })

    where(abilities.pty === false)('a terminal is refused in a sentence', async () => {
      await expect(connection.exec('true', { pty: { columns: 80, rows: 24 } })).rejects.toThrow(/terminal/)
    })

    where(abilities.pty)('a terminal, with its size, and both outputs as one', async () => {
      const pty = { columns: 91, rows: 33, term: 'vt100' }
      const channel = await connection.exec(TERMINAL_TALK, { pty })
      const said = saying(channel)
      await said.until('vt100')
      channel.resize?.({ columns: 50, rows: 20 })
      expect(await channel.exit).toEqual({ code: 0 })
      expect(said.text().replaceAll('\r', '')).toMatch(/^33 91\nvt100\n20 50\nboth\n$/)
    })

    where(abilities.dial === undefined)('no streams, and no member that says so', () => {
      expect(connection.dial).toBeUndefined()
    })

    where(abilities.dial !== undefined)('a stream to an address as the host sees it', async () => {
      const target = abilities.dial?.(subject)
      if (!target || !connection.dial) throw new Error('it cannot dial')
      const stream = await connection.dial({ host: '127.0.0.1', port: target.port })
      const [greeting] = await once(stream, 'data')
      expect(String(greeting)).toMatch(target.greeting)
      stream.destroy()
      await expect(connection.dial({ host: '127.0.0.1', port: 1 })).rejects.toThrow(/127\.0\.0\.1:1\b/)
    })

    describe('the end', () => {
      test('closing it ends what runs, and nothing can be started after', async () => {
        const own = await open(subject)
        const channel = await own.exec('sleep 6')
        channel.stdout.resume()
        channel.stderr.resume()
        await own.close()
        expect(await own.ended).toEqual(expect.any(String))
        await channel.exit
        await expect(own.exec('true')).rejects.toThrow()
      })

      test('a host that is taken away ends the connection, with a reason', async () => {
        const doomed = await start()
        try {
          if (!doomed.cut) return
          const own = await open(doomed)
          const channel = await own.exec('echo begun; sleep 60')
          const said = saying(channel)
          await said.until('begun')
          await doomed.cut()
          expect(await own.ended).toMatch(/\w/)
          expect((await channel.exit).code).toBeNull()
          await expect(own.exec('true')).rejects.toThrow()
          await own.close()
        } finally {
          await doomed.stop()
        }
      })
    })

    linkContract(() => subject, abilities)
  })
}

/** What a link makes of the connector: shells held open, framed scripts, identities, files. */
function linkContract(subject: () => ContractSubject, abilities: ContractAbilities): void {
  describe('under a link', () => {
    let link: Link
    beforeAll(() => {
      const { connector, endpoint } = subject()
      link = createLink(
        { ...endpoint, settings: { ...endpoint.settings, connector: connector.name } },
        { connectors: [connector] },
      )
    })
    afterAll(() => link?.close())
    const said = async (script: string) => (await link.run(script)).stdout.toString()

    test('framed scripts keep their outputs and statuses apart', async () => {
      const results = await Promise.all(
        Array.from({ length: 12 }, (_, n) => link.run(`echo out${n}; echo err${n} >&2; (exit ${n})`, { bare: true })),
      )
      expect(results.map(({ stdout, stderr, exitCode }) => `${stdout}${stderr}${exitCode}`)).toEqual(
        results.map((_, n) => `out${n}\nerr${n}\n${n}`),
      )
    })

    test('directory, environment and stdin are the command’s own', async () => {
      const result = await link.run('pwd; echo "$A"; cat', { cwd: '/', env: { A: "o'k" }, stdin: Buffer.from('fed') })
      expect(result.stdout.toString()).toBe("/\no'k\nfed")
      expect(await said('echo "[$A]"')).toBe('[]\n')
    })

    test('a time-out ends the command with all it started', async () => {
      const seconds = oddSeconds()
      const script = `sleep ${seconds} & (sleep ${seconds}; :) & echo begun; sleep ${seconds}`
      const running = link.run(script, { timeout: 1000 })
      await expect(running).rejects.toMatchObject({ how: 'timeout', partial: { stdout: Buffer.from('begun\n') } })
      await expect.poll(() => sleepers(seconds)).toBe(0)
    })

    test('cancelling does, too, and keeps what was said', async () => {
      const seconds = oddSeconds()
      const cancel = new AbortController()
      const running = link.run(`sleep ${seconds} & echo partial; sleep ${seconds}`, {
        signal: cancel.signal,
        onOutput: () => cancel.abort(),
      })
      await expect(running).rejects.toMatchObject({ how: 'cancelled', partial: { stdout: Buffer.from('partial\n') } })
      await expect.poll(() => sleepers(seconds)).toBe(0)
    })

    where(abilities.sudo)('another user by sudo', async () => {
      const { stdout } = await link.run('id -un', { identity: { via: 'sudo', user: 'nobody' } })
      expect(stdout.toString()).toBe('nobody\n')
    })

    test('files are written whole and read back', async () => {
      const path = `/tmp/muster-contract-${process.pid}`
      const content = Buffer.from(Array.from({ length: 700_000 }, (_, n) => (n * 7) % 256))
      try {
        await link.write(path, content, { mode: '0640' })
        expect((await link.read(path)).equals(content)).toBe(true)
        await link.write(path, Buffer.from("short 'quoted'\0\n"))
        expect((await link.read(path)).toString()).toBe("short 'quoted'\0\n")
      } finally {
        await link.run(`rm -f ${path}`)
      }
      await expect(link.read('/no/such/file')).rejects.toThrow('/no/such/file: no such file')
    })

    test('a tree goes there and comes back, large files and small', async () => {
      const path = `/tmp/muster-contract-tree-${process.pid}`
      const folder = mkdtempSync(join(tmpdir(), 'muster-contract-'))
      try {
        mkdirSync(join(folder, 'made', "it's a folder"), { recursive: true })
        writeFileSync(join(folder, 'made', "it's a folder", 'small'), 'small\n', { mode: 0o750 })
        writeFileSync(join(folder, 'made', 'large'), Buffer.alloc(900_000, 'large '), { mode: 0o640 })
        symlinkSync('large', join(folder, 'made', 'link'))
        const cargo = await Cargo.local(join(folder, 'made'), { shared: false })
        expect(await link.upload({ cargo, path })).toMatchObject({ files: 2, bytes: 900_006, unchanged: false })
        expect(await link.upload({ cargo, path })).toMatchObject({ bytes: 0, unchanged: true })
        await link.download({ path, local: join(folder, 'back') })
        const back = (...names: string[]) => join(folder, 'back', ...names)
        expect(readFileSync(back("it's a folder", 'small'), 'utf8')).toBe('small\n')
        expect(readFileSync(back('large')).equals(readFileSync(join(folder, 'made', 'large')))).toBe(true)
        expect([statSync(back("it's a folder", 'small')).mode & 0o777, readlinkSync(back('link'))]).toEqual([
          0o750,
          'large',
        ])
        expect(await said(`cd ${path}; find . -name '.muster-*'; readlink link`)).toBe('large\n')
      } finally {
        await link.run(`rm -rf ${path}`)
        rmSync(folder, { recursive: true })
      }
    })
  })
}

/** Tells size and type of the terminal, waits until it has another size, and tells that. */
const TERMINAL_TALK = `s=$(stty size); echo $s; echo $TERM; while [ "$(stty size)" = "$s" ]; do sleep 0.05; done
stty size; test -t 2 && echo both`

/** A time to sleep that no other process of this machine sleeps. */
function oddSeconds(): string {
  return String(randomInt(1e8, 1e9))
}

/** How many processes sleep for so long. All hosts of the contract run on this machine, under whatever root and user. */
function sleepers(seconds: string): number {
  const processes = execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' }).split('\n')
  return processes.filter(line => line.trim() === `sleep ${seconds}`).length
}

/** Opens a connection as a link does, with nobody to ask. */
async function open(
  { connector, endpoint }: ContractSubject,
  phase: (phase: Phase) => void = () => {},
): Promise<Connection> {
  return await connector.open(endpoint, {
    signal: new AbortController().signal,
    asker: nobody,
    credentials: new Credentials(),
    turn: work => work(),
    phase,
    note: () => {},
  })
}

async function runOn(connection: Connection, command: string, stdin?: Uint8Array, options?: ExecOptions): Promise<Ran> {
  const channel = await connection.exec(command, options)
  channel.stdin.end(stdin)
  const [stdout, stderr, exit] = await Promise.all([
    collected(channel.stdout, channel.exit),
    collected(channel.stderr, channel.exit),
    channel.exit,
  ])
  return { stdout, stderr: stderr.toString(), ...exit }
}

/** What a stream gave until the exit was told. */
async function collected(stream: Readable, exit: Promise<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  await exit
  return Buffer.concat(chunks)
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Follows what a command says on stdout. */
function saying(channel: Channel): { text(): string; until(word: string): Promise<void> } {
  let text = ''
  let changed: () => void = () => {}
  channel.stderr.resume()
  channel.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    changed()
  })
  return {
    text: () => text,
    until: async word => {
      while (!text.includes(word)) {
        await new Promise<void>(resolve => {
          changed = resolve
        })
      }
    },
  }
}
