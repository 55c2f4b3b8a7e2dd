import { UsageError } from '../errors.js'
import type { Asker } from './ask.js'
import { nobody } from './ask.js'
import type { Connector, Endpoint } from './connector.js'
import { Credentials } from './credentials.js'
import { EitherSsh } from './either-ssh.js'
import { HostLink } from './link/host-link.js'
import type { Link, LinkObserver } from './link.js'
import { chroot } from './local/chroot.js'
import { local } from './local/local.js'
import { Throttle } from './throttle.js'

export { type Asker, nobody } from './ask.js'
export { Credentials } from './credentials.js'
export { type Identity, type Link, LOGIN } from './link.js'
export { sshConfigHosts } from './ssh-config/named-hosts.js'

/** Hosts that may be connecting at once: sshd's MaxStartups begins to refuse at 10 to 30 unauthenticated connections. */
const MOST_CONNECTING = 24
const gate = new Throttle(MOST_CONNECTING)

/** A connector that is loaded, with its library, when the first host wants it; all hosts share it and the keys it has unlocked. */
function loadedOnUse(name: string, load: () => Promise<Connector>): Connector {
  let loaded: Promise<Connector> | undefined
  return {
    name,
    open: async (endpoint, context) => {
      loaded ??= load()
      return (await loaded).open(endpoint, context)
    },
  }
}

const ssh2 = loadedOnUse('ssh2', async () => new (await import('./ssh/ssh.js')).SshConnector())
const openssh = loadedOnUse('openssh', async () => new (await import('./openssh/openssh.js')).OpenSshConnector())
const builtIn: readonly Connector[] = [new EitherSsh(ssh2, openssh), openssh, local, chroot]

export interface LinkOptions {
  /** Connectors to choose from by name; default: `ssh`, `openssh`, `local` and `chroot`. */
  readonly connectors?: readonly Connector[]
  /** Who answers questions; default: nobody, so that they fail with a sentence. */
  readonly asker?: Asker
  readonly observer?: LinkObserver
  /** A link that was lost comes back by itself, until it is closed; default: at its next use only. */
  readonly reconnect?: boolean
  /** Shared by all links of an engine, so that a password is asked once. */
  readonly credentials?: Credentials
}

/**
 * Makes the link to one host; it connects when it is first used.
 *
 * @example
 * const link = createLink({ name: 'web-1', settings: { address: '10.0.0.11', user: 'deploy' } }, { credentials })
 * const { stdout } = await link.run('uname -r')
 * @throws {UsageError} when the settings name a connector that does not exist.
 */
export function createLink(endpoint: Endpoint, options: LinkOptions = {}): Link {
  const { connectors = builtIn, asker = nobody, observer = silent, reconnect = false } = options
  const name = endpoint.settings.connector ?? 'ssh'
  const connector = connectors.find(each => each.name === name)
  if (!connector) {
    const names = connectors.map(each => each.name).join(', ')
    throw new UsageError(`${endpoint.name}: there is no connector ${JSON.stringify(name)}; there are: ${names}`)
  }
  const credentials = options.credentials ?? new Credentials(asker)
  return new HostLink({ endpoint, connector, asker, credentials, observer, gate, reconnect })
}

const silent: LinkObserver = { state: () => {}, latency: () => {} }
