import type { Connection } from '../connector.js'

/** Why a connection has ended, if it has; what has already happened to it is told first. */
export function broken(connection: Connection): Promise<string | undefined> {
  const goesOn = new Promise<undefined>(resolve => setImmediate(resolve, undefined))
  return Promise.race([connection.ended, goesOn])
}
