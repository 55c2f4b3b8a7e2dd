import type { ReadStream } from 'node:tty'
import type { InputEvent } from './input-event.js'
import { ENTER, LEAVE } from './modes.js'
import { readInput } from './read-input.js'
import type { Sink } from './sink.js'

/** Signals that end the process, after which the terminal must be as it was. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface TerminalSession {
  readonly active: boolean
  /** Takes the terminal over, again after {@link suspend}. */
  enter(): void
  /** Gives the terminal back until {@link enter}: for a shell, an editor, `^Z`. Resolves when it has been given back. */
  suspend(): Promise<void>
  /** Gives the terminal back for good. */
  close(): Promise<void>
}

export interface TerminalSessionOptions {
  readonly stdin: ReadStream
  readonly sink: Sink
  readonly onInput: (event: InputEvent) => void
  readonly onGone: () => void
  /** The terminal was taken over: all of it must be drawn. */
  readonly onEnter: () => void
}

/**
 * Holds the terminal: alternate buffer, raw mode, mouse and paste reports. Whatever ends the process, but for `SIGKILL`, the
 * terminal is given back first: a signal then ends it as it would have, an exception is printed on the screen the person had.
 */
export function holdTerminal({ stdin, sink, onInput, onGone, onEnter }: TerminalSessionOptions): TerminalSession {
  let stopReading: (() => void) | undefined
  const enter = () => {
    if (stopReading) return
    sink.write(ENTER, () => {})
    stopReading = readInput(stdin, onInput, onGone)
    onEnter()
  }
  const stop = (): boolean => {
    if (!stopReading) return false
    stopReading()
    stopReading = undefined
    return true
  }
  const suspend = () => new Promise<void>(resolve => (stop() ? sink.write(LEAVE, resolve) : resolve()))
  const restoreNow = () => {
    if (stop()) sink.writeNow(LEAVE)
  }
  const endBySignal = (signal: NodeJS.Signals) => {
    // while somebody else has the terminal, a Ctrl-C there is meant for them
    if (signal === 'SIGINT' && !stopReading) return
    restoreNow()
    release()
    process.kill(process.pid, signal)
  }
  const continued = () => {
    if (stop()) enter()
  }
  const release = () => {
    process.off('exit', restoreNow)
    process.off('uncaughtExceptionMonitor', restoreNow)
    process.off('SIGCONT', continued)
    for (const signal of ENDING) process.off(signal, endBySignal)
  }
  process.on('exit', restoreNow)
  process.on('uncaughtExceptionMonitor', restoreNow)
  process.on('SIGCONT', continued)
  for (const signal of ENDING) process.on(signal, endBySignal)
  enter()
  return {
    get active() {
      return stopReading !== undefined
    },
    enter,
    suspend,
    async close() {
      await suspend()
      release()
    },
  }
}
