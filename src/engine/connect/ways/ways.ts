import type { Endpoint, OpenContext } from '../connector.js'
import type { SshSettings } from '../ssh/ssh-settings.js'
import type { SshConfigReader } from '../ssh-config/reader.js'
import type { ConnectTrace } from '../trace.js'
import { unlessAborted } from '../unless-aborted.js'
import { chainKey, type Hop, jumpChain } from './jump-chain.js'
import { JumpFailure } from './jump-failure.js'
import { proxyWay } from './proxy-command.js'
import { type LogIn, SharedJump } from './shared-jump.js'
import type { Way } from './way.js'

/**
 * How long a failure also serves hosts that ask after it, milliseconds: a fleet that comes back by itself asks host by host,
 * and one that must ask ssh_config about each host is late with some of them.
 */
const FAILURE_SERVES = 250

interface Failed {
  readonly at: number
  readonly failure: JumpFailure
  readonly traces: readonly ConnectTrace[]
}

/** Finds the way to each host: directly, by a ProxyCommand, or through jump hosts, whose connections it shares. */
export class Ways {
  readonly #jumps = new Map<string, SharedJump>()
  readonly #failed = new Map<string, Failed>()

  constructor(
    private readonly config: SshConfigReader,
    private readonly logIn: LogIn,
  ) {}

  /**
   * The way to a host, its jump hosts connected; `undefined`: directly.
   * @throws {UnreachableError} when a jump host cannot be reached.
   */
  async to(endpoint: Endpoint, settings: SshSettings, context: OpenContext): Promise<Way | undefined> {
    const began = performance.now()
    const hops = await jumpChain(endpoint, settings, this.config)
    try {
      return await this.#along(hops, { endpoint, settings }, context, began)
    } catch (error) {
      throw error instanceof JumpFailure ? error.of(endpoint.name) : error
    }
  }

  async #along(hops: readonly Hop[], to: Hop, context: OpenContext, began: number): Promise<Way | undefined> {
    if (hops.length === 0) return proxyWay(to)
    const key = chainKey(hops)
    const failed = this.#failed.get(key)
    if (failed && (failed.at > began || performance.now() - failed.at < FAILURE_SERVES)) {
      noteTraces(failed.traces, context)
      throw failed.failure
    }
    const jump = this.#hold(key, hops, context, began)
    // The nearest there is: it is not known yet how the host itself is reached.
    context.phase('resolving')
    try {
      await unlessAborted(jump.opened, context.signal, () => new Error('connecting was cancelled'))
      return jump.wayTo(to.settings, context)
    } catch (error) {
      jump.release(context)
      throw error
    } finally {
      noteTraces(jump.traces, context)
    }
  }

  #hold(key: string, hops: readonly Hop[], holder: OpenContext, began: number): SharedJump {
    const known = this.#jumps.get(key)
    if (known) {
      known.hold(holder)
      return known
    }
    const hop = hops.at(-1)
    if (!hop) throw new Error('a chain of no jump hosts')
    const jump: SharedJump = new SharedJump({
      hop,
      first: holder,
      before: own => this.#along(hops.slice(0, -1), hop, own, began),
      logIn: this.logIn,
      over: failure => {
        if (this.#jumps.get(key) === jump) this.#jumps.delete(key)
        if (failure) this.#failed.set(key, { at: performance.now(), failure, traces: jump.traces })
      },
    })
    this.#jumps.set(key, jump)
    return jump
  }
}

function noteTraces(traces: readonly ConnectTrace[], { note }: OpenContext): void {
  for (const trace of traces) note({ kind: 'jump', trace })
}
