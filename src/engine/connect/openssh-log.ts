import type { Phase } from './connector.js'

/** Lines without a `debug` in front that are kept: what `ssh` has to say is at their end. */
const MOST_SAID = 60

/** A key that `ssh` has offered. */
export interface OfferedKey {
  /** A file, or the comment of a key in an agent. */
  readonly origin: string
  /** `ED25519`, `ED25519-CERT`. */
  readonly type: string
  readonly fingerprint: string
}

export interface SshLogEvents {
  phase(phase: Phase): void
  /** A jump host has let us in. */
  passed(): void
  offered(key: OfferedKey): void
  /** A line meant for people: an error, a warning, the server's banner. */
  said(line: string): void
}

/**
 * Reads what `ssh -v` writes to its stderr, line by line: how far it has come and why it gave up.
 * A jump host is reached by an `ssh` that writes to the same place, before the host's own; its phases are not the host's.
 */
export class SshLog {
  /** The user logged in as, once it is known. */
  user: string | undefined
  /** `address:port` as ssh gives it. */
  where: string | undefined
  /** Type and fingerprint of the host key shown: `ssh-ed25519 SHA256:…`. */
  hostKey: string | undefined
  /** The methods that the server would still take. */
  left: readonly string[] = []
  readonly offered: OfferedKey[] = []
  readonly said: string[] = []
  /** Jump hosts on the way that have not let us in yet. */
  hops = 0
  #rest = ''

  constructor(private readonly events: SshLogEvents) {}

  push(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('utf8')).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#line(line.replace(/\r$/, ''))
  }

  #line(line: string): void {
    const debug = /^debug\d: (.*)$/.exec(line)?.[1]
    if (debug === undefined) this.#talk(line)
    else if (debug.startsWith('Setting implicit ProxyCommand from ProxyJump')) this.hops += 1
    else if (this.hops === 0) this.#progress(debug)
  }

  #talk(line: string): void {
    if (line.trim() === '') return
    if (/^Authenticated to .* using "/.test(line)) {
      if (this.hops > 0) {
        this.hops -= 1
        // What a jump host's ssh said is of no interest once it has let us in.
        this.said.length = 0
        this.events.passed()
      }
      return
    }
    if (/^OpenSSH_\d/.test(line)) return
    this.said.push(line)
    if (this.said.length > MOST_SAID) this.said.shift()
    this.events.said(line)
  }

  #progress(line: string): void {
    const match = (pattern: RegExp) => pattern.exec(line) ?? undefined
    const connecting = match(/^Connecting to .* \[(.+)\] port (\d+)\.$/)
    const identity = match(/^Authenticating to (.+):(\d+) as '(.*)'$/)
    const key = match(/^Server host key: (\S+ \S+)/)
    const offer = match(/^Offering public key: (.*) (\S+) (SHA256:\S+)/)
    const left = match(/^Authentications that can continue: (.*)$/)
    if (connecting) {
      this.where = address(connecting[1], connecting[2])
      this.events.phase('tcp')
    } else if (line.startsWith('Executing proxy command')) this.events.phase('tcp')
    else if (line.startsWith('Connection established') || line.startsWith('Remote protocol version'))
      this.events.phase('kex')
    else if (identity) {
      this.where ??= address(identity[1], identity[2])
      this.user = identity[3]
    } else if (key) this.hostKey = key[1]
    else if (line.startsWith('SSH2_MSG_SERVICE_ACCEPT received')) this.events.phase('auth')
    else if (offer) {
      const [, origin = '', type = '', fingerprint = ''] = offer
      const offered = { origin, type, fingerprint }
      this.offered.push(offered)
      this.events.offered(offered)
    } else if (left) this.left = left[1]?.split(',') ?? []
  }
}

function address(host = '', port = ''): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
