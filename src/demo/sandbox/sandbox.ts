import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { MusterError } from '../../engine/errors.js'
import type { DemoFile } from '../hosts/demo-file.js'
import { onlyChild } from './child-process-id.js'
import { READY, SANDBOX_SHELL, setupScript } from './setup-script.js'
import { outside } from './unprivileged.js'

/** A host without a machine: Linux namespaces, a file system and processes of its own, no network, gone with this process. */
export interface Sandbox {
  /**
   * Starts a command by the sandbox's `sh`, as root, in /root, in a session of its own.
   * @param env what is added to the login environment
   */
  spawn(command: string, env?: Readonly<Record<string, string>>): ChildProcessWithoutNullStreams
  /** Signals the whole session of a command that {@link Sandbox.spawn} started; `false` when it has ended. */
  signal(command: ChildProcessWithoutNullStreams, signal: NodeJS.Signals): boolean
  /** Ends every process of the sandbox; its files go with them. */
  stop(): Promise<void>
}

/** Arguments of `unshare` for the outer namespaces; the set-up script is its stdin. */
export const UNSHARE = ['--user', '--map-root-user', '--mount', '--pid', '--fork', '--kill-child', 'sh'] as const

const LOGIN_ENV = {
  PATH: outside.env.PATH,
  HOME: '/root',
  USER: 'root',
  LOGNAME: 'root',
  SHELL: '/bin/sh',
  LANG: 'C.UTF-8',
}

/** Milliseconds until a sandbox that is not ready is given up; it takes about 100. */
const START_TIMEOUT = 15_000

/** Milliseconds until a sandbox that does not end with its stdin is killed; it takes about 10. */
const STOP_TIMEOUT = 1_000

/**
 * Builds a sandbox and waits until commands can run in it.
 * @throws {MusterError} in the words of the tool that failed
 */
export async function startSandbox(host: string, files: readonly DemoFile[], signal: AbortSignal): Promise<Sandbox> {
  signal.throwIfAborted()
  const box = spawn('unshare', UNSHARE, { ...outside, detached: true, stdio: 'pipe' })
  const gone = once(box, 'close').catch(() => undefined)
  const stop = async () => {
    box.stdin.end()
    const late = setTimeout(() => box.kill('SIGKILL'), STOP_TIMEOUT)
    await gone
    clearTimeout(late)
  }
  try {
    await ready(box, setupScript(host, files), signal)
    const init = onlyChild(onlyChild(box.pid))
    if (init === undefined) throw new MusterError(`the sandbox of ${host} ended as it started`)
    return {
      spawn: (command, env = {}) =>
        spawn('nsenter', enter(init, command), { ...outside, detached: true, env: { ...LOGIN_ENV, ...env } }),
      signal: (command, name) => signalSession(command, name),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** `nsenter(1)`: into every namespace of the sandbox's init, and into its working directory. */
function enter(init: number, command: string): string[] {
  const namespaces = ['--user', '--mount', '--pid', '--uts', '--ipc', '--net', '--wd']
  return [`--target=${init}`, ...namespaces, '--preserve-credentials', 'setsid', SANDBOX_SHELL, '-c', command, 'sh']
}

/** The command leads a session and process group inside the sandbox; `nsenter`, its parent, waits outside and ends as it does. */
function signalSession(command: ChildProcessWithoutNullStreams, signal: NodeJS.Signals): boolean {
  const leader = onlyChild(command.pid)
  if (leader === undefined) return false
  try {
    return process.kill(-leader, signal)
  } catch {
    return false
  }
}

function ready(box: ChildProcessWithoutNullStreams, script: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const complaints: Buffer[] = []
    const timer = setTimeout(() => settle(new MusterError('the sandbox did not start in time')), START_TIMEOUT)
    const aborted = () => settle(signal.reason)
    const settle = (problem?: unknown) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      if (problem === undefined) resolve()
      else reject(problem)
    }
    signal.addEventListener('abort', aborted)
    box.once('error', error => settle(new MusterError(error.message)))
    box.stderr.on('data', (chunk: Buffer) => complaints.push(chunk))
    box.stdout.once('data', (chunk: Buffer) => {
      if (chunk.toString().startsWith(READY)) settle()
    })
    box.once('close', () => settle(new MusterError(firstLine(Buffer.concat(complaints).toString()))))
    // A sandbox that fails early closes its stdin; 'close' then tells why.
    box.stdin.on('error', () => undefined)
    box.stdin.write(script)
  })
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] || 'unshare ended without a word'
}
