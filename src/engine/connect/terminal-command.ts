import { constants } from 'node:os'
import { collector } from '../shell/open-frame.js'
import type { StartedShell } from '../shell/open-shell.js'
import type { ChannelExit } from './connector.js'
import { CutOff, type Job } from './link/shell-pool.js'
import type { RawResult } from './link.js'

/** End of file, as typed (VEOF of termios(3)). */
const END_OF_FILE = '\x04'

/** A command that runs on a terminal, and how to end it with all it started. */
export interface RunningTerminal extends StartedShell {
  kill(): Promise<void>
  /** Why the link is gone, if it is. */
  lost(): string | undefined
}

/**
 * Collects what a command says on its terminal until it ends. Its stdin, if any, is typed there; then, as a person would by Ctrl-D,
 * the end of it.
 * @throws {CutOff} the link was lost, the time was over or it was cancelled.
 */
export async function terminalResult(running: RunningTerminal, job: Job): Promise<RawResult> {
  const { channel } = running
  const start = performance.now()
  const output = collector(job)
  const partial = () => ({ stdout: output.bytes(), stderr: Buffer.alloc(0) })
  let killed: Promise<void> | undefined
  let stopped: readonly ['timeout' | 'cancelled', string] | undefined
  const stop = (how: 'timeout' | 'cancelled', reason: string) => {
    stopped ??= [how, reason]
    killed ??= running.kill()
  }
  const cancel = () => stop('cancelled', 'cancelled while it ran')
  const { timeout = 0 } = job
  const timer = timeout > 0 ? setTimeout(() => stop('timeout', `killed after ${timeout / 1000} s`), timeout) : undefined
  job.signal?.addEventListener('abort', cancel, { once: true })
  channel.stdout.on('data', (chunk: Buffer) => {
    if (!output.push(chunk)) {
      channel.stdout.pause()
      void output.settled().then(() => channel.stdout.resume())
    }
    job.onOutput?.('stdout', chunk)
  })
  channel.stdout.resume()
  channel.stderr.resume()
  channel.stdin.write(typed(job.stdin))
  try {
    const exit = await channel.exit
    await killed
    if (stopped) throw new CutOff(...stopped, partial())
    const lost = running.lost()
    const exitCode = exitCodeOf(exit)
    if (exitCode === undefined) throw new CutOff('lost', lost ?? 'the link was lost', partial())
    await output.settled()
    const { truncated, file } = output
    return { ...partial(), exitCode, truncated, ...(file ? { stdoutFile: file } : {}), ms: performance.now() - start }
  } finally {
    clearTimeout(timer)
    job.signal?.removeEventListener('abort', cancel)
  }
}

/** As `sh` would say it: killed by signal n is 128 + n; `undefined` when it is not known. */
export function exitCodeOf({ code, signal }: ChannelExit): number | undefined {
  if (code !== null) return code
  const number = Object.entries(constants.signals).find(([name]) => name === signal)?.[1]
  return number === undefined ? undefined : 128 + number
}

/** After half a line the first end-of-file only sends that on. */
function typed(stdin: Uint8Array = Buffer.alloc(0)): Buffer {
  const inLine = stdin.length > 0 && stdin.at(-1) !== 0x0a
  return Buffer.concat([stdin, Buffer.from(inLine ? END_OF_FILE.repeat(2) : END_OF_FILE)])
}
