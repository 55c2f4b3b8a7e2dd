import type { ParsedKey } from 'ssh2'
import type { Asker } from '../ask.js'
import type { Prover } from '../credentials.js'
import { fingerprint } from '../host-keys/known-hosts.js'
import type { AcceptedKeys } from '../keys/accepted-keys.js'
import { mayHoldTicket } from '../keys/kerberos-ticket.js'
import type { KeyOffer } from '../keys/key-offer.js'
import { OfferAgent } from '../keys/offer-agent.js'
import { beyondUs, type KeyRing } from '../keys/ssh-keys.js'
import { NeedsOpenSsh } from '../needs-openssh.js'
import { addressText } from '../stream-address.js'
import type { TraceNote } from '../trace.js'
import { type Answer, type AuthDialogue, TriesUsedUp } from './auth-dialogue.js'
import type { LoginProgress } from './auth-progress.js'
import { keyboardInteractive } from './ssh-interactive.js'
import { provePassword } from './ssh-password.js'
import type { SshSettings } from './ssh-settings.js'

/** The methods by which a person's secrets are told to the server. */
const SECRETS = ['password', 'keyboard-interactive'] as const

/** GSSAPI with Kerberos, which ssh2 has not (RFC 4462). */
const KERBEROS = 'gssapi-with-mic'

type Method = 'none' | 'publickey' | 'keyboard-interactive' | 'password'

export interface AuthRequest {
  readonly host: string
  readonly settings: SshSettings
  readonly keys: KeyRing
  readonly accepted: AcceptedKeys
  readonly progress: LoginProgress
  readonly credentials: Prover
  readonly asker: Asker
  /** Whether passwords may be sent to this server at all. */
  readonly passwords: boolean
  note(note: TraceNote | string): void
}

/**
 * Authenticates as OpenSSH does (`userauth` in its sshconnect2.c): the methods that the server would take, in the preferred order,
 * the keys one by one; after a partial success (AuthenticationMethods in sshd_config(5)) with what the server wants next.
 * Where there is a key, it is offered without asking for the methods first: one round trip less.
 *
 * @returns why it failed, in one sentence; `undefined` when the server let us in.
 * @throws {TriesUsedUp} when the server has ended the connection and there is more to try on another one.
 * @throws {NeedsOpenSsh} when it failed, and OpenSSH has keys or methods that ssh2 has not.
 */
export async function authenticate(dialogue: AuthDialogue, request: AuthRequest): Promise<string | undefined> {
  await dialogue.begin()
  return await new Login(dialogue, request).run()
}

class Login {
  /** What the server would take; unknown until it has been asked without a key. */
  #left: readonly string[] | undefined
  /** How many methods have been right so far, each a part of what is wanted. */
  #stage = 0
  #offered = false
  readonly #problems: string[] = []

  constructor(
    private readonly dialogue: AuthDialogue,
    private readonly request: AuthRequest,
  ) {}

  async run(): Promise<string | undefined> {
    for (;;) {
      const method = this.#next()
      if (!method) return this.#refusal()
      // With OpenSSH a ticket comes before questions, too.
      if (isSecret(method) && this.#ticketServes()) throw this.#beyond(KERBEROS, '')
      if (await this.#try(method)) return undefined
    }
  }

  #next(): Method | undefined {
    if (this.#left === undefined) {
      const straight = this.#preferred()[0] === 'publickey' && !this.#offered && this.#nextKey() !== undefined
      return straight ? 'publickey' : 'none'
    }
    return this.#preferred().find(method => this.#left?.includes(method) && this.#worthTrying(method))
  }

  /** Of what is preferred, what ssh2 knows; OpenSSH tries GSSAPI and host-based authentication first by default. */
  #preferred(): readonly Method[] {
    return this.request.settings.preferredAuthentications.filter(isOurs)
  }

  #worthTrying(method: Method): boolean {
    if (method === 'publickey') return this.#nextKey() !== undefined
    return this.request.passwords && !this.request.progress.isSpent(method, this.#stage)
  }

  #nextKey(): KeyOffer | undefined {
    const { keys, accepted, progress, settings } = this.request
    const offers = accepted.order(settings.user, addressText(settings), keys.offers)
    return progress.nextKey(this.#stage, offers)
  }

  /** @returns whether the server let us in. */
  async #try(method: Method): Promise<boolean> {
    switch (method) {
      case 'none':
        return await this.#learn()
      case 'publickey':
        return await this.#offerKey()
      default:
        return await this.#giveSecrets(method)
    }
  }

  /** Asks for nothing, which tells what may be asked for (RFC 4252 5.2). */
  async #learn(): Promise<boolean> {
    const answer = await this.dialogue.offer({ type: 'none', username: this.request.settings.user })
    if (answer === 'accepted') return true
    this.#left = answer.left
    this.request.note({ kind: 'methods', left: answer.left })
    return false
  }

  async #offerKey(): Promise<boolean> {
    const offer = this.#nextKey()
    if (!offer) return false
    const { settings, progress, accepted, note } = this.request
    const username = settings.user
    this.#offered = true
    const publicKey = offer.publicKey ?? (await this.#unlocked(offer))
    if (!publicKey) return false
    const agent = new OfferAgent(publicKey, (data, hash) => offer.sign(data, hash))
    const answer = await this.#counting(offer, () => this.dialogue.offer({ type: 'agent', username, agent }))
    if (agent.problem !== undefined) this.#problems.push(agent.problem)
    note({
      ...keyNote(offer, publicKey),
      answer: answer === 'accepted' || agent.signed ? 'accepted' : agent.problem === undefined ? 'refused' : 'unsigned',
      ...(agent.problem === undefined ? {} : { why: agent.problem }),
    })
    if (agent.signed) accepted.remember(username, addressText(settings), publicKey.getPublicSSH().toString('base64'))
    if (answer === 'accepted') return true
    progress.keyRefused(this.#stage, offer)
    // ssh2 keeps the answer to a signature to itself: whether it was a part of what is wanted shows in what is wanted next.
    return agent.signed ? await this.#afterSignature(offer) : false
  }

  async #unlocked(offer: KeyOffer) {
    try {
      return await offer.unlock()
    } catch (error) {
      this.#problems.push(error instanceof Error ? error.message : String(error))
      this.request.progress.keySkipped(offer)
      return undefined
    }
  }

  async #afterSignature(offer: KeyOffer): Promise<boolean> {
    const before = this.#left
    try {
      if (await this.#learn()) return true
    } catch (error) {
      // The question was one too many. A good signature that does not let in is all but always a part: first thing next time.
      if (error instanceof TriesUsedUp) this.request.progress.keyUsed(this.#stage, offer)
      throw error
    }
    const partial =
      this.#left?.join() !== before?.join() && (before !== undefined || !this.#left?.includes('publickey'))
    if (partial) this.#partly(`the key ${offer.label}`, offer)
    return false
  }

  /** The server does not answer to what exceeds MaxAuthTries, it hangs up: that was a refusal all the same. */
  async #counting(offer: KeyOffer, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask()
    } catch (error) {
      if (error instanceof TriesUsedUp) {
        this.request.progress.keyRefused(this.#stage, offer)
        if (offer.publicKey) this.request.note({ ...keyNote(offer, offer.publicKey), answer: 'refused' })
      }
      throw error
    }
  }

  async #giveSecrets(method: 'password' | 'keyboard-interactive'): Promise<boolean> {
    const { progress } = this.request
    const give = method === 'password' ? provePassword : keyboardInteractive
    const { answer, proof, over } = await give(this.dialogue, this.request)
    const outcome = answer === 'accepted' ? answer : answer.partial ? 'partial' : 'refused'
    this.request.note({ kind: 'method', method, answer: outcome })
    if (answer === 'accepted') return true
    if (answer.left.length > 0) this.#left = answer.left
    if (answer.partial) this.#partly(method, undefined)
    else for (const spent of over ? SECRETS : [method]) progress.spend(spent, this.#stage, proof)
    return false
  }

  #partly(what: string, key: KeyOffer | undefined): void {
    this.request.note(`${what} is right; the server wants ${this.#left?.join(' or ')} besides`)
    if (key) this.request.progress.keyUsed(this.#stage, key)
    this.#stage += 1
  }

  #refusal(): string {
    const { settings, keys, host } = this.request
    const sentence = refusalSentence(this.request, this.#problems, { left: this.#left ?? [], stage: this.#stage })
    const left = this.#left ?? []
    const [key] = keys.beyond
    if (key && left.includes('publickey')) throw beyondUs(host, key, `${sentence}; `)
    const wanted = left.filter(method => settings.preferredAuthentications.includes(method))
    const foreign = wanted.find(method => !isOurs(method))
    if (foreign && !wanted.some(isOurs)) throw this.#beyond(foreign, `${sentence}; `)
    if (this.#ticketServes()) throw this.#beyond(KERBEROS, `${sentence}; `)
    return sentence
  }

  /** Whether the server takes a Kerberos ticket, and there may be one. */
  #ticketServes(): boolean {
    const { preferredAuthentications } = this.request.settings
    return (this.#left?.includes(KERBEROS) ?? false) && preferredAuthentications.includes(KERBEROS) && mayHoldTicket()
  }

  #beyond(method: string, after: string): NeedsOpenSsh {
    return new NeedsOpenSsh(this.request.host, `${after}${method} needs OpenSSH's ssh`, 'authentication-method')
  }
}

function refusalSentence(
  { settings, keys, progress, passwords }: AuthRequest,
  problems: readonly string[],
  { left, stage }: { readonly left: readonly string[]; readonly stage: number },
): string {
  const { user, preferredAuthentications: preferred } = settings
  const refused = progress.refused()
  const parts: string[] = []
  if (refused.length > 0) parts.push(`refused: ${refused.map(offer => offer.label).join(', ')}`)
  else if (keys.offers.length === 0) parts.push('no key to offer')
  parts.push(...keys.problems, ...problems, ...progress.secretProblems())
  if (stage > 0) parts.push(`after a partial success it wants ${left.join(' or ')}`)
  const secrets = left.filter(isSecret)
  if (!passwords && secrets.length > 0) parts.push('no password is sent to a server with a changed host key')
  const excluded = left.filter(method => isOurs(method) && !preferred.includes(method))
  if (excluded.length > 0)
    parts.push(`the server would take ${excluded.join(' or ')}, which preferredAuthentications leaves out`)
  return `${addressText(settings)} does not let ${user} in (${parts.join('; ')})`
}

function keyNote({ origin }: KeyOffer, key: ParsedKey) {
  return { kind: 'key', origin, type: key.type, fingerprint: fingerprint(key.getPublicSSH()) } as const
}

function isOurs(method: string): method is Exclude<Method, 'none'> {
  return method === 'publickey' || method === 'keyboard-interactive' || method === 'password'
}

function isSecret(method: string): method is 'password' | 'keyboard-interactive' {
  return method === 'password' || method === 'keyboard-interactive'
}
