import { UsageError } from '../../errors.js'

/** What the tokens of a ProxyCommand stand for. */
export interface ProxyTokens {
  /** The host as it was named. */
  readonly name: string
  /** Where it is. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly hostKeyAlias?: string
}

/** As OpenSSH judges them (`ssh_valid_hostname`, `ssh_valid_ruser`): nothing that a shell would take for more than a name. */
const ODD_HOST = /^-|['`"$\\;&<>|(){}\s\p{Cc}]/u
const ODD_USER = /^-|['`";&<>|(){}]|\s-|\\$/

/**
 * Puts host, port and user into a ProxyCommand (ssh_config(5), TOKENS): `%h %k %n %p %r %%`.
 * @throws {UsageError} an unknown token, or a name that a shell would take for something else.
 */
export function expandProxyCommand(command: string, of: ProxyTokens): string {
  return command.replace(/%(.?)/gs, (_, token: string) => {
    switch (token) {
      case '%':
        return '%'
      case 'h':
        return safe(of.host, ODD_HOST, of.name)
      case 'k':
        return safe(of.hostKeyAlias ?? of.name, ODD_HOST, of.name)
      case 'n':
        return safe(of.name, ODD_HOST, of.name)
      case 'p':
        return String(of.port)
      case 'r':
        return safe(of.user, ODD_USER, of.name)
      default:
        throw new UsageError(`${of.name}: its ProxyCommand has the unknown token %${token}.`)
    }
  })
}

function safe(value: string, odd: RegExp, host: string): string {
  if (!odd.test(value)) return value
  throw new UsageError(`${host}: ${JSON.stringify(value)} does not go into its ProxyCommand: a shell would read it.`)
}
