import { UsageError } from '../../errors.js'
import type { ConnectSettings, Endpoint } from '../connector.js'

/**
 * Reads a ProxyJump value: `user@host:port`, comma-separated, also `ssh://` and `[v6]:port`.
 * A jump host that is a host of the inventory, too, is reached as the inventory says there, password and jump hosts of its own
 * included. Any other is looked up in ssh_config by itself and takes keys and host key rules from the host behind it.
 */
export function parseJumps(value: string, { settings: behind, peer }: Omit<Endpoint, 'name'>): Endpoint[] {
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
    const own = peer?.(name)
    return {
      name,
      settings: {
        ...(own ? withoutJumpFor(own, behind) : shared),
        ...(found[1] === undefined ? {} : { user: found[1] }),
        ...(found[4] === undefined ? {} : { port: Number(found[4]) }),
      },
      ...(peer ? { peer } : {}),
    }
  })
}

/** The same jump hosts as those of the host behind are said for all hosts, and are no way to the jump hosts themselves. */
function withoutJumpFor(own: ConnectSettings, behind: ConnectSettings): ConnectSettings {
  if (own.proxyJump !== behind.proxyJump) return own
  const { proxyJump: _all, ...rest } = own
  return rest
}
