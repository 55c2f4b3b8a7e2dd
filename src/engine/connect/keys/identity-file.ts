import type { ParsedKey } from 'ssh2'
import type { Secret } from '../../secret.js'
import type { Prover } from '../credentials.js'
import { parseKeyFile, unlockKeyFile } from './key-file.js'
import { type BeyondKey, type KeyOffer, keyLabel } from './key-offer.js'
import type { KeySources, ReadFile } from './key-sources.js'
import type { Hash } from './offer-agent.js'
import { privateSignature } from './private-signature.js'

/** What an identity file gives: an offer, or the reason why there is none. */
export interface IdentityFile {
  /** Known even where the private half cannot be had, so that an agent's key can be recognised by it. */
  readonly publicKey?: ParsedKey
  readonly offer?: KeyOffer
  readonly beyond?: BeyondKey
  /** One sentence. */
  readonly problem?: string
}

export interface IdentityFileRequest {
  readonly host: string
  readonly credentials: Prover
  readonly sources: KeySources
  /** How often the passphrase is asked for. */
  readonly tries: number
  /** The file is named by somebody: that it is missing is worth a remark. */
  readonly chosen: boolean
}

/** Reads an identity file, or where there is only its public half, FILE.pub, that one. Never throws. */
export async function readIdentityFile(file: string, request: IdentityFileRequest): Promise<IdentityFile> {
  const { sources, chosen } = request
  const found = await sources.files.get(file)
  if ('code' in found) {
    const publicKey = await siblingPublicKey(file, sources)
    if (publicKey) return { publicKey, ...publicOnly(`${file}.pub`, publicKey) }
    if (!chosen) return {}
    const why = found.code === 'ENOENT' ? 'does not exist' : `cannot be read (${found.code})`
    return { problem: `the key file ${file} ${why}` }
  }
  const { text } = found
  const unlocked = sources.unlocked.get(text)
  const parsed = unlocked ? ({ kind: 'private', key: unlocked } as const) : parseKeyFile(text)
  switch (parsed.kind) {
    case 'unusable':
      return { problem: `the key file ${file} holds no key that can be used (${parsed.why})` }
    case 'beyond':
      return { beyond: { label: `the ${parsed.type} key ${file}`, feature: parsed.feature } }
    case 'public':
      return { publicKey: parsed.key, ...publicOnly(file, parsed.key) }
    case 'private':
      sources.unlocked.set(text, parsed.key)
      return { publicKey: parsed.key, ...guarded(file, found, privateOffer(file, parsed.key)) }
    case 'locked': {
      const publicKey = parsed.publicKey ?? (await siblingPublicKey(file, sources))
      const offer = lockedOffer(file, text, publicKey, request)
      return { ...(publicKey ? { publicKey } : {}), ...guarded(file, found, offer) }
    }
  }
}

/** OpenSSH uses no private key that others can read (`sshkey_perm_ok` in its authfile.c). */
function guarded(file: string, { uid, mode }: ReadFile, offer: KeyOffer): Pick<IdentityFile, 'offer' | 'problem'> {
  if (uid !== process.getuid?.() || (mode & 0o077) === 0) return { offer }
  const written = `0${(mode & 0o777).toString(8).padStart(3, '0')}`
  return {
    problem: `permissions ${written} for ${file} are too open: private keys must not be accessible by others, so it is ignored (chmod 600 ${file})`,
  }
}

function privateOffer(file: string, key: ParsedKey): KeyOffer {
  return {
    origin: file,
    label: keyLabel(file, key),
    publicKey: key,
    unlock: async () => key,
    sign: async (data, hash) => signWith(key, file, data, hash),
  }
}

function publicOnly(file: string, key: ParsedKey): Pick<IdentityFile, 'offer'> {
  const sign = async () => {
    throw new Error(`${file} is a public key and the agent does not hold its private half`)
  }
  return { offer: { origin: file, label: keyLabel(file, key), publicKey: key, unlock: async () => key, sign } }
}

function lockedOffer(
  file: string,
  text: string,
  publicKey: ParsedKey | undefined,
  request: IdentityFileRequest,
): KeyOffer {
  const unlock = () => unlockBy(file, text, request)
  return {
    origin: file,
    label: publicKey ? keyLabel(file, publicKey) : `${file} (encrypted)`,
    publicKey,
    unlock,
    sign: async (data, hash) => signWith(await unlock(), file, data, hash),
  }
}

async function unlockBy(file: string, text: string, request: IdentityFileRequest): Promise<ParsedKey> {
  const { host, credentials, sources, tries } = request
  const { unlocked } = sources
  let hopeless: string | undefined
  const proof = await credentials.prove(
    { key: `passphrase:${file}`, prompt: `passphrase of ${file}`, host, tries },
    async (candidate: Secret) => {
      if (unlocked.has(text)) return true
      const key = unlockKeyFile(text, candidate.reveal())
      if (key === 'wrong') return false
      if ('why' in key) hopeless = key.why
      else unlocked.set(text, key)
      return true
    },
  )
  const key = unlocked.get(text)
  if (key) return key
  if (hopeless !== undefined) throw new Error(`the key file ${file} holds no key that can be used (${hopeless})`)
  throw new Error(
    proof === 'unanswered'
      ? `the key file ${file} is encrypted and nobody gave its passphrase`
      : `wrong passphrase for ${file}`,
  )
}

function signWith(key: ParsedKey, file: string, data: Buffer, hash: Hash): Buffer {
  try {
    return privateSignature(key, data, hash)
  } catch (error) {
    throw new Error(`cannot sign with ${file}`, { cause: error })
  }
}

async function siblingPublicKey(file: string, { files }: KeySources): Promise<ParsedKey | undefined> {
  const found = await files.get(`${file}.pub`)
  const parsed = 'code' in found ? undefined : parseKeyFile(found.text)
  return parsed?.kind === 'public' ? parsed.key : undefined
}
