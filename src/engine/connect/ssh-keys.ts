import { readFile } from 'node:fs/promises'
import ssh2, { type IdentityCallback, type ParsedKey, type SignCallback, type SigningRequestOptions } from 'ssh2'
import type { Secret } from '../secret.js'
import type { Prover } from './credentials.js'
import { fingerprint } from './known-hosts.js'
import type { SshSettings } from './ssh-settings.js'

const { parseKey } = ssh2.utils

type KeyLike = ParsedKey | Buffer | string
type Hash = SigningRequestOptions['hash']

/** A key that can be offered to a server; its private half is touched only when the server says it would take it. */
export interface KeyOffer {
  /** Where it comes from and its fingerprint, for messages. */
  readonly label: string
  readonly publicKey: ParsedKey
  sign(data: Buffer, hash: Hash): Promise<Buffer>
}

/** What was found when looking for keys. */
export interface KeyRing {
  readonly offers: readonly KeyOffer[]
  /** Why a chosen key cannot be offered: missing, unreadable, no key at all. */
  readonly problems: readonly string[]
}

/** Decrypted keys by file and content, for the life of the process, so that a passphrase is asked and its key derived once. */
export type UnlockedKeys = Map<string, ParsedKey>

/**
 * Gathers the keys to offer, in OpenSSH's order: agent keys that are also identity files, other agent keys
 * (not with IdentitiesOnly), identity files.
 */
export async function gatherKeys(
  host: string,
  settings: SshSettings,
  credentials: Prover,
  unlocked: UnlockedKeys,
): Promise<KeyRing> {
  const problems: string[] = []
  const files: KeyOffer[] = []
  for (const file of settings.identityFiles) {
    const found = await readKeyFile(file, host, credentials, unlocked)
    if (typeof found !== 'string') files.push(found)
    else if (settings.identityFilesChosen) problems.push(found)
  }
  const agent = settings.agent === undefined ? [] : await agentKeys(settings.agent, problems)
  const inFiles = (offer: KeyOffer) => files.some(file => sameKey(file, offer))
  const inAgent = (offer: KeyOffer) => agent.some(key => sameKey(key, offer))
  const offers = [
    ...agent.filter(inFiles),
    ...(settings.identitiesOnly ? [] : agent.filter(offer => !inFiles(offer))),
    ...files.filter(offer => !inAgent(offer)),
  ]
  return { offers, problems }
}

/** Presents key offers to ssh2 in the form of an agent, which asks for signatures one by one. */
export class OfferAgent extends ssh2.BaseAgent<ParsedKey> {
  /** What went wrong while signing, in the user's terms. */
  readonly problems: string[] = []

  constructor(private readonly offers: readonly KeyOffer[]) {
    super()
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    callback(
      null,
      this.offers.map(offer => offer.publicKey),
    )
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): void {
    const callback = typeof options === 'function' ? options : done
    const hash = typeof options === 'function' ? undefined : options.hash
    const offer = this.offers.find(each => each.publicKey.getPublicSSH().equals(key.getPublicSSH()))
    if (!offer) {
      callback?.(new Error('this key was not offered'))
      return
    }
    offer.sign(data, hash).then(
      signature => callback?.(null, signature),
      (error: Error) => {
        this.problems.push(error.message)
        callback?.(error)
      },
    )
  }
}

async function agentKeys(socket: string, problems: string[]): Promise<KeyOffer[]> {
  const agent = new ssh2.OpenSSHAgent(socket)
  const keys = await new Promise<ParsedKey[]>(resolve => {
    agent.getIdentities((error, found) => {
      if (error) problems.push(`the agent at ${socket} does not answer`)
      resolve((found ?? []).map(key => parseKey(publicHalf(key))).filter(isKey))
    })
  })
  return keys.map(publicKey => ({
    label: keyLabel(publicKey.comment || 'agent key', publicKey),
    publicKey,
    sign: (data, hash) =>
      new Promise((resolve, reject) => {
        agent.sign(publicKey, data, hash ? { hash } : {}, (error, signature) =>
          signature ? resolve(signature) : reject(error ?? new Error('the agent did not sign')),
        )
      }),
  }))
}

/** @returns the offer, or one sentence saying why there is none. */
async function readKeyFile(
  file: string,
  host: string,
  credentials: Prover,
  unlocked: UnlockedKeys,
): Promise<KeyOffer | string> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return code === 'ENOENT' ? `the key file ${file} does not exist` : `the key file ${file} cannot be read (${code})`
  }
  const plain = unlocked.get(text) ?? parseKey(text)
  if (isKey(plain)) {
    unlocked.set(text, plain)
    return {
      label: keyLabel(file, plain),
      publicKey: plain,
      sign: async (data, hash) => signWith(plain, file, data, hash),
    }
  }
  if (!/no passphrase given/i.test(plain.message))
    return `the key file ${file} holds no key that can be used (${plain.message})`
  const publicKey = embeddedPublicKey(text) ?? (await siblingPublicKey(file))
  if (!publicKey) return `the key file ${file} is encrypted and its public half ${file}.pub is missing`
  return {
    label: keyLabel(file, publicKey),
    publicKey,
    sign: async (data, hash) => signWith(await unlock(file, text, host, credentials, unlocked), file, data, hash),
  }
}

async function unlock(
  file: string,
  text: string,
  host: string,
  credentials: Prover,
  unlocked: UnlockedKeys,
): Promise<ParsedKey> {
  const proof = await credentials.prove(
    { key: `passphrase:${file}`, prompt: `passphrase of ${file}`, host },
    async (candidate: Secret) => {
      if (unlocked.has(text)) return true
      const key = parseKey(text, candidate.reveal())
      if (!isKey(key)) return false
      unlocked.set(text, key)
      return true
    },
  )
  const key = unlocked.get(text)
  if (key) return key
  throw new Error(
    proof === 'unanswered'
      ? `the key file ${file} is encrypted and nobody gave its passphrase`
      : `wrong passphrase for ${file}`,
  )
}

function signWith(key: ParsedKey, file: string, data: Buffer, hash: Hash): Buffer {
  if (!key.isPrivateKey()) throw new Error(`${file} is a public key and the agent does not hold its private half`)
  const signature: unknown = key.sign(data, hash)
  if (Buffer.isBuffer(signature)) return signature
  throw new Error(`cannot sign with ${file}`, { cause: signature })
}

/** The public half at the head of an encrypted `openssh-key-v1` file, which is in clear (PROTOCOL.key of OpenSSH). */
function embeddedPublicKey(text: string): ParsedKey | undefined {
  const body = text.match(/-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/)?.[1]
  if (!body) return undefined
  const bytes = Buffer.from(body, 'base64')
  let at = 'openssh-key-v1\0'.length
  const next = () => {
    const length = bytes.readUInt32BE(at)
    at += 4 + length
    return bytes.subarray(at - length, at)
  }
  try {
    next() // cipher
    next() // key derivation
    next() // its options
    at += 4 // number of keys
    const key = parseKey(next())
    return isKey(key) ? key : undefined
  } catch {
    return undefined
  }
}

async function siblingPublicKey(file: string): Promise<ParsedKey | undefined> {
  try {
    const key = parseKey(await readFile(`${file}.pub`, 'utf8'))
    return isKey(key) ? key : undefined
  } catch {
    return undefined
  }
}

function keyLabel(origin: string, key: ParsedKey): string {
  return `${origin} (${key.type} ${fingerprint(key.getPublicSSH())})`
}

function sameKey(one: KeyOffer, other: KeyOffer): boolean {
  return one.publicKey.getPublicSSH().equals(other.publicKey.getPublicSSH())
}

/** ssh2 lets an agent answer with a key or with an entry around one. */
function publicHalf(entry: ParsedKey | { readonly pubKey: KeyLike | { readonly pubKey: KeyLike } }): KeyLike {
  if ('getPublicSSH' in entry) return entry
  const { pubKey } = entry
  return typeof pubKey === 'object' && 'pubKey' in pubKey ? pubKey.pubKey : pubKey
}

function isKey(parsed: ParsedKey | Error): parsed is ParsedKey {
  return !(parsed instanceof Error)
}
