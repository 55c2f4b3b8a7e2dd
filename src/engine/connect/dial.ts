import { lookup } from 'node:dns/promises'
import { connect, isIP, type Socket } from 'node:net'

/** An attempt to reach an address that failed, told in one sentence. */
export class DialError extends Error {}

/**
 * Resolves a name.
 * @throws {DialError}
 */
export async function resolveName(host: string): Promise<readonly string[]> {
  if (isIP(host)) return [host]
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address)
  } catch (error) {
    throw new DialError(
      `cannot resolve the name ${host}${errorCode(error) === 'EAI_AGAIN' ? ' (the name server does not answer)' : ''}`,
    )
  }
}

/**
 * Opens a TCP connection to the first address that answers. Nagle's algorithm is off from the first byte:
 * switched off after the handshake it has already cost a connection 40 ms and every command as much.
 *
 * @param attemptTimeout milliseconds until the next address is tried, when there is one.
 * @param tried told of every address tried, the milliseconds it took and why it failed.
 * @throws {DialError} with the reason of the last address tried.
 */
export async function dial(
  addresses: readonly string[],
  port: number,
  attemptTimeout: number,
  signal: AbortSignal,
  tried: (address: string, ms: number, failure?: string) => void,
): Promise<Socket> {
  let failure = new DialError('the name has no address')
  for (const [index, address] of addresses.entries()) {
    signal.throwIfAborted()
    const where = `${address.includes(':') ? `[${address}]` : address}:${port}`
    const start = performance.now()
    try {
      const socket = await dialOne(address, port, index === addresses.length - 1 ? 0 : attemptTimeout, signal)
      tried(where, performance.now() - start)
      return socket
    } catch (error) {
      const why = signal.aborted ? 'given up' : reason(errorCode(error))
      tried(where, performance.now() - start, why)
      failure = new DialError(`${why} at ${where}`, { cause: error })
    }
  }
  throw failure
}

function dialOne(host: string, port: number, timeout: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true })
    const give = (error: Error) => {
      signal.removeEventListener('abort', abort)
      socket.destroy()
      reject(error)
    }
    const abort = () => give(new Error('cancelled'))
    signal.addEventListener('abort', abort, { once: true })
    socket.once('error', give)
    if (timeout > 0)
      socket.setTimeout(timeout, () => give(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })))
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort)
      socket.off('error', give)
      // Between here and whoever takes the socket over, an error must not go unheard.
      socket.on('error', () => {})
      socket.setTimeout(0)
      resolve(socket)
    })
  })
}

function reason(code: string | undefined): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused'
    case 'EHOSTUNREACH':
      return 'no route to host'
    case 'ENETUNREACH':
      return 'network unreachable'
    case 'ETIMEDOUT':
      return 'no answer'
    case 'ECONNRESET':
      return 'connection reset'
    case 'EMFILE':
      return 'out of file descriptors here (raise `ulimit -n`)'
    default:
      return `cannot connect (${code ?? 'unknown error'})`
  }
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
