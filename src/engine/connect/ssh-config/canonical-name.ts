import { lookup } from 'node:dns/promises'
import { UsageError } from '../../errors.js'
import type { SshConfigValues } from './evaluate.js'

/**
 * The full name of a host by CanonicalizeHostname (ssh_config(5); ssh.c, resolve_canonicalize): the first of CanonicalDomains
 * in which it resolves. CNAMEs are not followed: only ssh does that.
 *
 * @throws {UsageError} when it resolves in none of them and CanonicalizeFallbackLocal is no.
 */
export async function canonicalName(name: string, values: SshConfigValues): Promise<string> {
  const first = (keyword: string) => values.get(keyword)?.[0]
  const through = [first('proxyjump'), first('proxycommand')].some(each => each !== undefined && each !== 'none')
  const dots = name.split('.').length - 1
  const most = Number(first('canonicalizemaxdots') ?? 1)
  if ((through && first('canonicalizehostname') !== 'always') || isAddress(name) || dots > most) return name
  for (const domain of values.get('canonicaldomains') ?? []) {
    if (domain.toLowerCase() === 'none') break
    const full = `${name}.${domain.replace(/^\./, '')}`
    // With a dot at its end it is looked up as it is, in no other domain.
    if (await resolves(`${full}.`)) return full
  }
  if (first('canonicalizefallbacklocal') === 'no')
    throw new UsageError(
      `${name} resolves in none of the CanonicalDomains of ssh_config, and CanonicalizeFallbackLocal is no`,
    )
  return name
}

/** ssh.c, is_addr_fast */
function isAddress(name: string): boolean {
  return /[%:]/.test(name) || /^[\d.]+$/.test(name)
}

async function resolves(name: string): Promise<boolean> {
  try {
    await lookup(name)
    return true
  } catch {
    return false
  }
}
