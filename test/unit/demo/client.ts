import { readFileSync } from 'node:fs'
import { connect as tcp } from 'node:net'
import { join } from 'node:path'
import ssh2, { type Client, type ClientChannel } from 'ssh2'
import type { DemoFleet } from '../../../src/demo/fleet.js'

export interface Outcome {
  readonly stdout: string
  readonly stderr: string
  /** `null` when a signal ended the command. */
  readonly code: number | null
  /** `SIGKILL` and the like. */
  readonly signal: string | undefined
}

export interface RunOptions {
  readonly pty?: boolean
  readonly stdin?: string
}

export interface Login {
  readonly port: number
  readonly username: string
  readonly privateKey?: string | Buffer
}

/** Connects to a server on 127.0.0.1, without Nagle's algorithm. */
export async function connect(login: Login): Promise<Client> {
  const client = new ssh2.Client()
  const sock = tcp({ host: '127.0.0.1', port: login.port, noDelay: true })
  return await new Promise((resolve, reject) => {
    client.once('ready', () => resolve(client))
    client.on('error', reject)
    client.connect({ ...login, sock })
  })
}

/** Logs in to one host of a fleet as its inventory says. */
export function loginTo(fleet: DemoFleet, host: string): Promise<Client> {
  const found = fleet.hosts.find(candidate => candidate.name === host)
  if (!found) throw new Error(`no such demo host: ${host}`)
  const privateKey = readFileSync(join(fleet.directory, 'id_ed25519'))
  return connect({ port: found.port, username: 'root', privateKey })
}

/** Starts a command on a channel of its own. */
export function open(client: Client, command: string, pty = false): Promise<ClientChannel> {
  const options = pty ? { pty: { rows: 30, cols: 90, term: 'xterm' } } : {}
  return new Promise((resolve, reject) =>
    client.exec(command, options, (error, channel) => (error ? reject(error) : resolve(channel))),
  )
}

/** Runs a command to its end. */
export async function run(client: Client, command: string, options: RunOptions = {}): Promise<Outcome> {
  const channel = await open(client, command, options.pty)
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  let ended: Pick<Outcome, 'code' | 'signal'> = { code: null, signal: undefined }
  channel.on('data', (chunk: Buffer) => stdout.push(chunk))
  channel.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  channel.once('exit', (code: number | null, signal?: string) => {
    ended = { code, signal }
  })
  channel.end(options.stdin)
  await new Promise(resolve => channel.once('close', resolve))
  return { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString(), ...ended }
}
