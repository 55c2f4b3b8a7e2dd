import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { StreamAddress } from '../connect/connector.js'
import { addressText } from '../connect/stream-address.js'
import { UsageError } from '../errors.js'
import type { Intake } from './forward.js'

/**
 * Takes connections on this machine.
 * @throws {UsageError} when the address is taken, not of this machine or not permitted.
 */
export async function listenHere(at: StreamAddress, take: (caller: Duplex) => void): Promise<Intake> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, take)
  server.listen('path' in at ? { path: at.path } : at.host === '*' ? { port: at.port } : at)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new UsageError(`Cannot listen on ${addressText(at)} here: ${listenReason(error)}.`, { cause: error })
  }
  server.on('error', () => {})
  // Node removes the file of a unix socket itself.
  return { at: actual(server, at), close: async () => void server.close() }
}

/** A byte stream to an address as this machine sees it. @throws {Error} with one sentence */
export async function connectHere(to: StreamAddress): Promise<Duplex> {
  const socket: Socket = connect({ ...to, allowHalfOpen: true, noDelay: true })
  try {
    await once(socket, 'connect')
    return socket
  } catch (error) {
    throw new Error(`nothing answers at ${addressText(to)} on this machine (${code(error)})`, { cause: error })
  }
}

function actual(server: Server, at: StreamAddress): StreamAddress {
  const bound = server.address()
  return bound !== null && typeof bound === 'object' && 'port' in at ? { host: at.host, port: bound.port } : at
}

function listenReason(error: unknown): string {
  switch (code(error)) {
    case 'EADDRINUSE':
      return 'it is in use; choose another, or port 0 for any free one'
    case 'EACCES':
      return 'that is not permitted; ports below 1024 are for root'
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'that is no address of this machine'
    case 'ENOENT':
      return 'its directory does not exist'
    default:
      return String(error)
  }
}

function code(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
