import { UnreachableError } from '../../errors.js'
import type { Connector } from '../connector.js'
import { FakeConnection, type FakeHandler, type FakeHostOptions } from './host.js'

export interface FakeConnectorOptions extends FakeHostOptions {
  /** Milliseconds that connecting takes. */
  readonly connectDelay?: number
  /** The host cannot be reached, for this reason. */
  readonly unreachable?: string
}

/** A connector, and the means to break its connections. */
export interface FakeConnector extends Connector {
  /** Breaks every connection that is open. */
  cut(reason: string): void
}

/**
 * Connects to simulated hosts in memory: no process, no socket, and yet everything above a connection is the real thing
 * (shells held open, framed scripts, time-outs, reconnecting). For tests and for fleets of thousands.
 *
 * @example
 * const connector = fakeConnector(script => ({ stdout: script === 'uname -r' ? '6.1.0\n' : '' }))
 * createLink({ name: 'web-1', settings: { connector: 'fake' } }, { connectors: [connector] })
 */
export function fakeConnector(answer: FakeHandler, options: FakeConnectorOptions = {}): FakeConnector {
  const open = new Set<FakeConnection>()
  return {
    name: 'fake',
    async open({ name }, { phase }) {
      phase('tcp')
      if (options.connectDelay) await new Promise(resolve => setTimeout(resolve, options.connectDelay))
      if (options.unreachable !== undefined) throw new UnreachableError(name, options.unreachable)
      const connection = new FakeConnection(answer, options)
      open.add(connection)
      void connection.ended.then(() => open.delete(connection))
      return connection
    },
    cut: reason => {
      for (const connection of open) connection.cut(reason)
    },
  }
}
