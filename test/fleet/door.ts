import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A TCP port in front of a server: counts who comes in, and can be shut, cut and silenced. */
export interface Door {
  readonly port: number
  /** Connections taken since the beginning. */
  readonly taken: number
  /** Connections open now. */
  readonly open: number
  /** Breaks all connections, as a crash would. */
  cut(): void
  /** Nothing passes any more, in either direction, and nobody is told: a partition. */
  silence(): void
  close(): void
}

/** Opens a door to a port of the loopback. */
export async function doorTo(port: number): Promise<Door> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let taken = 0
  const server = createServer({ noDelay: true }, outside => {
    taken += 1
    const inside = connect({ host: '127.0.0.1', port, noDelay: true })
    const pair = [outside, inside] as const
    pairs.add(pair)
    outside.pipe(inside).pipe(outside)
    for (const [socket, other] of [pair, [inside, outside] as const]) {
      socket.on('error', () => {})
      socket.once('close', () => {
        other.destroy()
        pairs.delete(pair)
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const cut = () => {
    for (const [outside, inside] of pairs) {
      outside.destroy()
      inside.destroy()
    }
  }
  return {
    port: address.port,
    get taken() {
      return taken
    },
    get open() {
      return pairs.size
    },
    cut,
    silence: () => {
      for (const [outside, inside] of pairs) {
        outside.unpipe()
        inside.unpipe()
        outside.pause()
        inside.pause()
      }
    },
    close: () => {
      server.close()
      cut()
    },
  }
}
