import type { Endpoint } from '../connector.js'
import { type SshSettings, sshSettings } from '../ssh/ssh-settings.js'
import type { SshConfigReader } from '../ssh-config/reader.js'

/** A jump host with its own settings. */
export interface Hop {
  readonly endpoint: Endpoint
  readonly settings: SshSettings
}

/**
 * The jump hosts on the way to a host, the one nearest to this machine first. As with OpenSSH, the first jump host that
 * is named may have jump hosts of its own by ssh_config; the others are reached from the one before them.
 * A host that is named as a jump host for all, itself among them, is reached without it.
 *
 * @throws {Error} when the jump hosts lead in a circle.
 */
export async function jumpChain(
  endpoint: Endpoint,
  settings: SshSettings,
  config: SshConfigReader,
  behind: readonly Hop[] = [],
): Promise<readonly Hop[]> {
  const known = [...behind, { endpoint, settings }]
  const hops: Hop[] = []
  for (const jump of settings.jumps) {
    const own = await sshSettings(jump, config)
    if (serverOf(own) === serverOf(settings)) continue
    const hop = { endpoint: jump, settings: own }
    const circle = known.findIndex(each => serverOf(each.settings) === serverOf(own))
    if (circle >= 0)
      throw new Error(`its jump hosts go in a circle: ${[...known.slice(circle), hop].map(nameOf).join(' → ')}`)
    if (hops.length === 0) hops.push(...(await jumpChain(jump, own, config, known)))
    hops.push(hop)
  }
  return hops
}

/** Two hosts behind the same chain of jump hosts share the connections to them, when they would log in the same way. */
export function chainKey(hops: readonly Hop[]): string {
  return JSON.stringify(hops.map(({ settings }) => loginOf(settings)))
}

/** What decides which server answers, and as whom and under which rules one logs in. */
function loginOf(settings: SshSettings): unknown[] {
  const { host, port, user, proxyCommand, bindAddress, addressFamily } = settings
  const { identityFiles, identitiesOnly, certificateFiles, agent, preferredAuthentications } = settings
  const { knownHostsFiles, strictHostKeyChecking, hostKeyAlias, algorithms } = settings
  return [
    [host, port, user, proxyCommand, bindAddress, addressFamily],
    [identityFiles, identitiesOnly, certificateFiles, agent, preferredAuthentications],
    [knownHostsFiles, strictHostKeyChecking, hostKeyAlias, algorithms],
  ]
}

function serverOf({ host, port }: SshSettings): string {
  return `${host.toLowerCase()}:${port}`
}

function nameOf({ endpoint }: Hop): string {
  return endpoint.name
}
