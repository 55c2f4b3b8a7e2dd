import type { StreamAddress } from './connector.js'
import { addressText } from './stream-address.js'

/** How a server is asked to listen, by whatever speaks to it. */
export interface Binder {
  /**
   * @param probe only to find out whether the server would: nobody is to be let in.
   * @returns the port; `undefined` when the server refuses.
   */
  port(at: { readonly host: string; readonly port: number }, probe: boolean): Promise<number | undefined>
  /** @returns whether the server listens on the unix socket. */
  path(path: string): Promise<boolean>
  stop(at: StreamAddress): Promise<void>
}

/**
 * Has a server listen.
 * @returns where it does.
 * @throws {Error} why it does not, as a sentence that lacks its subject.
 */
export async function bindThere(at: StreamAddress, binder: Binder): Promise<StreamAddress> {
  const place = addressText(at)
  if ('path' in at) {
    if (await binder.path(at.path)) return at
    throw new Error(
      `does not listen on ${place}: it exists already, cannot be created, or its sshd forbids it (AllowStreamLocalForwarding)`,
    )
  }
  const { host, port } = at
  const given = await binder.port(at, false)
  if (given !== undefined) return { host, port: given }
  // The protocol has no room for a reason; a server that listens on any other port has this one taken.
  const other = port === 0 ? undefined : await binder.port({ host, port: 0 }, true)
  if (other === undefined)
    throw new Error(`does not listen on ${place}: its sshd forbids it (AllowTcpForwarding, PermitListen)`)
  await binder.stop({ host, port: other })
  throw new Error(
    `cannot listen on ${place}: the port is in use there${port < 1024 ? ', or kept for root (below 1024)' : ''}`,
  )
}

/** RFC 4254 7.1: the empty name is every address. */
export function wireName(host: string): string {
  return host === '*' ? '' : host
}
