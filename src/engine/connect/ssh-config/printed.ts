import { canonicalHost } from '../addresses.js'
import { type ConfigQuestion, hostNameOf, type SshConfigValues } from './evaluate.js'
import { expandTilde, type LocalUser } from './local-user.js'
import { connectionTokens, expandTokensAndVariables } from './tokens.js'

/** Keywords in which `ssh -G` prints tokens, variables and `~` replaced, for one host (ssh.c, before dump_client_config). */
const REPLACED = ['userknownhostsfile', 'identityagent', 'forwardagent']
/** Lists that `ssh -G` works out from its own defaults, while muster's are others; and what newer releases alone replace. */
const AS_WRITTEN = ['ciphers', 'hostkeyalgorithms', 'kexalgorithms', 'macs', 'revokedhostkeys']

/**
 * What applies to a host, of what ssh printed for another one to which the same lines apply: its values, except
 * where they were worked out for that host.
 */
export function fromSameLines(written: SshConfigValues, printed: SshConfigValues): SshConfigValues {
  const keywords = new Set(written.keys())
  // ssh decides which of the two counts.
  if (keywords.delete('proxyjump') || keywords.has('proxycommand')) keywords.add('proxyjump').add('proxycommand')
  return new Map(
    [...keywords].flatMap(keyword => {
      const own = keyword === 'hostname' || REPLACED.includes(keyword) || AS_WRITTEN.includes(keyword)
      const values = (own ? undefined : printed.get(keyword)) ?? (isRoute(keyword) ? undefined : written.get(keyword))
      return values === undefined ? [] : [[keyword, values] as const]
    }),
  )
}

/**
 * What ssh printed for a host that is asked about alone, as far as it was chosen: set by lines that are known to apply,
 * or other than the defaults. What ssh has replaced is not replaced once more.
 */
export function fromThisHost(
  printed: SshConfigValues,
  defaults: SshConfigValues,
  written: SshConfigValues | undefined,
): SshConfigValues {
  const chosen = [...printed].filter(
    ([keyword, values]) =>
      written?.has(keyword) ||
      (values.join('\n') !== defaults.get(keyword)?.join('\n') && !isDebians(keyword, printed)),
  )
  return new Map(
    chosen.map(([keyword, values]) => [
      keyword,
      keyword === 'hostname' || REPLACED.includes(keyword) ? values.map(value => value.replaceAll('%', '%%')) : values,
    ]),
  )
}

/** Whether ssh replaced the tokens in lines as written the way we would, for the host it was asked about. */
export function replacedAlike(
  written: SshConfigValues,
  printed: SshConfigValues,
  question: ConfigQuestion,
  local: LocalUser,
): boolean {
  const first = (keyword: string) => printed.get(keyword)?.[0] ?? ''
  const host = canonicalHost(hostNameOf(written.get('hostname')?.[0], question))
  if (written.has('hostname') && host !== first('hostname')) return false
  const jump = written.get('proxyjump')?.[0]?.replace(/^.*,/s, '') ?? ''
  const keyAlias = written.get('hostkeyalias')?.[0]?.toLowerCase() ?? question.host
  const connecting = { name: question.host, host, port: Number(first('port')), user: first('user'), keyAlias, jump }
  const tokens = connectionTokens(connecting, local)
  return REPLACED.every(keyword => {
    const values = written.get(keyword)
    // A ForwardAgent path behind a `no` is printed, and not used.
    if (values === undefined || values[0]?.startsWith('$') || values[0] === 'no') return true
    const replaced = values.map(value => expandTokensAndVariables(expandTilde(value, local.home), tokens, keyword))
    return replaced.join(' ') === printed.get(keyword)?.join(' ')
  })
}

/** Debian's ssh keeps connections alive every 300 s when BatchMode is on, whether anybody wants it or not. */
export function isDebians(keyword: string, printed: SshConfigValues): boolean {
  return (
    keyword === 'serveraliveinterval' && printed.get('batchmode')?.[0] === 'yes' && printed.get(keyword)?.[0] === '300'
  )
}

function isRoute(keyword: string): boolean {
  return keyword === 'proxyjump' || keyword === 'proxycommand'
}
