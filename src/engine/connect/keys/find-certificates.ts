import type { SshSettings } from '../ssh/ssh-settings.js'
import type { BeyondKey } from './key-offer.js'
import type { KeySources } from './key-sources.js'
import { notValid, parseUserCertificate } from './user-certificate.js'

/** Certificates that would let the user in, which ssh2 cannot show to a server. */
export interface Certificates {
  /** One that somebody chose, by CertificateFile or by the key it goes with: nothing else need be tried. */
  readonly chosen?: BeyondKey
  /** Those that lie beside the default keys: worth trying when the keys alone are refused. */
  readonly beside: readonly BeyondKey[]
  /** Those that let nobody in, in one sentence each. */
  readonly problems: readonly string[]
}

/** Looks at CertificateFile and at FILE-cert.pub beside every identity file, as OpenSSH does. Never throws. */
export async function findCertificates(
  settings: SshSettings,
  sources: KeySources,
  now = new Date(),
): Promise<Certificates> {
  const { certificateFiles, identityFiles, identityFilesChosen } = settings
  const named = await Promise.all(certificateFiles.map(file => readCertificate(file, sources, now)))
  const implied = await Promise.all(identityFiles.map(file => readCertificate(`${file}-cert.pub`, sources, now)))
  const missing = named.flatMap((found, index) =>
    found === undefined ? `the certificate ${certificateFiles[index]} does not exist or is none` : [],
  )
  const found = [...named, ...implied].flatMap(each => each ?? [])
  const valid = [...named, ...(identityFilesChosen ? implied : [])].find(each => typeof each === 'object')
  return {
    ...(typeof valid === 'object' ? { chosen: valid } : {}),
    beside: found.filter(each => typeof each === 'object'),
    problems: [...missing, ...found.filter(each => typeof each === 'string')],
  }
}

/** @returns why it lets nobody in, as a sentence; `undefined` where there is no certificate. */
async function readCertificate(
  file: string,
  { files }: KeySources,
  now: Date,
): Promise<BeyondKey | string | undefined> {
  const found = await files.get(file)
  const certificate = 'code' in found ? undefined : parseUserCertificate(found.text)
  if (!certificate) return undefined
  const why = notValid(certificate, now)
  return why === undefined
    ? { label: `the certificate ${file}`, feature: 'user-certificate' }
    : `the certificate ${file} (${certificate.id}) ${why}`
}
