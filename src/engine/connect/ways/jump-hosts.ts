import { UsageError } from '../../errors.js'
import type { ConnectSettings, Endpoint } from '../connector.js'

/**
 * Reads a ProxyJump value: `user@host:port`, comma-separated, also `ssh://` and `[v6]:port`.
 * A jump host is looked up in ssh_config by itself and takes keys and host key rules from the host behind it.
 */
export function parseJumps(value: string, behind: ConnectSettings): Endpoint[] {
  return value.split(',').map(each => {
    const found = each.trim().match(/^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/)
    const name = found?.[2] ?? found?.[3]
    if (!found || !name) throw new UsageError(`${JSON.stringify(each)} is not a jump host: write user@host:port`)
    const {
      address: _address,
      port: _port,
      user: _user,
      password: _password,
      proxyJump: _jump,
      proxyCommand: _command,
      hostKeyAlias: _alias,
      forwardAgent: _forward,
      ...shared
    } = behind
    return {
      name,
      settings: {
        ...shared,
        ...(found[1] === undefined ? {} : { user: found[1] }),
        ...(found[4] === undefined ? {} : { port: Number(found[4]) }),
      },
    }
  })
}
