import type { Readable } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import type { Window } from '../window.js'
import { isObject, member, method } from './ssh2-insides.js'

/**
 * Has ssh2 offer a window of our size for the session channel that `open` asks for. ssh2 has no option for it; its own is
 * 2 MiB, and it holds as much again for a slow reader.
 */
export function offerWindow<T>(client: Client, { first }: Window, open: () => T): T {
  const protocol = member(client, '_protocol')
  const session = method(protocol, 'session')
  if (!isObject(protocol) || !session || !method(protocol, 'channelWindowAdjust')) return open()
  Reflect.set(protocol, 'session', (id: unknown, _size: unknown, packet: unknown) => session(id, first, packet))
  try {
    return open()
  } finally {
    // What was there is the method of its class.
    Reflect.deleteProperty(protocol, 'session')
  }
}

/** Takes the window of a channel that was opened within {@link offerWindow} over from ssh2: it opens again as its outputs are read. */
export function keepWindow(client: Client, channel: ClientChannel, window: Window): void {
  const [incoming, outgoing] = [member(channel, 'incoming'), member(channel, 'outgoing')]
  const adjust = method(member(client, '_protocol'), 'channelWindowAdjust')
  if (!isObject(incoming) || !adjust) return
  // As long as ssh2 sees room enough it opens nothing itself.
  Reflect.set(incoming, 'window', Number.POSITIVE_INFINITY)
  const taken = (bytes: number) => {
    const more = window.taken(bytes)
    const state = member(outgoing, 'state')
    // Nothing may follow our CHANNEL_CLOSE: the server may have given the channel's number to another.
    if (more > 0 && (state === 'open' || state === 'eof')) adjust(member(outgoing, 'id'), more)
  }
  for (const output of [channel, channel.stderr]) meter(output, taken)
  channel.once('close', () => window.close())
}

/** Tells how many bytes of a stream have found their reader; what waits for one has not. */
function meter(stream: Readable, taken: (bytes: number) => void): void {
  const push = stream.push.bind(stream)
  const state = member(stream, '_readableState')
  let waiting = 0
  // Then `_read` is called once all that has come is read, and not before.
  if (isObject(state)) Reflect.set(state, 'highWaterMark', 0)
  stream.push = (chunk, encoding) => {
    if (Buffer.isBuffer(chunk)) waiting += chunk.length
    return push(chunk, encoding)
  }
  stream._read = () => {
    const bytes = waiting
    waiting = 0
    if (bytes > 0) taken(bytes)
  }
}
