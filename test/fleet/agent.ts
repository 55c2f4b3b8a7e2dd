import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A real ssh-agent. */
export interface Agent {
  readonly socket: string
  /** For programs that are to use it. */
  readonly env: NodeJS.ProcessEnv
  stop(): void
}

/** Starts an agent that holds keys. */
export function startAgent(keys: readonly string[]): Agent {
  const folder = mkdtempSync(join(tmpdir(), 'muster-agent-'))
  const socket = join(folder, 'socket')
  const said = execFileSync('ssh-agent', ['-a', socket], { encoding: 'utf8' })
  const pid = Number(said.match(/PID=(\d+)/)?.[1])
  const env = { ...process.env, SSH_AUTH_SOCK: socket }
  const stop = () => {
    process.kill(pid)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    for (const key of keys) execFileSync('ssh-add', ['-q', key], { env, stdio: 'ignore' })
  } catch (error) {
    stop()
    throw error
  }
  return { socket, env, stop }
}
