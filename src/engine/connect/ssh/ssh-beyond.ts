import { NeedsOpenSsh } from '../needs-openssh.js'
import type { SshConfigValues } from '../ssh-config/evaluate.js'

/** Keywords of ssh_config(5) that say how keys are had or checked in ways left to OpenSSH, and their harmless values. */
const KEYWORDS = [
  ['PKCS11Provider', ['none']],
  ['KnownHostsCommand', ['none']],
  ['VerifyHostKeyDNS', ['no']],
  ['CheckHostIP', ['no']],
  ['NoHostAuthenticationForLocalhost', ['no']],
] as const

/** The first keyword set for a host that only OpenSSH's ssh can heed. */
export function keywordBeyondSsh2(values: SshConfigValues): string | undefined {
  return KEYWORDS.find(([keyword, harmless]) => {
    const value = values.get(keyword.toLowerCase())?.[0]
    return value !== undefined && !harmless.some(each => each === value.toLowerCase())
  })?.[0]
}

/** @throws {NeedsOpenSsh} when ssh_config sets a keyword for the host that must not be passed over. */
export function leaveToOpenSsh(host: string, settings: { readonly keywordBeyondSsh2?: string }): void {
  const { keywordBeyondSsh2: keyword } = settings
  if (keyword === undefined) return
  throw new NeedsOpenSsh(host, `ssh_config sets ${keyword} for it, which needs OpenSSH's ssh`, 'configuration')
}
