import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import type { ServerChannel, Session } from 'ssh2'
import type { Sandbox } from '../sandbox/sandbox.js'
import { connectPipes } from './channel-pipes.js'
import { type Terminal, terminal } from './terminal.js'

/** Variables that a client may set, as in Debian's sshd_config. */
const ACCEPTED_ENV = /^(LANG|LC_[A-Z]+)$/

const GREETING = 'cat /etc/motd 2>/dev/null'
const LOGIN_SHELL = 'exec sh -l'

/** OpenSSH's own SFTP server, where distributions keep it; it is run inside the sandbox. */
const SFTP_SERVER = [
  '/usr/lib/openssh/sftp-server',
  '/usr/libexec/openssh/sftp-server',
  '/usr/lib/ssh/sftp-server',
  '/usr/libexec/sftp-server',
].find(path => existsSync(path))

/** Answers the requests of one SSH session channel (RFC 4254 §6) as sshd would: terminal and variables, then one command. */
export function serveSession(session: Session, sandbox: Sandbox): void {
  const env: Record<string, string> = {}
  let tty: Terminal | undefined
  let running: ChildProcessWithoutNullStreams | undefined

  const run = (channel: ServerChannel, command: string) => {
    const started = sandbox.spawn(tty ? tty.run(command) : command, env)
    running = started
    connectPipes(channel, started)
    // As under sshd a command outlives its client, unless it has a terminal: with the end of `script`, which
    // blocks SIGHUP, the terminal goes, and the kernel hangs up on what runs there.
    if (tty) channel.once('close', () => sandbox.signal(started, 'SIGKILL'))
  }
  // ssh2 hands over `accept` and `reject` only when the client wants a reply, whatever its types say.
  session.on('env', (accept, reject, { key, val }) => {
    if (!ACCEPTED_ENV.test(key)) return reject?.()
    env[key] = val
    accept?.()
  })
  session.on('pty', (accept, _reject, info) => {
    tty = terminal(info)
    env.TERM = terminalType(info)
    accept?.()
  })
  session.on('window-change', (accept, reject, size) => {
    if (!tty) return reject?.()
    sandbox.spawn(tty.resize(size)).once('error', () => undefined)
    accept?.()
  })
  session.on('signal', (accept, reject, { name }) => {
    const signal = signalNamed(`SIG${name}`)
    if (running && signal && sandbox.signal(running, signal)) accept?.()
    else reject?.()
  })
  session.on('exec', (accept, _reject, { command }) => run(accept(), command))
  session.on('shell', accept => run(accept(), tty ? `${GREETING}\n${LOGIN_SHELL}` : LOGIN_SHELL))
  session.on('subsystem', (accept, reject, { name }) => {
    if (name === 'sftp' && SFTP_SERVER) run(accept(), `exec ${SFTP_SERVER}`)
    else reject?.()
  })
}

/** ssh2 sends `term` along with the size; its types have forgotten it. */
function terminalType(info: object): string {
  return 'term' in info && typeof info.term === 'string' && info.term !== '' ? info.term : 'dumb'
}

function signalNamed(name: string): NodeJS.Signals | undefined {
  return isSignal(name) ? name : undefined
}

function isSignal(name: string): name is NodeJS.Signals {
  return Object.hasOwn(constants.signals, name)
}
