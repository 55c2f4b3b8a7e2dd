import type { Proof } from '../credentials.js'
import type { KeyOffer } from '../keys/key-offer.js'
import type { KeyRing } from '../keys/ssh-keys.js'

/**
 * What has been tried to log into a host, kept over the connections that it takes when the server ends them because of too
 * many attempts. A stage is the number of methods that were right, each a part of what the server wants.
 */
export class LoginProgress {
  readonly #refused = new Map<number, Set<KeyOffer>>()
  readonly #skipped = new Set<KeyOffer>()
  readonly #used: KeyOffer[] = []
  readonly #spent = new Map<string, Proof | string>()
  #attempts = 0
  #ring: Promise<KeyRing> | undefined

  /** Counts what a server may hold against us, so that it can be told whether a connection brought us further. */
  get attempts(): number {
    return this.#attempts
  }

  /** The keys to log in with, gathered once. */
  ring(gather: () => Promise<KeyRing>): Promise<KeyRing> {
    this.#ring ??= gather()
    return this.#ring
  }

  keyRefused(stage: number, offer: KeyOffer): void {
    this.#attempts += 1
    const known = this.#refused.get(stage)
    if (known) known.add(offer)
    else this.#refused.set(stage, new Set([offer]))
  }

  /** It cannot be used: no passphrase. */
  keySkipped(offer: KeyOffer): void {
    this.#skipped.add(offer)
  }

  /** It was right, as a part of what is wanted. */
  keyUsed(stage: number, offer: KeyOffer): void {
    this.#refused.get(stage)?.delete(offer)
    this.#used[stage] = offer
  }

  /** The key to offer next; on another connection, what was right before comes first. */
  nextKey(stage: number, offers: readonly KeyOffer[]): KeyOffer | undefined {
    const own = this.#used[stage]
    if (own && !this.#refused.get(stage)?.has(own)) return own
    return offers.find(
      offer => !this.#skipped.has(offer) && !this.#refused.get(stage)?.has(offer) && !this.#used.includes(offer),
    )
  }

  refused(): readonly KeyOffer[] {
    return [...new Set([...this.#refused.values()].flatMap(offers => [...offers]))]
  }

  /** @param why how the credential fared, or a sentence. */
  spend(method: string, stage: number, why: Proof | string): void {
    this.#spent.set(`${method}\0${stage}`, why)
  }

  /** A password that is wrong in one of the two ways to say it is not tried in the other. */
  isSpent(method: string, stage: number): boolean {
    if (this.#spent.has(`${method}\0${stage}`)) return true
    return [...this.#spent].some(
      ([key, why]) => key.endsWith(`\0${stage}`) && (why === 'refused' || why === 'unanswered'),
    )
  }

  /** A password was sent and did not do. */
  passwordRefused(): void {
    this.#attempts += 1
  }

  /** Why passwords and answers did not let us in, one sentence each. */
  secretProblems(): readonly string[] {
    const words = [...this.#spent.values()].map(why => {
      if (why === 'refused') return 'wrong password'
      return why === 'unanswered' ? 'the server would take a password and none was given' : why
    })
    return [...new Set(words)]
  }
}
