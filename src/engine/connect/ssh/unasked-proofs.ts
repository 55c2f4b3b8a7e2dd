import type { Client } from 'ssh2'
import { isObject, member } from './ssh2-insides.js'

/** OpenSSH's PROTOCOL, 2.5: with it a server tells all its host keys after the login. */
const HOST_KEYS = 'hostkeys-00@openssh.com'

/**
 * Keeps ssh2 from asking an OpenSSH server to prove that it holds all the host keys it tells of: an answer for an event
 * (`hostkeys`) that nobody here listens to, at the price of a signature for each key on both sides and a round trip. ssh2 has no
 * option for it, so this takes the message away from its own handler.
 *
 * @param client after `connect()`.
 */
export function leaveHostKeysUnproven(client: Client): void {
  const handlers = member(member(client, '_protocol'), '_handlers')
  const handle: unknown = member(handlers, 'GLOBAL_REQUEST')
  if (!isObject(handlers) || typeof handle !== 'function') return
  Reflect.set(handlers, 'GLOBAL_REQUEST', (protocol: unknown, name: unknown, ...rest: unknown[]): void => {
    if (name !== HOST_KEYS) Reflect.apply(handle, undefined, [protocol, name, ...rest])
  })
}
