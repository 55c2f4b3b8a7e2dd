import type { Duplex } from 'node:stream'
import { ForwardError, UnreachableError } from '../../errors.js'
import type { Connection, StreamAddress } from '../connector.js'
import type { LinkListener } from '../link.js'
import { broken } from './broken.js'

/** Opens a stream over the live connection; over the next one when this is lost meanwhile, since nothing was sent yet. */
export async function dialOver(
  host: string,
  ready: () => Promise<{ readonly connection: Connection }>,
  to: StreamAddress,
): Promise<Duplex> {
  return await onLive(host, ready, async connection => connection.dial?.(to))
}

/** Listens by the live connection, until it ends. */
export async function listenOver(
  host: string,
  ready: () => Promise<{ readonly connection: Connection }>,
  at: StreamAddress,
  accept: (stream: Duplex) => void,
): Promise<LinkListener> {
  return await onLive(host, ready, async connection => {
    const listener = await connection.listen?.(at, accept)
    return listener && { at: listener.at, close: () => listener.close(), ended: connection.ended }
  })
}

async function onLive<T>(
  host: string,
  ready: () => Promise<{ readonly connection: Connection }>,
  open: (connection: Connection) => Promise<T | undefined>,
): Promise<T> {
  for (let again = true; ; again = false) {
    const { connection } = await ready()
    try {
      const opened = await open(connection)
      if (opened === undefined) throw new Error('its connector forwards no ports')
      return opened
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const lost = await broken(connection)
      if (lost === undefined) throw new ForwardError(host, reason, { cause: error })
      if (!again) throw new UnreachableError(host, lost, { cause: error })
    }
  }
}
