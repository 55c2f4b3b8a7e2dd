import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'ssh2'
import type { StreamAddress } from '../connector.js'
import { addressText } from '../stream-address.js'

/** RFC 4254 5.1: why a server opened no channel. */
const PROHIBITED = 1
const CONNECT_FAILED = 2
const SHORTAGE = 4
/** A server short of something (channels, file descriptors) has it again when others have come and gone: pauses between tries, milliseconds. */
const RETRY_AFTER = [50, 100, 200, 400, 800, 1600]

/**
 * Opens a byte stream from a server to an address as it sees it.
 * @param signal gives up waiting.
 * @throws {Error} with one sentence that lacks its subject: `cannot reach db:5432 (Connection refused)`.
 */
export async function openTunnel(client: Client, to: StreamAddress, signal?: AbortSignal): Promise<Duplex> {
  for (const pause of [...RETRY_AFTER, undefined]) {
    try {
      const stream = await openOnce(client, to)
      if (signal?.aborted) stream.destroy()
      return stream
    } catch (error) {
      if (pause === undefined || reasonCode(error) !== SHORTAGE)
        throw new Error(streamRefusal(error, to), { cause: error })
      await sleep(pause, undefined, { signal })
    }
  }
  throw new Error('no try is left')
}

function openOnce(client: Client, to: StreamAddress): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | undefined, stream: Duplex) => {
      if (error) {
        reject(error)
        return
      }
      // Between here and whoever takes the stream over, an error must not go unheard.
      stream.on('error', () => {})
      resolve(stream)
    }
    if ('path' in to) client.openssh_forwardOutStreamLocal(to.path, done)
    else client.forwardOut('127.0.0.1', 0, to.host, to.port, done)
  })
}

/**
 * Why a server opened no stream, as a sentence that lacks its subject.
 * @param error with a `reason` of RFC 4254 5.1, where the server gave one.
 */
export function streamRefusal(error: unknown, to: StreamAddress): string {
  const words = error instanceof Error ? error.message.replace(/^\(SSH\) Channel open failure: /, '') : String(error)
  const place = addressText(to)
  switch (reasonCode(error)) {
    case PROHIBITED: {
      const options = 'path' in to ? 'AllowStreamLocalForwarding' : 'AllowTcpForwarding, PermitOpen'
      return `does not forward to ${place}: its sshd forbids it (${options})`
    }
    case CONNECT_FAILED:
      // OpenSSH says `open failed` where it knows no better, as for a unix socket.
      return `cannot reach ${place} (${words === 'open failed' ? 'nothing answers there' : words})`
    case SHORTAGE:
      return `has no room for a stream to ${place} (${words})`
    default:
      return `opens no stream to ${place} (${words})`
  }
}

function reasonCode(error: unknown): unknown {
  return error instanceof Error && 'reason' in error ? error.reason : undefined
}
