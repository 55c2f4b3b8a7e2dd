import type { Duplex } from 'node:stream'
import ssh2, { type Client } from 'ssh2'
import { UnreachableError } from '../../errors.js'
import type { Connection, Connector, Endpoint, OpenContext, Phase } from '../connector.js'
import { dial, resolveName } from '../dial.js'
import { NewHostKeys } from '../host-keys/new-host-keys.js'
import { AcceptedKeys } from '../keys/accepted-keys.js'
import { KeySources } from '../keys/key-sources.js'
import { PhaseClock } from '../phase-clock.js'
import { SshConfigReader } from '../ssh-config/reader.js'
import { addressText } from '../stream-address.js'
import { unlessAborted } from '../unless-aborted.js'
import type { LoggedIn } from '../ways/shared-jump.js'
import type { Way } from '../ways/way.js'
import { Ways } from '../ways/ways.js'
import type { LoginProgress } from './auth-progress.js'
import { leaveToOpenSsh } from './ssh-beyond.js'
import { SshConnection } from './ssh-connection.js'
import { handshake, type LoginMemory } from './ssh-handshake.js'
import { overConnections } from './ssh-login.js'
import { type SshSettings, sshSettings } from './ssh-settings.js'

/** Said once, so that giving up makes no error of its own each time. */
const GIVEN_UP = new Error('the attempt is over')
const connectingCancelled = () => new Error('connecting was cancelled')

/** Connects by npm ssh2, on its own socket. */
export class SshConnector implements Connector {
  readonly name = 'ssh'
  readonly #config = new SshConfigReader()
  readonly #memory: LoginMemory = {
    sources: new KeySources(),
    accepted: new AcceptedKeys(),
    newKeys: new NewHostKeys(),
  }

  readonly #ways = new Ways(this.#config, ({ endpoint, settings }, context, way) => {
    leaveToOpenSsh(endpoint.name, settings)
    return this.#logIn(endpoint, settings, context, way)
  })

  async open(endpoint: Endpoint, context: OpenContext): Promise<Connection> {
    let way: Way | undefined
    try {
      const settings = await sshSettings(endpoint, this.#config)
      leaveToOpenSsh(endpoint.name, settings)
      way = await this.#ways.to(endpoint, settings, context)
      const logIn = () => context.turn(() => this.#logIn(endpoint, settings, context, way))
      const { client, socket, distrusted } = await (way ? way.turn(logIn) : logIn())
      return new SshConnection(client, socket, way, settings, distrusted, context)
    } catch (error) {
      way?.release()
      throw asUnreachable(endpoint.name, error)
    }
  }

  /** @throws {UnreachableError} */
  async #logIn(
    endpoint: Endpoint,
    settings: SshSettings,
    context: OpenContext,
    way: Way | undefined,
  ): Promise<LoggedIn> {
    const clients: Client[] = []
    try {
      return await overConnections(context, progress =>
        this.#connect(endpoint, settings, context, clients, way, progress),
      )
    } catch (error) {
      const broken = way?.broken()
      for (const client of clients) client.destroy()
      throw broken === undefined ? asUnreachable(endpoint.name, error) : new UnreachableError(endpoint.name, broken)
    }
  }

  async #connect(
    endpoint: Endpoint,
    settings: SshSettings,
    context: OpenContext,
    clients: Client[],
    way: Way | undefined,
    progress: LoginProgress,
  ): Promise<LoggedIn> {
    const where = addressText(settings)
    const clock = new PhaseClock(settings.connectTimeout, where)
    const enter = (phase: Phase) => {
      clock.enter(phase)
      context.phase(phase)
    }
    const cancelled = new AbortController()
    const client = new ssh2.Client()
    clients.push(client)
    try {
      context.signal.throwIfAborted()
      const work = async () => {
        if (!way) enter('resolving')
        const { signal } = cancelled
        const socket = await (way ? way.open({ context, enter, signal }) : this.#dial(settings, context, enter, signal))
        const { distrusted } = await handshake({
          client,
          socket,
          host: endpoint.name,
          settings,
          context,
          clock,
          enter,
          memory: this.#memory,
          progress,
        })
        return { client, socket, distrusted }
      }
      return await unlessAborted(Promise.race([work(), clock.expired]), context.signal, connectingCancelled)
    } finally {
      clock.stop()
      // A dial that lost the race is given up; one that has won is past listening.
      cancelled.abort(GIVEN_UP)
    }
  }

  async #dial(
    settings: SshSettings,
    context: OpenContext,
    enter: (phase: Phase) => void,
    signal: AbortSignal,
  ): Promise<Duplex> {
    const addresses = await resolveName(settings.host, settings)
    enter('tcp')
    return await dial(addresses, settings.port, {
      ...settings,
      attempts: settings.connectionAttempts,
      signal,
      tried: (address, ms, failure) =>
        context.note({ kind: 'address', address, ms, ...(failure === undefined ? {} : { failure }) }),
    })
  }
}

function asUnreachable(host: string, error: unknown): UnreachableError {
  if (error instanceof UnreachableError) return error
  return new UnreachableError(host, error instanceof Error ? error.message : String(error), { cause: error })
}
