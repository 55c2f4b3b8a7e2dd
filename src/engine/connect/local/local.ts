import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { userInfo } from 'node:os'
import { UnreachableError } from '../../errors.js'
import type { Channel, Connection, Connector, ExecOptions } from '../connector.js'
import { joinExit } from '../exit.js'
import { localTerminal } from './local-terminal.js'

/** Runs commands on this machine. */
export const local: Connector = {
  name: 'local',
  async open(endpoint) {
    return new LocalConnection(endpoint.name, userInfo().username, ['/bin/sh', '-c'])
  },
}

/** Commands as processes of this machine, each in a session of its own. */
export class LocalConnection implements Connection {
  readonly ended: Promise<string>
  readonly #children = new Set<ChildProcessWithoutNullStreams>()
  #closed = false
  readonly #terminals = new Set<Channel>()
  #end: (reason: string) => void = () => {}

  /**
   * @param shell the program, and its first arguments, that is given a command.
   * @param env default: the variables of this process.
   */
  constructor(
    private readonly host: string,
    readonly user: string,
    private readonly shell: readonly [program: string, ...args: string[]],
    private readonly env: NodeJS.ProcessEnv = process.env,
  ) {
    this.ended = new Promise(resolve => {
      this.#end = resolve
    })
  }

  exec(command: string, { pty }: ExecOptions = {}): Promise<Channel> {
    if (this.#closed) return Promise.reject(new UnreachableError(this.host, 'the connection is closed'))
    if (pty) return this.#onTerminal(command, pty)
    return new Promise((resolve, reject) => {
      // detached: a process group of its own, so that it can be ended with all it started and Ctrl-C does not reach it.
      const [program, ...args] = this.shell
      const child = spawn(program, [...args, command], { detached: true, stdio: 'pipe', env: this.env })
      child.once('error', error =>
        reject(new UnreachableError(this.host, `cannot start ${program} (${error.message})`)),
      )
      child.once('spawn', () => {
        this.#children.add(child)
        child.once('close', () => this.#children.delete(child))
        resolve(localChannel(child))
      })
    })
  }

  async #onTerminal(command: string, pty: NonNullable<ExecOptions['pty']>): Promise<Channel> {
    const channel = await localTerminal([...this.shell, command], pty, this.env)
    this.#terminals.add(channel)
    void channel.exit.then(() => this.#terminals.delete(channel))
    return channel
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const terminal of this.#terminals) terminal.close()
    for (const child of this.#children) closeStreams(child)
    this.#end('closed')
  }
}

function localChannel(child: ChildProcessWithoutNullStreams): Channel {
  const { stdin, stdout, stderr } = child
  // A command that ends without reading its stdin breaks the pipe under the writer; its exit says all there is to say.
  stdin.on('error', () => {})
  return {
    stdin,
    stdout,
    stderr,
    exit: joinExit({
      exited: listener => child.once('exit', (code, signal) => listener(signal === null ? { code } : { code, signal })),
      // Given up, it is over for us, though it may run on.
      closed: listener => {
        child.once('close', listener)
        stdout.once('close', () => stdout.readableEnded || listener())
      },
    }),
    signal: name => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, `SIG${name}`)
    },
    close: () => closeStreams(child),
  }
}

function closeStreams(child: ChildProcessWithoutNullStreams): void {
  child.stdin.destroy()
  child.stdout.destroy()
  child.stderr.destroy()
}
