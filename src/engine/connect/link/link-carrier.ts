import { setTimeout as sleep } from 'node:timers/promises'
import { UnreachableError } from '../../errors.js'
import { ShellEnded } from '../../shell/held-shell.js'
import { identityKey } from '../../shell/identity.js'
import type { BytePath } from '../../transfer/byte-path.js'
import type { Carrier, CarrierOptions, OpenStream } from '../../transfer/carrier.js'
import { type Channel, ChannelRefused, type Connection } from '../connector.js'
import type { Identity, RawResult, RunOptions } from '../link.js'
import type { Sftp } from '../sftp.js'
import type { HostShells } from './host-shells.js'
import { NotSent } from './shell-pool.js'

/** A link that broke says so within this after its channels have ended, milliseconds. */
const LOSS_MS = 1000

/** A connection as far as transfers use it. */
interface Carrying {
  readonly connection: Connection
  readonly shells: HostShells
}

/** What a carrier needs of the link it belongs to. */
export interface CarrierParts {
  readonly host: string
  run(script: string, options: RunOptions): Promise<RawResult>
  /** The connection, made if there is none. */
  ready(signal: AbortSignal | undefined): Promise<Carrying>
}

/** Carries bytes for transfers over one link: channels of their own, and sftp where it is served. */
export class LinkCarrier implements Carrier {
  readonly host: string
  /** Connections that were asked for sftp and do not serve it. */
  readonly #denied = new WeakSet<Connection>()
  readonly #left = new Map<string, readonly BytePath[]>()

  constructor(private readonly parts: CarrierParts) {
    this.host = parts.host
  }

  run(script: string, options: CarrierOptions, maxBytes?: number): Promise<RawResult> {
    return this.parts.run(script, maxBytes === undefined ? options : { ...options, maxBytes })
  }

  async stream(script: string, { identity, signal }: CarrierOptions): Promise<OpenStream<Channel>> {
    const live = await this.parts.ready(signal)
    try {
      const shell = await live.shells.open(identity)
      const channel = await shell.handOver(script)
      const close = (): void => channel.close()
      if (signal?.aborted) close()
      signal?.addEventListener('abort', close, { once: true })
      void channel.exit.then(() => signal?.removeEventListener('abort', close))
      return { channel, lost: () => lossOf(live) }
    } catch (error) {
      if (error instanceof NotSent || error instanceof ShellEnded)
        throw new UnreachableError(this.host, error.reason, { cause: error })
      throw error
    }
  }

  async sftp({ identity, signal }: CarrierOptions): Promise<OpenStream<Sftp> | undefined> {
    if (identity.via !== 'login') return undefined
    const live = await this.parts.ready(signal)
    if (this.#denied.has(live.connection)) return undefined
    try {
      const channel = await live.shells.sftp()
      return channel && { channel, lost: () => lossOf(live) }
    } catch (error) {
      if (!(error instanceof ChannelRefused)) this.#denied.add(live.connection)
      return undefined
    }
  }

  leave(identity: Identity, temps: readonly BytePath[]): void {
    const key = identityKey(identity)
    this.#left.set(key, [...(this.#left.get(key) ?? []), ...temps])
  }

  takeLeft(identity: Identity): readonly BytePath[] {
    const key = identityKey(identity)
    const temps = this.#left.get(key) ?? []
    this.#left.delete(key)
    return temps
  }
}

/** Why the link is gone, if it is; a channel may hear of it a moment sooner. */
function lossOf({ connection }: Carrying): Promise<string | undefined> {
  return Promise.race([connection.ended, sleep(LOSS_MS, undefined)])
}
