import type { Phase } from '../connector.js'
import { addressText } from '../stream-address.js'
import type { TraceNote } from '../trace.js'

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
  note(note: TraceNote): void
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
  /** The host key shown. */
  hostKey: { readonly type: string; readonly fingerprint: string } | undefined
  readonly offered: OfferedKey[] = []
  /** Lines meant for people: errors, warnings, the server's banner. */
  readonly said: string[] = []
  /** Jump hosts on the way that have not let us in yet. */
  hops = 0
  #rest = ''
  #dialled: { readonly address: string; readonly at: number } | undefined
  #waiting: OfferedKey | undefined
  #algorithms: { kex?: string; hostKey?: string } = {}

  constructor(private readonly events: SshLogEvents) {}

  push(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('utf8')).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#line(line.replace(/\r$/, ''))
  }

  #line(line: string): void {
    const debug = /^debug\d: (.*)$/.exec(line)?.[1]
    if (debug === undefined) this.#talk(line)
    else if (debug.startsWith('Setting implicit ProxyCommand from ProxyJump')) {
      this.hops += 1
      this.events.phase('tcp')
    } else if (this.hops === 0) this.#reached(debug) || this.#agreed(debug) || this.#login(debug)
  }

  #talk(line: string): void {
    if (line.trim() === '' || /^OpenSSH_\d/.test(line)) return
    if (/^Authenticated to .* using "/.test(line)) this.#letIn()
    else {
      this.said.push(line)
      if (this.said.length > MOST_SAID) this.said.shift()
    }
  }

  #letIn(): void {
    if (this.hops === 0) {
      this.#answered('accepted')
      return
    }
    this.hops -= 1
    // What a jump host's ssh said is of no interest once it has let us in.
    this.said.length = 0
    this.events.passed()
  }

  /** On the way to the server. */
  #reached(line: string): boolean {
    const connecting = /^Connecting to .* \[(.+)\] port (\d+)\.$/.exec(line)
    const failed = /^connect to address \S+ port \d+: (.*)$/.exec(line)
    if (connecting) {
      this.where = addressText({ host: connecting[1] ?? '', port: Number(connecting[2]) })
      this.#dialled = { address: this.where, at: performance.now() }
      this.events.phase('tcp')
    } else if (line.startsWith('Executing proxy command')) this.events.phase('tcp')
    else if (failed) this.#dialEnded(failed[1])
    else if (line.startsWith('Connection established')) {
      this.#dialEnded()
      this.events.phase('kex')
    } else return false
    return true
  }

  /** The key exchange. */
  #agreed(line: string): boolean {
    const version = /^Remote protocol version (\S+), remote software version (.*)$/.exec(line)
    const kex = /^kex: (host key )?algorithm: (.*)$/.exec(line)
    const cipher = /^kex: server->client cipher: (\S+) MAC: (\S+)/.exec(line)
    const key = /^Server host (?:key|certificate): (\S+) (\S+?),?(?: .*)?$/.exec(line)
    const found = /^Found (?:CA )?key in (.+):(\d+)$/.exec(line)
    if (version) {
      this.events.phase('kex')
      this.events.note({ kind: 'server', version: `SSH-${version[1]}-${version[2]}` })
    } else if (kex) this.#algorithms[kex[1] ? 'hostKey' : 'kex'] = kex[2] ?? ''
    else if (cipher) this.#noteAlgorithms(cipher[1] ?? '', cipher[2] ?? '')
    else if (key) this.hostKey ??= { type: key[1] ?? '', fingerprint: key[2] ?? '' }
    else if (found && this.hostKey)
      this.events.note({
        kind: 'host-key',
        ...this.hostKey,
        trust: 'known',
        file: found[1] ?? '',
        line: Number(found[2]),
      })
    else return false
    return true
  }

  #login(line: string): boolean {
    const identity = /^Authenticating to (.+):(\d+) as '(.*)'$/.exec(line)
    const offer = /^Offering public key: (.*) (\S+) (SHA256:\S+)/.exec(line)
    const left = /^Authentications that can continue: (.*)$/.exec(line)
    if (identity) {
      this.where ??= addressText({ host: identity[1] ?? '', port: Number(identity[2]) })
      this.user = identity[3]
    } else if (line.startsWith('SSH2_MSG_SERVICE_ACCEPT received')) this.events.phase('auth')
    else if (offer) {
      const [, origin = '', type = '', fingerprint = ''] = offer
      this.#answered('offered')
      this.#waiting = { origin, type, fingerprint }
      this.offered.push(this.#waiting)
    } else if (left) {
      this.#answered('refused')
      this.events.note({ kind: 'methods', left: left[1]?.split(',') ?? [] })
    } else return false
    return true
  }

  #answered(answer: 'accepted' | 'refused' | 'offered'): void {
    if (this.#waiting) this.events.note({ kind: 'key', ...this.#waiting, answer })
    this.#waiting = undefined
  }

  #dialEnded(failure?: string): void {
    if (!this.#dialled) return
    const { address, at } = this.#dialled
    this.events.note({ kind: 'address', address, ms: performance.now() - at, ...(failure ? { failure } : {}) })
    this.#dialled = undefined
  }

  #noteAlgorithms(cipher: string, mac: string): void {
    const { kex = '', hostKey = '' } = this.#algorithms
    this.events.note({ kind: 'algorithms', kex, hostKey, cipher, ...(mac === '<implicit>' ? {} : { mac }) })
  }
}
