import type { Readable } from 'node:stream'
import { sanitise } from '../../text/sanitise.js'

/** Characters of it that go into a sentence. */
const MOST_SAID = 200
/** A server may send other lines first (RFC 4253 4.2); more than this is no SSH server, characters. */
const MOST_HEARD = 8192

/**
 * Listens to how a server introduces itself, beside whoever else reads the stream: ssh2 keeps the identification to itself,
 * and a server that turns a client away before it (`Exceeded MaxStartups`) has its reason in the lines in front.
 *
 * @param told called once with the identification string.
 * @returns what the server has said first, instead, as long as there was no identification.
 */
export function hearIdentification(stream: Readable, told: (version: string) => void): () => string {
  let heard = ''
  const hear = (chunk: Buffer): void => {
    heard += chunk.toString('latin1')
    const version = heard.match(/^(SSH-[^\r\n]*)\r?\n/m)?.[1]
    if (version === undefined && heard.length < MOST_HEARD) return
    stream.off('data', hear)
    heard = ''
    if (version !== undefined) told(version)
  }
  stream.on('data', hear)
  return () => sanitise(heard.trim().split('\n', 1).join(), { colour: false }).trim().slice(0, MOST_SAID)
}
