import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { sanitise } from '../../text/sanitise.js'
import { NeedsOpenSsh } from '../needs-openssh.js'
import type { Hop } from './jump-chain.js'
import { expandProxyCommand } from './proxy-tokens.js'
import type { Way } from './way.js'

/** A command that has closed its end tells why within this time, milliseconds; a busy machine needs a good part of it. */
const LAST_WORDS_MS = 1500
/** And when told to go it goes within this time, or is killed. */
const GRACE_MS = 1000
/** Characters of its stderr that are remembered. */
const MOST_WORDS = 2000

/** The way by a ProxyCommand (ssh_config(5)), if the settings have one. @throws {NeedsOpenSsh | UsageError} */
export function proxyWay({ endpoint, settings }: Hop): Way | undefined {
  const { proxyCommand, proxyPassesSocket } = settings
  if (proxyCommand === undefined) return undefined
  if (proxyPassesSocket) {
    const reason = 'its ProxyCommand hands over a socket (ProxyUseFdpass), which the ssh connector cannot take'
    throw new NeedsOpenSsh(endpoint.name, reason, 'proxy-socket')
  }
  const command = expandProxyCommand(proxyCommand, { name: endpoint.name, ...settings })
  let stream: ProcessStream | undefined
  return {
    open: async ({ enter }) => {
      enter('tcp')
      stream = new ProcessStream(command)
      return stream
    },
    turn: work => work(),
    broken: () => stream?.lastWords,
    release: () => stream?.destroy(),
  }
}

/** The stdin and stdout of a command run by the user's shell. When the stream is closed the command and all it has started end. */
class ProcessStream extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #ended: Promise<unknown>
  #said = ''
  #isOver = false
  /** Anything has come through it. */
  #carried = false
  #failure: string | undefined

  constructor(command: string) {
    super({ allowHalfOpen: false })
    // As OpenSSH runs it, but in a session of its own: the terminal is muster's, and the whole group can be ended.
    const child = spawn(process.env.SHELL || '/bin/sh', ['-c', `exec ${command}`], { stdio: 'pipe', detached: true })
    this.#child = child
    this.#ended = once(child, 'close').catch(() => {})
    child.once('error', error => {
      this.#failure = `cannot be started (${error.message})`
      this.destroy()
    })
    child.stdout.on('data', chunk => {
      this.#carried = true
      if (!this.push(chunk)) child.stdout.pause()
    })
    child.stdout.once('end', () => void this.#over())
    child.once('exit', () => {
      // What it leaves behind may hold its stdout open.
      this.#signal('SIGHUP')
      void this.#over()
    })
    this.once('end', () => this.destroy())
    child.stderr.on('data', chunk => {
      this.#said = `${this.#said}${chunk}`.slice(-MOST_WORDS)
    })
    // It reads no more, most likely because it ends: how it ends is worth the wait.
    child.stdin.on('error', () => void this.#over().then(() => this.destroy()))
  }

  /** Why the command is to blame for the end of the stream; nothing while it runs, and when it ended well. */
  get lastWords(): string | undefined {
    const { exitCode, signalCode } = this.#child
    const words = sanitise(this.#said.trim().split('\n').at(-1) ?? '', { colour: false }).trim()
    const how =
      this.#failure ??
      (exitCode ? `ended with exit code ${exitCode}` : undefined) ??
      (signalCode ? `was ended by ${signalCode}` : undefined) ??
      // Of several commands `exec` runs the first alone, and that may end well with nothing done.
      (exitCode === 0 && !this.#carried && words !== '' ? 'ended without a word of SSH' : undefined)
    return how && `its ProxyCommand ${how}${words === '' ? '' : `: ${words}`}`
  }

  /** The stream is over once it is known why. */
  async #over(): Promise<void> {
    const late = new AbortController()
    await Promise.race([this.#ended, sleep(LAST_WORDS_MS, undefined, { signal: late.signal }).catch(() => {})])
    late.abort()
    if (!this.#isOver) this.push(null)
    this.#isOver = true
  }

  override _read(): void {
    this.#child.stdout.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#child.stdin.write(chunk, error => {
      if (error) void this.#over().then(() => done(error))
      else done()
    })
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#child.stdin.end(() => done())
    // A command that does not mind the end of its input is not waited for.
    setTimeout(() => this.destroy(), GRACE_MS).unref()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const { stdin, stdout } = this.#child
    stdin.destroy()
    stdout.destroy()
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#signal('SIGHUP')
      const kill = setTimeout(() => this.#signal('SIGKILL'), GRACE_MS)
      kill.unref()
      this.#child.once('exit', () => clearTimeout(kill))
    }
    done(error)
  }

  #signal(name: 'SIGHUP' | 'SIGKILL'): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      process.kill(-pid, name)
    } catch {
      // It has ended in the meantime.
    }
  }
}
