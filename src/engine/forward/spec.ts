/** A port of this machine that leads to a place the host can reach, as `ssh -L`. */
export interface LocalForward {
  /**
   * Where this machine takes connections: a port of 127.0.0.1, `'address:port'` (`'*:8080'`: every address), or the path of a
   * unix socket. Port 0, the default, is any free one.
   */
  readonly local?: number | string
  /** Where they lead, as the host sees it: a port of the host itself, `'db.internal:5432'`, or the path of a unix socket. */
  readonly remote: number | string
  readonly to?: never
}

/** A port of the host that leads to a place this machine can reach, as `ssh -R`. */
export interface RemoteForward {
  /**
   * Where the host takes connections: a port of 127.0.0.1 (0: any free one), `'address:port'` (as far as the server's
   * GatewayPorts allows), or the path of a unix socket.
   */
  readonly remote: number | string
  /** Where they lead, as this machine sees it: a port of this machine, `'localhost:3000'`, or the path of a unix socket. */
  readonly to: number | string
  readonly local?: never
}

/**
 * What `host.forward` is asked for: with `to` it goes from the host to here, else from here to the host.
 *
 * @example
 * await host.forward({ remote: 5432 })                                    // any free port here → the host's port 5432
 * await host.forward({ local: 8080, remote: 'intranet:80' })              // 127.0.0.1:8080 → intranet:80 as the host sees it
 * await host.forward({ local: 0, remote: '/run/postgresql/.s.PGSQL.5432' })
 * await host.forward({ remote: 9000, to: 'localhost:3000' })              // the host's port 9000 → port 3000 here
 */
export type ForwardSpec = LocalForward | RemoteForward
