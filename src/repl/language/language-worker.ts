import { spawn } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import type { ScriptStart } from '../../engine/modules/script-beside.js'
import type { LanguageOptions, Reply, Request } from './requests.js'

/** Who answers questions about code: a thread or a process, which may die at any time. */
export interface LanguageWorker {
  post(request: Request): void
  /** Whether this process stays for it. */
  hold(needed: boolean): void
  end(): Promise<void>
}

export interface WorkerEvents {
  onReply(reply: Reply): void
  /** Comes once, whatever the reason. */
  onEnd(reason: string): void
}

/**
 * Every question makes a checker, 30 MB that are garbage when it is answered. Where so much has room among what is young, V8 frees it
 * without looking at it twice: questions take a third less.
 */
const YOUNG_MEGABYTES = 64

/** The same for a process; a snapshot is good for those flags with which it was made. */
export const HEAP_FLAGS: readonly string[] = ['--max-semi-space-size=24']

/** A thread that reads all types before it answers. */
export function startThread(
  { url, execArgv }: ScriptStart,
  options: LanguageOptions,
  on: WorkerEvents,
): LanguageWorker {
  const worker = new Worker(url, {
    workerData: options,
    execArgv: [...execArgv],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  })
  let died = 'it ended'
  worker.unref()
  worker.on('message', on.onReply)
  // What went wrong comes first, and then `exit` in any case.
  worker.on('error', error => {
    died = error.message
  })
  worker.on('exit', () => on.onEnd(died))
  return {
    post: request => worker.postMessage(request),
    hold: needed => (needed ? worker.ref() : worker.unref()),
    end: async () => void (await worker.terminate()),
  }
}

/**
 * A process that wakes up with all types read: see `frozen.ts`. Keys for the terminal's other programs (Ctrl-C) do not reach it,
 * and it ends when this process does.
 */
export function startFrozen(snapshot: string, options: LanguageOptions, on: WorkerEvents): LanguageWorker {
  const { NODE_OPTIONS: _, ...env } = process.env
  const child = spawn(process.execPath, [...HEAP_FLAGS, '--snapshot-blob', snapshot], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    detached: true,
    env,
  })
  const ended = new Promise<void>(resolve => {
    const end = (reason: string): void => {
      on.onEnd(reason)
      resolve()
    }
    child.once('error', error => end(error.message))
    child.once('exit', (code, signal) => end(`it ended with ${signal ?? code}`))
  })
  child.unref()
  child.channel?.unref()
  child.on('message', (reply: Reply) => on.onReply(reply))
  // what cannot be sent is asked again of the next one
  const post = (message: LanguageOptions | Request): void => {
    child.send(message, () => {})
  }
  post(options)
  return {
    post,
    hold: needed => (needed ? child.channel?.ref() : child.channel?.unref()),
    async end() {
      child.ref()
      child.kill('SIGKILL')
      await ended
    },
  }
}
