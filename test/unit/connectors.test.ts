import { spawn } from 'node:child_process'
import { userInfo } from 'node:os'
import { joinExit } from '../../src/engine/connect/exit.js'
import { fakeConnector } from '../../src/engine/connect/fake/connector.js'
import type { FakeHandler } from '../../src/engine/connect/fake/host.js'
import { local } from '../../src/engine/connect/local/local.js'
import { connectorContract } from '../contract/connector-contract.js'

connectorContract(
  'local',
  async () => ({ connector: local, endpoint: { name: 'me', settings: {} }, stop: async () => {} }),
  { signals: true, pty: process.platform === 'linux' },
)

/** Sessions that the simulated host allows on one connection. */
const mostChannels = 7

connectorContract(
  'fake',
  async () => {
    const connector = fakeConnector(bySh, { user: userInfo().username, mostChannels })
    return {
      connector,
      endpoint: { name: 'sim', settings: {} },
      cut: async () => connector.cut('the power was cut'),
      stop: async () => {},
    }
  },
  { mostChannels, phases: ['tcp'], pty: false },
)

/** Answers as a real shell does: what is under test is the way there and back. */
const bySh: FakeHandler = async (script, { cwd, env, stdin, say, signal, shell = 'sh' }) => {
  const child = spawn(shell, ['-c', script], { detached: true, cwd: cwd ?? '/', env: { ...process.env, ...env } })
  child.stdin.on('error', () => {})
  void stdin().then(bytes => child.stdin.end(bytes))
  child.stdout.on('data', (chunk: Buffer) => say('stdout', chunk))
  child.stderr.on('data', (chunk: Buffer) => say('stderr', chunk))
  signal.addEventListener('abort', () => child.pid !== undefined && child.exitCode === null && killGroup(child.pid))
  const exit = await joinExit({
    exited: listener => child.once('exit', (code, by) => listener(by === null ? { code } : { code, signal: by })),
    closed: listener => child.once('close', listener),
  })
  return exit.signal === undefined ? { exitCode: exit.code ?? 0 } : { signal: exit.signal }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended in the meantime.
  }
}
