import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

const SSHD = '/usr/sbin/sshd'

/** Why no real sshd can be started here; `undefined` when one can. */
export function sshdMissing(): string | undefined {
  try {
    accessSync(SSHD, constants.X_OK)
    execFileSync('ssh-keygen', ['-?'], { stdio: 'ignore' })
  } catch (error) {
    if (error instanceof Error && 'status' in error && typeof error.status === 'number') return noLogin()
    return 'sshd or ssh-keygen is not installed'
  }
  return noLogin()
}

function noLogin(): string | undefined {
  const { username, shell } = userInfo()
  return /\/(?:nologin|false)$/.test(shell ?? '') ? `${username} may not log in: its shell is ${shell}` : undefined
}

/** Why no server started here grants terminals, beside {@link sshdMissing}: it gives each to its user and the group tty. */
export function terminalsMissing(): string | undefined {
  return sshdMissing() ?? (process.getuid?.() === 0 ? undefined : 'only an sshd that root runs grants terminals')
}

export interface SshdOptions {
  /** Lines added in front of the configuration: the first value of a keyword wins. */
  readonly config?: readonly string[]
  /** Serve sftp; default: it does. */
  readonly sftp?: boolean
  readonly hostKeyType?: 'ed25519' | 'rsa' | 'ecdsa'
  /** Reuse the folder (keys, known_hosts) of another server. */
  readonly folder?: string
  readonly port?: number
  /**
   * `sh` lines run before the server in a mount namespace of its own, where `$FOLDER` is its folder: what they mount is there for
   * its sessions alone. Needs root.
   */
  readonly mounts?: string
}

/** A private OpenSSH server on the loopback, for the user running the tests, with everything it needs in a folder of its own. */
export interface Sshd {
  readonly port: number
  readonly user: string
  readonly folder: string
  /** A private key that is let in. */
  readonly key: string
  /** A known_hosts file that knows the server. */
  readonly knownHosts: string
  readonly pid: number
  /** Kills the server and all its sessions, as a power cut would. */
  kill(): Promise<void>
  /** Stops it and removes its folder. */
  stop(): Promise<void>
}

export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'muster-sshd-'))
  chmodSync(folder, 0o755)
  const type = options.hostKeyType ?? 'ed25519'
  const hostKey = join(folder, `host_${type}`)
  const key = join(folder, 'id_ed25519')
  if (options.folder === undefined) makeKey(key)
  makeKey(hostKey, type)
  const authorized = join(folder, 'authorized_keys')
  writeFileSync(authorized, publicKey(key), { mode: 0o600 })
  const port = options.port ?? (await freePort())
  const config = join(folder, 'sshd_config')
  writeFileSync(
    config,
    [
      ...(options.config ?? []),
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${authorized}`,
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin yes',
      'StrictModes no',
      // The dotfiles of whoever runs this are none of its business: a slow .bashrc would be run by every command.
      `SetEnv HOME=${folder}`,
      'UsePAM no',
      'UseDNS no',
      'PidFile none',
      // Of this keyword the last value wins (servconf.c), whatever the manual says.
      ...(options.config?.some(line => line.startsWith('MaxStartups')) ? [] : ['MaxStartups 200']),
      ...(options.sftp === false ? [] : ['Subsystem sftp internal-sftp']),
      '',
    ].join('\n'),
  )
  const knownHosts = join(folder, 'known_hosts')
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${publicKey(hostKey)}`)
  // sshd separates privileges into this folder; a container may not have it yet.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const command = [SSHD, '-D', '-e', '-f', config]
  const [program = SSHD, ...args] = options.mounts === undefined ? command : inNamespace(options.mounts, command)
  const server = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    env: { ...process.env, FOLDER: folder },
  })
  let log = ''
  server.stderr.on('data', chunk => {
    log = (log + String(chunk)).slice(-8192)
  })
  const ended = once(server, 'exit')
  const { pid } = server
  if (pid === undefined) throw new Error('sshd did not start')
  await listening(port, () => (server.exitCode === null ? undefined : log))
  const kill = async () => {
    // Who listens first: it must not take another connection while its sessions die.
    for (const each of [pid, ...descendants(pid)]) killOne(each)
    await ended
  }
  return {
    port,
    user: userInfo().username,
    folder,
    key,
    knownHosts,
    pid,
    kill,
    stop: async () => {
      if (server.exitCode === null && server.signalCode === null) await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function inNamespace(mounts: string, command: readonly string[]): readonly string[] {
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', `${mounts}\nexec "$@"`, 'sh', ...command]
}

/** Makes a key pair with ssh-keygen, replacing one that is there. */
export function makeKey(file: string, type = 'ed25519', passphrase = ''): void {
  rmSync(file, { force: true })
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'muster test', '-f', file])
}

export function publicKey(file: string): string {
  return execFileSync('cat', [`${file}.pub`], { encoding: 'utf8' })
}

/** Process ids of everything a process has started, deepest last; read from /proc or ps. */
export function descendants(pid: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=', '-o', 'ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number))
  const found: number[] = []
  let parents = [pid]
  while (parents.length > 0) {
    parents = table.flatMap(([child, parent]) =>
      child !== undefined && parent !== undefined && parents.includes(parent) ? [child] : [],
    )
    found.push(...parents)
  }
  return found
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself in the meantime.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function listening(port: number, dead: () => string | undefined): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const log = dead()
    if (log !== undefined) throw new Error(`sshd ended: ${log}`)
    const open = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (open) return
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  throw new Error(`sshd does not listen on port ${port}`)
}
