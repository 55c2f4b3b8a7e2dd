import { Worker } from 'node:worker_threads'
import { scriptBeside } from '../../engine/modules/script-beside.js'

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
  /** Whether running loops are to stop: for `Evaluator`. */
  readonly isInterrupting: () => boolean
  /**
   * Asks for an interruption from inside: of a cell that does nothing but print, say. `left` is called in place of `onInterrupt`,
   * when the loop has been left: by then another cell may be about to run, which is not meant.
   */
  readonly interrupt: (left: () => void) => void
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
 * Interrupts cells, also those that hold the thread. Loops ask {@link Interrupter.isInterrupting} in every turn and leave by an
 * exception, so that `finally` blocks run and the session stays whole. What cannot be left so is a long call into native code
 * (a pathological regular expression) or into a package: that takes a new process. V8 could be made to terminate it
 * (`Runtime.terminateExecution` of the inspector), but Node 20 then aborts ("async hook stack has become corrupted").
 *
 * @example
 * const interrupter = createInterrupter({ fd: 4, onInterrupt: () => running?.abort() })
 * const evaluator = new Evaluator({ cwd, isInterrupting: interrupter.isInterrupting })
 */
export function createInterrupter({ onInterrupt, fd }: InterrupterOptions): Interrupter {
  const flag = new Int32Array(new SharedArrayBuffer(4))
  const isInterrupting = () => flag[0] === 1
  const settle = (left: () => void) => {
    Atomics.store(flag, 0, 0)
    left()
  }
  const interrupt = (left: () => void) => {
    Atomics.store(flag, 0, 1)
    setImmediate(settle, left) // once the loop has been left
  }
  if (fd === undefined) return { isInterrupting, interrupt, ready: Promise.resolve(), close: async () => {} }

  const { url, execArgv } = scriptBeside(import.meta.url, 'watchdog')
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
    ready,
    close: async () => {
      await watchdog.terminate()
    },
  }
}
