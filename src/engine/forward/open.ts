import type { Link } from '../connect/link.js'
import { streamAddress } from './address.js'
import { Forward } from './forward.js'
import { connectHere, listenHere } from './here.js'
import type { ForwardSpec } from './spec.js'
import { listenThere } from './there.js'

const LOOPBACK = '127.0.0.1'

/**
 * Opens a forward over the link of a host, connecting it first.
 *
 * @param warn told, in one sentence, of a connection through it that reached nothing
 * @throws {UsageError} an address makes no sense, or cannot be listened on here
 * @throws {ForwardError} the host refuses to listen
 * @throws {UnreachableError}
 */
export async function openForward(
  link: Link,
  spec: ForwardSpec,
  warn: (sentence: string) => void,
  signal?: AbortSignal,
): Promise<Forward> {
  const { name: host } = link
  if (spec.to === undefined) {
    const at = streamAddress(spec.local ?? 0, LOOPBACK, true)
    const to = streamAddress(spec.remote, 'localhost', false)
    await link.connect(signal)
    return await Forward.open({
      host,
      direction: 'local',
      at,
      to,
      open: take => listenHere(at, take),
      reach: () => link.dial(to),
      warn,
    })
  }
  // Not `localhost`: there a port that is taken on one loopback address and free on the other would be half a forward.
  const at = streamAddress(spec.remote, LOOPBACK, true)
  const to = streamAddress(spec.to, 'localhost', false)
  return await Forward.open({
    host,
    direction: 'remote',
    at,
    to,
    open: take => listenThere(link, at, take, signal),
    reach: () => connectHere(to),
    warn,
  })
}
