import { InterruptedError, UnreachableError } from '../../errors.js'
import type { Command } from '../../shell/frame.js'
import { killTreeScript } from '../../shell/kill-tree.js'
import { readShellCommand } from '../../shell/read-shell-command.js'
import { type Channel, ChannelRefused, type Connection, type ExecOptions } from '../connector.js'
import { type Identity, LOGIN } from '../link.js'
import { FakeProcess } from './process.js'
import { Request } from './request.js'
import { serveShell } from './shell.js'
import { stdinOf } from './stdin.js'

/** What a simulated host answers to a command; `delay` in milliseconds. */
export interface FakeAnswer {
  readonly stdout?: string | Uint8Array
  readonly stderr?: string | Uint8Array
  readonly exitCode?: number
  /** The command is killed by a signal: `SIGKILL`. */
  readonly signal?: string
  readonly delay?: number
}

/** Where a command is to run. */
export type Surroundings = Pick<Command, 'cwd' | 'env' | 'shell'>

/** What a command came with. */
export interface FakeRequest extends Surroundings {
  readonly identity: Identity
  /** Bytes of its stdin, to their end. */
  readonly stdin: () => Promise<Buffer>
  /** Says something at once, before the answer. */
  say(stream: 'stdout' | 'stderr', bytes: string | Uint8Array): void
  /** Aborted when the command is killed, or its channel or connection gone. */
  readonly signal: AbortSignal
}

/** Answers a command. Throwing is a host that is lost, for the reason thrown. */
export type FakeHandler = (script: string, request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>

export interface FakeHostOptions {
  /** The user logged in as; default `root`. */
  readonly user?: string
  /** Sessions on one connection; default: any number. */
  readonly mostChannels?: number
}

/** A connection to a simulated host: commands are answered by a function, also those that are framed over a held shell. */
export class FakeConnection implements Connection {
  readonly user: string
  readonly ended: Promise<string>
  readonly #processes = new Set<FakeProcess>()
  readonly #shells = new Map<number, FakeProcess>()
  #pids = 1000
  #lost: string | undefined
  #announce: (reason: string) => void = () => {}

  constructor(
    private readonly answer: FakeHandler,
    private readonly options: FakeHostOptions,
  ) {
    this.user = options.user ?? 'root'
    this.ended = new Promise(resolve => {
      this.#announce = resolve
    })
  }

  async exec(command: string, { pty }: ExecOptions = {}): Promise<Channel> {
    if (this.#lost !== undefined) throw new Error(this.#lost)
    if (pty) throw new Error('a simulated host has no terminals')
    if (this.#processes.size >= (this.options.mostChannels ?? Number.POSITIVE_INFINITY))
      throw new ChannelRefused('open failed')
    const process = new FakeProcess()
    this.#processes.add(process)
    process.atEnd(() => this.#processes.delete(process))
    const shell = readShellCommand(command)
    if (shell) {
      const pid = this.#pids++
      this.#shells.set(pid, process)
      process.atEnd(() => this.#shells.delete(pid))
      serveShell(process, { ...shell, pid }, (asked, stdin) => this.#run(process, shell.identity, asked, stdin))
    } else void this.#once(process, command)
    return process
  }

  /** The link breaks. */
  cut(reason: string): void {
    if (this.#lost !== undefined) return
    this.#lost = reason
    this.#announce(reason)
    // As with a real link, what is lost is known before its channels are heard to end.
    setImmediate(() => {
      for (const process of this.#processes) process.end({ code: null })
    })
  }

  async close(): Promise<void> {
    this.cut('closed')
  }

  async #once(process: FakeProcess, script: string): Promise<void> {
    const { exitCode = 0, signal } = await this.#run(process, LOGIN, { script, stdin: true }, stdinOf(process))
    process.end(signal === undefined ? { code: exitCode } : { code: null, signal })
  }

  async #run(
    process: FakeProcess,
    identity: Identity,
    { script, cwd, env, shell }: Command,
    stdin: () => Promise<Buffer>,
  ): Promise<FakeAnswer> {
    if (this.#killed(script)) return {}
    const request = new Request(process, identity, stdin, {
      ...(cwd === undefined ? {} : { cwd }),
      ...(env ? { env } : {}),
      ...(shell ? { shell } : {}),
    })
    try {
      const answer = await this.answer(script, request)
      if (answer.delay) await request.pause(answer.delay)
      request.say('stdout', answer.stdout ?? '')
      request.say('stderr', answer.stderr ?? '')
      return answer
    } catch (error) {
      this.cut(reasonOf(error))
      return {}
    } finally {
      request.done()
    }
  }

  /** The one script of muster's own that means something here: the end of what another shell is running. */
  #killed(script: string): boolean {
    for (const [pid, process] of this.#shells) {
      if (![true, false].some(watched => script === killTreeScript(pid, watched))) continue
      process.signal('KILL')
      return true
    }
    return false
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof UnreachableError || error instanceof InterruptedError) return error.reason
  return error instanceof Error ? error.message : String(error)
}
