import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { bindThere } from '../../bind-there.js'
import type { StreamAddress, StreamListener } from '../../connector.js'
import { closeRemoteForward, openRemoteForward } from './socket.js'

/** What a server listens on for us through a master: the master brings each connection to a unix socket in our folder. */
export class MuxListeners {
  #count = 0

  /**
   * @param controlPath the master's socket.
   * @param folder a private one, for ours.
   */
  constructor(
    private readonly controlPath: string,
    private readonly folder: string,
  ) {}

  /** @throws {Error} why the server does not listen, as a sentence that lacks its subject. */
  async listen(at: StreamAddress, accept: (stream: Duplex) => void): Promise<StreamListener> {
    const to = join(this.folder, `to-${this.#count++}`)
    const server = await listenOn(to, accept)
    try {
      const actual = await bindThere(at, {
        port: where => openRemoteForward(this.controlPath, where, to),
        path: async path => (await openRemoteForward(this.controlPath, { path }, to)) !== undefined,
        stop: () => closeRemoteForward(this.controlPath, { ...at, port: 0 }, to),
      })
      const close = async () => {
        await closeRemoteForward(this.controlPath, at, to)
        server.close()
      }
      return { at: actual, close }
    } catch (error) {
      server.close()
      throw error
    }
  }
}

async function listenOn(path: string, accept: (stream: Duplex) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => {})
    accept(socket)
  })
  return await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => resolve(server))
  })
}
