import { UnreachableError } from '../errors.js'
import type { Connection, Connector, Endpoint, OpenContext } from './connector.js'
import { NeedsOpenSsh, SshMissing } from './needs-openssh.js'

/**
 * The `ssh` connector: npm ssh2, the faster of the two, for every host that it can serve, and the system's `ssh` for the others.
 * Which host is which shows when it is first connected; from then on the way is known. The trace says why.
 */
export class EitherSsh implements Connector {
  readonly name = 'ssh'
  readonly #needs = new WeakMap<Endpoint, NeedsOpenSsh>()

  constructor(
    private readonly ssh2: Connector,
    private readonly openssh: Connector,
  ) {}

  async open(endpoint: Endpoint, context: OpenContext): Promise<Connection> {
    const known = this.#needs.get(endpoint)
    if (known) return await this.#byOpenSsh(endpoint, context, known)
    try {
      return await this.ssh2.open(endpoint, context)
    } catch (error) {
      if (!(error instanceof NeedsOpenSsh)) throw error
      return await this.#byOpenSsh(endpoint, context, error)
    }
  }

  async #byOpenSsh(endpoint: Endpoint, context: OpenContext, needs: NeedsOpenSsh): Promise<Connection> {
    context.note({ kind: 'connector', name: this.openssh.name, why: needs.reason })
    try {
      const connection = await this.openssh.open(endpoint, context)
      this.#needs.set(endpoint, needs)
      return connection
    } catch (error) {
      if (!(error instanceof SshMissing)) throw error
      throw new UnreachableError(endpoint.name, `${needs.reason}; ${error.reason}`, { cause: error })
    }
  }
}
