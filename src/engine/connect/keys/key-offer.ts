import type { ParsedKey } from 'ssh2'
import { fingerprint } from '../host-keys/known-hosts.js'
import type { OpenSshFeature } from '../needs-openssh.js'
import type { Hash } from './offer-agent.js'

/** A key that can be offered to a server; its private half is touched only when the server says it would take it. */
export interface KeyOffer {
  /** Where it comes from: a file, or the agent's comment. */
  readonly origin: string
  /** The same and its fingerprint, for messages. */
  readonly label: string
  /** `undefined`: locked away with the private half, see {@link KeyOffer.unlock}. */
  readonly publicKey: ParsedKey | undefined
  /** Asks for the passphrase where there is one. @throws {Error} with one clear sentence. */
  unlock(): Promise<ParsedKey>
  /** @throws {Error} with one clear sentence. */
  sign(data: Buffer, hash: Hash): Promise<Buffer>
}

/** A key that is there and that OpenSSH alone can use. */
export interface BeyondKey {
  /** What it is and where, as the start of a sentence: `the certificate /home/me/.ssh/id_rsa-cert.pub`. */
  readonly label: string
  readonly feature: OpenSshFeature
}

/** Where a key comes from, and its fingerprint. */
export function keyLabel(origin: string, key: ParsedKey): string {
  return `${origin} (${key.type} ${fingerprint(key.getPublicSSH())})`
}
