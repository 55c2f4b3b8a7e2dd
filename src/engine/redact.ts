import { REDACTED, type Secret } from './secret.js'

/** Shorter values are not looked for in text: they would blot out half of every answer. */
const SHORTEST = 4

/** Keys whose values are never shown, whatever they hold. */
const SECRET_KEY = /^(?:.*[-_])?(?:password|passwd|passphrase|secret|token|apikey|api_key|privatekey|private_key)$/i

/** Texts that are secrets by their look: private keys, and tokens of well-known makers. */
const SECRET_TEXT = [
  /-----BEGIN (?:[A-Z ]+ )?PRIVATE KEY-----[\s\S]*?(?:-----END (?:[A-Z ]+ )?PRIVATE KEY-----|$)/g,
  /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|AKIA[0-9A-Z]{16})\b/g,
]

/**
 * The one sink in front of screen, journal, export and error messages: takes known secrets, and what looks like one, out of text and
 * data, and leaves a mark in their place.
 *
 * @example
 * const redactor = new Redactor()
 * redactor.learn(new Secret('hunter2'))
 * redactor.text('sudo said: hunter2 is wrong') // 'sudo said: ‹redacted› is wrong'
 */
export class Redactor {
  readonly #known = new Set<string>()

  /** From now on this value is taken out wherever it appears. */
  learn(secret: Secret): void {
    const value = secret.reveal()
    if (value.length >= SHORTEST) this.#known.add(value)
  }

  text(text: string): string {
    let clean = text
    for (const value of this.#known) if (clean.includes(value)) clean = clean.replaceAll(value, REDACTED)
    for (const shape of SECRET_TEXT) clean = clean.replace(shape, REDACTED)
    return clean
  }

  /** Plain data with every string in it redacted, and every value under a secret's key. */
  data<T>(value: T): T {
    // the result has the shape of what came in: only strings are replaced, by strings
    return this.#walk(value) as T
  }

  #walk(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value)
    if (Array.isArray(value)) return value.map(item => this.#walk(item))
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        typeof item === 'string' && item !== '' && SECRET_KEY.test(key) ? REDACTED : this.#walk(item),
      ]),
    )
  }
}
