import { type ChildProcess, fork } from 'node:child_process'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { MusterError, UsageError } from '../engine/errors.js'
import { builtAddress, scriptBeside } from '../engine/modules/script-beside.js'
import {
  type FromKernel,
  INTERRUPT_FD,
  type KernelAnswers,
  type KernelCall,
  type KernelNotice,
  type ToKernel,
} from './kernel/messages.js'
import type { SessionRecord, TerminalView } from './protocol.js'
import { RemoteShell } from './remote-shell.js'

/** The kernel process is gone. What was shown is in the journal. */
export class KernelGone extends MusterError {
  override readonly name = 'KernelGone'
}

/** The kernel's process and the message protocol with it. */
export class KernelProcess {
  readonly #child: ChildProcess
  /** Resolves when the process has ended. */
  readonly gone: Promise<void>
  readonly #heard: (record: SessionRecord) => void
  readonly #ended: (gone: KernelGone) => void
  readonly #calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  readonly #interrupts: Writable | undefined
  readonly #shells = new Map<number, RemoteShell>()
  #lastCall = 0
  #gone: KernelGone | undefined
  #closing = false

  /**
   * @param heard takes what happens
   * @param ended called when the process is gone, unless it was told to go
   */
  constructor(heard: (record: SessionRecord) => void, ended: (gone: KernelGone) => void) {
    this.#heard = heard
    this.#ended = ended
    const { url, execArgv } = scriptBeside(builtAddress(import.meta.url), 'kernel/main')
    this.#child = fork(url, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'],
      execArgv: ['--enable-source-maps', ...execArgv],
    })
    this.gone = new Promise(resolve => {
      this.#child.once('exit', () => resolve())
      this.#child.once('error', () => resolve())
    })
    const pipe = this.#child.stdio[INTERRUPT_FD]
    this.#interrupts = pipe instanceof Writable ? pipe : undefined
    this.#interrupts?.on('error', () => {})
    let lastWords = ''
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString('utf8')).slice(-4096)
    })
    this.#child.on('message', (message: FromKernel) => this.#receive(message))
    this.#child.on('exit', (code, signal) => {
      const how = signal ? `was killed by ${signal}` : `ended with ${code}`
      const words = lastWords
        .trim()
        .split('\n')
        .find(line => /error/i.test(line))
      this.#end(
        new KernelGone(`The kernel ${how}${words ? `: ${words.trim()}` : ''}; everything shown is in the journal.`),
      )
    })
    this.#child.on('error', error => this.#end(new KernelGone(`The kernel could not be started: ${error.message}`)))
  }

  call<K extends keyof KernelAnswers>(call: Extract<KernelCall, { type: K }>): Promise<KernelAnswers[K]> {
    if (this.#gone) return Promise.reject(this.#gone)
    const id = ++this.#lastCall
    return new Promise((resolve, reject) => {
      // the kernel answers each call with the type that KernelAnswers gives it
      this.#calls.set(id, { resolve: value => resolve(value as KernelAnswers[K]), reject })
      this.#post({ ...call, id })
    })
  }

  /** Whether the process answers within some time, milliseconds: it does not while code holds its thread. */
  async answers(within: number): Promise<boolean> {
    const late = new AbortController()
    try {
      return await Promise.race([
        this.call({ type: 'ping' }).then(() => true),
        sleep(within, false, { signal: late.signal }),
      ])
    } finally {
      late.abort()
    }
  }

  async attach(host: string, terminal: TerminalView): Promise<RemoteShell> {
    const number = await this.call({ type: 'attach', host, terminal })
    const shell = new RemoteShell(number, notice => this.notify(notice))
    this.#shells.set(number, shell)
    return shell
  }

  notify(notice: KernelNotice): void {
    if (!this.#gone) this.#post(notice)
  }

  /** Heard even while a cell's loop holds the kernel's thread. */
  interrupt(): void {
    if (!this.#gone) this.#interrupts?.write('!')
  }

  async close(): Promise<void> {
    if (this.#gone) return
    this.#closing = true
    const exited = new Promise<void>(resolve => this.#child.once('exit', () => resolve()))
    const patience = setTimeout(() => this.kill(), 5000)
    await this.call({ type: 'close' }).catch(() => {})
    await exited
    clearTimeout(patience)
  }

  kill(): void {
    this.#closing = true
    this.#child.kill('SIGKILL')
  }

  #post(message: ToKernel): void {
    this.#child.send(message)
  }

  #receive(message: FromKernel): void {
    if (message.type === 'records') {
      for (const record of message.records) this.#heard(record)
      return
    }
    if (message.type === 'shell.shown' || message.type === 'shell.ended') {
      this.#shells.get(message.shell)?.take(message)
      if (message.type === 'shell.ended') this.#shells.delete(message.shell)
      return
    }
    const call = this.#calls.get(message.id)
    this.#calls.delete(message.id)
    if (message.type === 'reply') call?.resolve(message.value)
    else call?.reject(message.usage ? new UsageError(message.message) : new MusterError(message.message))
  }

  #end(gone: KernelGone): void {
    if (this.#gone) return
    this.#gone = gone
    for (const [shell, each] of this.#shells) each.take({ type: 'shell.ended', shell, end: { error: gone.message } })
    this.#shells.clear()
    for (const { reject } of this.#calls.values()) reject(gone)
    this.#calls.clear()
    if (!this.#closing) this.#ended(gone)
  }
}
