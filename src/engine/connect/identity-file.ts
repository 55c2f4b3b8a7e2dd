import type { Stats } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import type { ParsedKey } from 'ssh2'
import type { Secret } from '../secret.js'
import type { Prover } from './credentials.js'
import { parseKeyFile, unlockKeyFile } from './key-file.js'
import { type BeyondKey, type KeyOffer, keyLabel } from './key-offer.js'
import type { Hash } from './offer-agent.js'

/** Decrypted keys by file content, for the life of the process, so that a passphrase is asked and its key derived once. */
export type UnlockedKeys = Map<string, ParsedKey>

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
  readonly unlocked: UnlockedKeys
  /** How often the passphrase is asked for. */
  readonly tries: number
  /** The file is named by somebody: that it is missing is worth a remark. */
  readonly chosen: boolean
}

/** Reads an identity file, or where there is only its public half, FILE.pub, that one. Never throws. */
export async function readIdentityFile(file: string, request: IdentityFileRequest): Promise<IdentityFile> {
  let text: string
  let mode: Stats
  try {
    ;[text, mode] = await Promise.all([readFile(file, 'utf8'), stat(file)])
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const publicKey = await siblingPublicKey(file)
    if (publicKey) return { publicKey, ...publicOnly(`${file}.pub`, publicKey) }
    if (!request.chosen) return {}
    return {
      problem:
        code === 'ENOENT' ? `the key file ${file} does not exist` : `the key file ${file} cannot be read (${code})`,
    }
  }
  const unlocked = request.unlocked.get(text)
  const parsed = unlocked ? ({ kind: 'private', key: unlocked } as const) : parseKeyFile(text)
  switch (parsed.kind) {
    case 'unusable':
      return { problem: `the key file ${file} holds no key that can be used (${parsed.why})` }
    case 'beyond':
      return { beyond: { label: `the ${parsed.type} key ${file}`, feature: parsed.feature } }
    case 'public':
      return { publicKey: parsed.key, ...publicOnly(file, parsed.key) }
    case 'private':
      return { publicKey: parsed.key, ...guarded(file, mode, privateOffer(file, parsed.key)) }
    case 'locked': {
      const publicKey = parsed.publicKey ?? (await siblingPublicKey(file))
      const offer = lockedOffer(file, text, publicKey, request)
      return { ...(publicKey ? { publicKey } : {}), ...guarded(file, mode, offer) }
    }
  }
}

/** OpenSSH uses no private key that others can read (`sshkey_perm_ok` in its authfile.c). */
function guarded(file: string, { uid, mode }: Stats, offer: KeyOffer): Pick<IdentityFile, 'offer' | 'problem'> {
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
  const { host, credentials, unlocked, tries } = request
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
  const signature: unknown = key.sign(data, hash)
  if (Buffer.isBuffer(signature)) return signature
  throw new Error(`cannot sign with ${file}`, { cause: signature })
}

async function siblingPublicKey(file: string): Promise<ParsedKey | undefined> {
  try {
    const parsed = parseKeyFile(await readFile(`${file}.pub`, 'utf8'))
    return parsed.kind === 'public' ? parsed.key : undefined
  } catch {
    return undefined
  }
}
