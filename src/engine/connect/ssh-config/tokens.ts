import { createHash } from 'node:crypto'
import { UsageError } from '../../errors.js'
import type { LocalUser } from './local-user.js'

/** What the tokens of ssh_config(5) stand for, by their letter. */
export type Tokens = Readonly<Record<string, string>>

/** The connection that tokens speak of. */
export interface Connecting {
  /** `%h`: the name or address to connect to. */
  readonly host: string
  /** `%n`: the name that was asked for. */
  readonly name: string
  readonly port: number
  /** `%r` */
  readonly user: string
  /** `%k`: HostKeyAlias, else the name. */
  readonly keyAlias: string
  /** `%j`: the last jump host, else nothing. */
  readonly jump: string
}

/** The tokens that most keywords accept (ssh_config(5), TOKENS). */
export function connectionTokens({ host, name, port, user, keyAlias, jump }: Connecting, local: LocalUser): Tokens {
  return {
    get C() {
      return createHash('sha1').update(`${local.machine}${host}${port}${user}${jump}`).digest('hex')
    },
    d: local.home,
    h: host,
    i: String(local.uid),
    j: jump,
    k: keyAlias,
    L: local.machine.replace(/\..*/s, ''),
    l: local.machine,
    n: name,
    p: String(port),
    r: user,
    u: local.name,
  }
}

/**
 * Replaces `%x` by what the token stands for and `%%` by a percent sign.
 *
 * @param what host and keyword, for the message: `web-1: ProxyCommand`.
 * @throws {UsageError} for a token that is not among them.
 * @example
 * expandTokens('nc %h %p', { h: 'web-1', p: '22' }, 'web-1: ProxyCommand') // 'nc web-1 22'
 */
export function expandTokens(text: string, tokens: Tokens, what: string): string {
  return text.replace(/%(.?)/gsu, (_, letter: string) => replacement(letter, tokens, text, what))
}

/** As {@link expandTokens}, and `${NAME}` by the environment variable. @throws {UsageError} also for a variable that is not set. */
export function expandTokensAndVariables(text: string, tokens: Tokens, what: string): string {
  return text.replace(/%(.?)|\$\{([^}]*)(\}?)/gsu, (_, letter: string | undefined, name: string, closing: string) => {
    if (letter !== undefined) return replacement(letter, tokens, text, what)
    const value = closing === '' ? undefined : process.env[name]
    if (value === undefined)
      throw new UsageError(`${what}: ${JSON.stringify(text)}: the environment variable ${name} is not set`)
    return value
  })
}

function replacement(letter: string, tokens: Tokens, text: string, what: string): string {
  if (letter === '%') return '%'
  const value = Object.hasOwn(tokens, letter) ? tokens[letter] : undefined
  if (value === undefined) throw new UsageError(`${what}: ${JSON.stringify(text)} holds the unknown token %${letter}`)
  return value
}
