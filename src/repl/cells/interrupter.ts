import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { builtAddress, scriptBeside } from '../../engine/modules/script-beside.js'
import { currentCell } from './context.js'

export interface InterrupterOptions {
  /**
   * Called when an interruption was asked for: abort the running cell here. When a loop held the thread, that loop has been
   * left by now.
   */
  readonly onInterrupt: () => void
  /**
   * A pipe on which each byte asks for an interruption. A thread of its own reads it, so that it is heard while a loop holds
   * this one: a message or a signal would not be.
   */
  readonly fd?: number
}

export interface Interrupter {
  /** Whether the code that asks is to stop: for `Evaluator`. */
  readonly isInterrupting: () => boolean
  /**
   * Asks for an interruption from inside: of a cell that does nothing but print, say. `left` is called in place of `onInterrupt`,
   * when the loop has been left: by then another cell may be about to run, which is not meant.
   */
  readonly interrupt: (left: () => void) => void
  /** Resolves when no interruption is on its way: one that a cell was left for must not meet the next. */
  readonly heard: () => Promise<void>
  /** Resolves when the pipe is being read. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

/** What the watching thread is given. */
export interface WatchData {
  readonly fd: number
  /** One number: 1 while an interruption is asked for and this thread has not heard of it. */
  readonly flag: Int32Array
}

/**
 * Milliseconds until an interruption is taken to be meant for what cells that have ended left running: it holds the thread then.
 * A timer of theirs that merely comes between the interruption and its being heard goes on.
 */
const HELD = 100

/**
 * Interrupts cells, also those that hold the thread. Loops ask {@link Interrupter.isInterrupting} in every turn, functions as they
 * begin, and leave by an exception, so that `finally` blocks run and the session stays whole. What cannot be left so is a long call
 * into native code (a pathological regular expression) or into a package: that takes a new process. V8 could be made to terminate it
 * (`Runtime.terminateExecution` of the inspector), but Node 20 then aborts ("async hook stack has become corrupted").
 *
 * @example
 * const interrupter = createInterrupter({ fd: 4, onInterrupt: () => running?.abort() })
 * const evaluator = new Evaluator({ cwd, isInterrupting: interrupter.isInterrupting })
 */
export function createInterrupter({ onInterrupt, fd }: InterrupterOptions): Interrupter {
  const flag = new Int32Array(new SharedArrayBuffer(4))
  let since: number | undefined
  const isMeant = () => {
    if (currentCell()?.isRunning()) return true
    since ??= performance.now()
    return performance.now() - since > HELD
  }
  const isInterrupting = () => flag[0] === 1 && isMeant()
  const settle = (left: () => void) => {
    Atomics.store(flag, 0, 0)
    since = undefined
    left()
  }
  const interrupt = (left: () => void) => {
    Atomics.store(flag, 0, 1)
    setImmediate(settle, left) // once what holds the thread has been left
  }
  const heard = async () => {
    while (flag[0] === 1) await nextTurn()
  }
  if (fd === undefined) return { isInterrupting, interrupt, heard, ready: Promise.resolve(), close: async () => {} }

  const { url, execArgv } = scriptBeside(builtAddress(import.meta.url), 'watchdog')
  const workerData: WatchData = { fd, flag }
  const watchdog = new Worker(url, { workerData, execArgv: [...execArgv] })
  watchdog.unref()
  watchdog.on('message', message => {
    if (message === 'interrupt') settle(onInterrupt)
  })
  const ready = new Promise<void>((resolve, reject) => {
    watchdog.once('message', () => resolve())
    watchdog.once('error', reject)
  })
  return {
    isInterrupting,
    interrupt,
    heard,
    ready,
    close: async () => {
      await watchdog.terminate()
    },
  }
}
