import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import { bindThere, wireName } from '../bind-there.js'
import type { StreamAddress, StreamListener } from '../connector.js'
import { addressText } from '../stream-address.js'

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
    const actual = await bindThere(at, {
      port: (where, probe) => this.#bind(where, probe ? undefined : accept),
      path: path => this.#path(path, accept),
      stop: where => this.#stop(where),
    })
    return {
      at: actual,
      close: async () => {
        if (this.#accept.delete(addressText(actual))) await this.#stop(actual)
      },
    }
  }

  async #path(path: string, accept: Accept): Promise<boolean> {
    const { client } = this
    this.#accept.set(path, accept)
    const listens = await request(done => client.openssh_forwardInStreamLocal(path, done))
    if (!listens) this.#accept.delete(path)
    return listens
  }

  async #bind(
    { host, port }: { readonly host: string; readonly port: number },
    accept: Accept | undefined,
  ): Promise<number | undefined> {
    let bound: number | undefined
    await request(done =>
      this.client.forwardIn(wireName(host), port, (error, actual) => {
        if (!error) bound = actual
        // At once: the first connection may come in the same packet.
        if (bound !== undefined && accept) this.#accept.set(addressText({ host, port: bound }), accept)
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
