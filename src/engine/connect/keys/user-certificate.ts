import { WireReader } from '../ssh/ssh-wire.js'

/** A certificate that says that its key may log in (PROTOCOL.certkeys of OpenSSH). */
export interface UserCertificate {
  /** `ssh-ed25519-cert-v01@openssh.com` */
  readonly type: string
  /** What the authority calls it. */
  readonly id: string
  readonly validFrom: Date
  /** `undefined`: for ever. */
  readonly validTo: Date | undefined
}

/** How many strings stand between the nonce and the serial number: the key itself. */
const KEY_FIELDS: Readonly<Record<string, number>> = {
  'ssh-rsa': 2,
  'ssh-dss': 4,
  'ssh-ed25519': 1,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'sk-ssh-ed25519': 2,
  'sk-ecdsa-sha2-nistp256': 3,
}
const USER = 1
const FOREVER = 0xffff_ffff_ffff_ffffn
/** Later than any Date can be, seconds. */
const LATEST = 8_640_000_000_000n

/** Reads a `-cert.pub` file; `undefined` when it holds no user certificate. Never throws. */
export function parseUserCertificate(text: string): UserCertificate | undefined {
  try {
    const blob = text.trim().split(/[ \t]+/)[1]
    if (blob === undefined) return undefined
    const reader = new WireReader(Buffer.from(blob, 'base64'))
    const type = reader.text()
    const fields = KEY_FIELDS[type.replace(/-cert-v01@openssh\.com$/, '')]
    if (fields === undefined || !type.endsWith('-cert-v01@openssh.com')) return undefined
    reader.counted()
    for (let field = 0; field < fields; field += 1) reader.counted()
    reader.u64()
    if (reader.u32() !== USER) return undefined
    const id = reader.text()
    reader.counted()
    const from = reader.u64()
    const to = reader.u64()
    return { type, id, validFrom: date(from), validTo: to === FOREVER ? undefined : date(to) }
  } catch {
    return undefined
  }
}

/** Why a certificate lets nobody in at this time, as the end of a sentence: `expired on 2026-01-31 12:00:00 UTC`. */
export function notValid({ validFrom, validTo }: UserCertificate, now: Date): string | undefined {
  if (validTo && now >= validTo) return `expired on ${written(validTo)}`
  return now < validFrom ? `is valid only from ${written(validFrom)}` : undefined
}

function date(seconds: bigint): Date {
  return new Date(Number(seconds > LATEST ? LATEST : seconds) * 1000)
}

function written(time: Date): string {
  return time
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')
}
