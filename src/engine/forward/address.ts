import type { StreamAddress } from '../connect/connector.js'
import { UsageError } from '../errors.js'

/**
 * Reads one end of a forward: a port, `'5432'`, `'host:5432'`, `'[::1]:5432'`, `'*:5432'` or `'/path/of/a.sock'`.
 *
 * @param host for a port alone
 * @param listens whether it is the end that takes connections, where port 0 is any free one and `*` every address
 * @throws {UsageError}
 */
export function streamAddress(value: number | string, host: string, listens: boolean): StreamAddress {
  if (typeof value === 'string' && value.startsWith('/')) return { path: value }
  const found = String(value).match(/^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d+)$/)
  const port = Number(found?.[3])
  const name = found?.[1] ?? found?.[2] ?? host
  if (!found || port > 65535 || (port === 0 && !listens) || (name === '*' && !listens)) {
    const free = listens ? ' (0: any free one)' : ''
    throw new UsageError(
      `${JSON.stringify(value)} is no place to forward ${listens ? 'from' : 'to'}: write a port${free}, 'host:port', '[v6]:port' or the path of a unix socket.`,
    )
  }
  return { host: name, port }
}
