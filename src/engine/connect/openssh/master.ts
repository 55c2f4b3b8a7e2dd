import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'

/** A moment for the last words of a master that has ended, milliseconds. */
const LAST_WORDS_MS = 300

/** An `ssh` that connects and then stays in the background as the master of its connection. */
export interface Master {
  /** Resolves when it is ready to be used (it has gone to the background) or has given up. */
  readonly settled: Promise<'ready' | 'failed'>
  /** Resolves when all it has said is heard, or a moment later. */
  lastWords(): Promise<void>
  /** Ends it, and what it has started, while it connects. */
  kill(): void
}

/**
 * Starts a master. With ControlPersist and -N, ssh goes to the background once it is in (ssh_config(5)), its stderr still ours.
 * It has no terminal and a session of its own: Ctrl-C does not reach it, and it can ask nobody but us.
 *
 * @throws {Error} when it cannot be started.
 */
export async function startMaster(
  host: string,
  configFile: string,
  env: Readonly<Record<string, string>>,
  onSaid: (chunk: Buffer) => void,
): Promise<Master> {
  const child = spawn('ssh', ['-F', configFile, '-v', '-M', '-N', '--', host], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    env: { ...process.env, ...env },
  })
  const stderr: Readable = child.stderr
  stderr.on('data', onSaid)
  const silent = once(stderr, 'close')
  const settled = new Promise<'ready' | 'failed'>(resolve => {
    child.once('exit', code => resolve(code === 0 ? 'ready' : 'failed'))
  })
  await once(child, 'spawn')
  return {
    settled,
    lastWords: async () => {
      await Promise.race([silent, new Promise(resolve => setTimeout(resolve, LAST_WORDS_MS))])
    },
    kill: () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid)
    },
  }
}
