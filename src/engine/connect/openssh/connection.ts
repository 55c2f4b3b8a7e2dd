import type { Duplex } from 'node:stream'
import type { Channel, Connection, ExecOptions, StreamAddress, StreamListener } from '../connector.js'
import { MuxListeners } from './mux/listeners.js'
import { MuxProxy } from './mux/proxy.js'
import { type ProxySocket, terminateMaster } from './mux/socket.js'

export interface OpenSshConnectionParts {
  readonly user: string
  /** The master's control socket in proxy mode. */
  readonly proxy: ProxySocket
  /** Where other requests to the master go. */
  readonly controlPath: string
  /** A private folder for sockets. */
  readonly folder: string
  /** Commands may use the agent of this machine. */
  readonly forwardsAgent: boolean
  note(text: string): void
  /** Called once the master is gone; gives the reason. */
  tidy(): Promise<string>
}

/** A connection that an `ssh` in the background is the master of. */
export class OpenSshConnection implements Connection {
  readonly user: string
  readonly ended: Promise<string>
  readonly #mux: MuxProxy
  readonly #listeners: MuxListeners
  #forwardsAgent: boolean
  #closing = false

  constructor(private readonly parts: OpenSshConnectionParts) {
    const { user, proxy, controlPath, folder, forwardsAgent } = parts
    this.user = user
    this.#forwardsAgent = forwardsAgent
    this.#mux = new MuxProxy(message => proxy.send(message))
    this.#mux.onNoAgent = () => {
      if (this.#forwardsAgent) parts.note('the server forwards no agent (its AllowAgentForwarding)')
      this.#forwardsAgent = false
    }
    this.#listeners = new MuxListeners(controlPath, folder)
    proxy.onMessage = message => this.#mux.receive(message)
    this.ended = proxy.closed.then(async () => {
      const reason = await parts.tidy()
      // Whoever holds the connection shall know that it is lost before its channels are heard to end.
      setImmediate(() => this.#mux.end())
      return this.#closing ? 'closed' : reason
    })
  }

  exec(command: string, options: ExecOptions = {}): Promise<Channel> {
    return this.#mux.exec(command, { ...options, forwardAgent: this.#forwardsAgent && options.forwardAgent !== false })
  }

  dial(to: StreamAddress): Promise<Duplex> {
    return this.#mux.dial(to)
  }

  listen(at: StreamAddress, accept: (stream: Duplex) => void): Promise<StreamListener> {
    return this.#listeners.listen(at, accept)
  }

  async close(): Promise<void> {
    this.#closing = true
    await terminateMaster(this.parts.controlPath)
    this.parts.proxy.destroy()
    await this.ended
  }
}
