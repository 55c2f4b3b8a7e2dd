import { createConnection } from 'node:net'
import ssh2, { type ParsedKey } from 'ssh2'
import type { OpenSshFeature } from '../needs-openssh.js'
import { WireReader } from '../ssh/ssh-wire.js'
import { featureFor } from './key-file.js'
import type { Hash } from './offer-agent.js'

const REQUEST_IDENTITIES = 11
const IDENTITIES_ANSWER = 12
/** An agent that has not answered by then is not going to, milliseconds. */
const PATIENCE_MS = 5000
/** OpenSSH takes no longer answer from an agent either, bytes. */
const LONGEST_ANSWER = 256 * 1024

/** One key that an agent holds. */
export interface AgentKey {
  /** `undefined`: ssh2 cannot use it, and `feature` says what it needs of OpenSSH, where OpenSSH can. */
  readonly key: ParsedKey | undefined
  readonly feature: OpenSshFeature | undefined
  readonly type: string
  readonly comment: string
}

/**
 * Asks an agent for its keys (draft-ietf-sshm-ssh-agent). Not through ssh2, which passes over those it does not know.
 * @param socket path.
 * @throws {Error} when it does not answer or makes no sense.
 */
export async function agentKeys(socket: string): Promise<readonly AgentKey[]> {
  const reader = new WireReader(await ask(socket))
  if (reader.byte() !== IDENTITIES_ANSWER) throw new Error('the agent refused to list its keys')
  return Array.from({ length: Math.min(reader.u32(), LONGEST_ANSWER) }, () => {
    const blob = reader.counted()
    const comment = reader.text()
    const type = new WireReader(blob).text()
    const feature = featureFor(type)
    const key = feature ? undefined : ssh2.utils.parseKey(blob)
    return { key: key instanceof Error ? undefined : key, feature, type, comment }
  })
}

/** Has an agent sign. @throws {Error} when it does not (a key to be confirmed that was not, a locked agent). */
export function agentSign(socket: string, key: ParsedKey, data: Buffer, hash: Hash): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    new ssh2.OpenSSHAgent(socket).sign(key, data, hash ? { hash } : {}, (error, signature) =>
      signature ? resolve(signature) : reject(error ?? new Error('no signature')),
    )
  })
}

function ask(path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path, timeout: PATIENCE_MS })
    const fail = (reason: string) => {
      socket.destroy()
      reject(new Error(reason))
    }
    let heard = Buffer.alloc(0)
    socket.on('connect', () => socket.write(Buffer.from([0, 0, 0, 1, REQUEST_IDENTITIES])))
    socket.on('data', chunk => {
      heard = Buffer.concat([heard, chunk])
      if (heard.length < 4) return
      const length = heard.readUInt32BE(0)
      if (length > LONGEST_ANSWER) fail('its answer is too long')
      else if (heard.length >= 4 + length) {
        socket.destroy()
        resolve(heard.subarray(4, 4 + length))
      }
    })
    socket.on('timeout', () => fail('it does not answer'))
    socket.on('error', error => fail(error.message))
    socket.on('close', () => fail('it hung up'))
  })
}
