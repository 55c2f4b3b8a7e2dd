import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import type { StreamAddress, StreamListener } from './connector.js'
import { addressText } from './stream-address.js'

type Accept = (stream: Duplex) => void

/** The ports and unix sockets that a server listens on for us, and who gets the connections made there. */
export class SshListeners {
  readonly #accept = new Map<string, Accept>()

  constructor(private readonly client: Client) {
    client.on('tcp connection', ({ destIP, destPort }, accept, reject) => {
      this.#hand(addressText({ host: destIP || '*', port: destPort }), accept, reject)
    })
    client.on('unix connection', ({ socketPath }, accept, reject) => this.#hand(socketPath, accept, reject))
  }

  /** @throws {Error} with one sentence that lacks its subject. */
  async listen(at: StreamAddress, accept: Accept): Promise<StreamListener> {
    const actual = 'path' in at ? await this.#path(at, accept) : await this.#port(at, accept)
    return {
      at: actual,
      close: async () => {
        if (this.#accept.delete(addressText(actual))) await this.#stop(actual)
      },
    }
  }

  async #path(at: { readonly path: string }, accept: Accept): Promise<StreamAddress> {
    const { client } = this
    this.#accept.set(at.path, accept)
    if (await request(done => client.openssh_forwardInStreamLocal(at.path, done))) return at
    this.#accept.delete(at.path)
    throw new Error(
      `does not listen on ${at.path}: it exists already, cannot be created, or its sshd forbids it (AllowStreamLocalForwarding)`,
    )
  }

  async #port(at: { readonly host: string; readonly port: number }, accept: Accept): Promise<StreamAddress> {
    const given = await this.#bind(at, accept)
    if (given) return given
    // The protocol has no room for a reason; a server that listens on any other port has this one taken.
    const other = at.port === 0 ? undefined : await this.#bind({ host: at.host, port: 0 })
    const place = addressText(at)
    if (!other) throw new Error(`does not listen on ${place}: its sshd forbids it (AllowTcpForwarding, PermitListen)`)
    await this.#stop(other)
    throw new Error(
      `cannot listen on ${place}: the port is in use there${at.port < 1024 ? ', or kept for root (below 1024)' : ''}`,
    )
  }

  async #bind(
    { host, port }: { readonly host: string; readonly port: number },
    accept?: Accept,
  ): Promise<StreamAddress | undefined> {
    let bound: StreamAddress | undefined
    await request(done =>
      this.client.forwardIn(wireName(host), port, (error, actual) => {
        if (!error) bound = { host, port: actual }
        // At once: the first connection may come in the same packet.
        if (bound && accept) this.#accept.set(addressText(bound), accept)
        done(error)
      }),
    )
    return bound
  }

  async #stop(at: StreamAddress): Promise<void> {
    const { client } = this
    await request(done =>
      'path' in at
        ? client.openssh_unforwardInStreamLocal(at.path, done)
        : client.unforwardIn(wireName(at.host), at.port, done),
    )
  }

  #hand(key: string, accept: () => Duplex, reject: () => void): void {
    const take = this.#accept.get(key)
    if (!take) {
      reject()
      return
    }
    const stream = accept()
    stream.on('error', () => {})
    take(stream)
  }
}

/** RFC 4254 7.1: the empty name is every address. */
function wireName(host: string): string {
  return host === '*' ? '' : host
}

/** Whether the server did as it was asked; a lost connection did not. */
function request(send: (done: (error?: Error | null) => void) => void): Promise<boolean> {
  return new Promise(resolve => {
    try {
      send(error => resolve(!error))
    } catch {
      resolve(false)
    }
  })
}
