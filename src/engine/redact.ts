import { REDACTED, type Secret } from './secret.js'
import { quote } from './shell/quote.js'

/** Shorter values are not looked for in text: they would blot out half of every answer. */
const SHORTEST = 4

/** Keys whose values are never shown, whatever they hold. */
const SECRET_KEY = /(?:^|[-_.])(?:password|passwd|passphrase|secret|token|(?:api|private|access|secret)[-_]?key)$/

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
  #longestFirst: readonly string[] = []

  /** From now on this value is taken out wherever it appears: as it is, quoted for a shell, or escaped in JSON. */
  learn(secret: Secret): void {
    const value = secret.reveal()
    if (value.length < SHORTEST) return
    for (const form of [value, quote(value), JSON.stringify(value).slice(1, -1)]) this.#known.add(form)
    // the longest first: a secret may hold another
    this.#longestFirst = [...this.#known].sort((a, b) => b.length - a.length)
  }

  text(text: string): string {
    let clean = text
    for (const value of this.#longestFirst) if (clean.includes(value)) clean = clean.replaceAll(value, REDACTED)
    for (const shape of SECRET_TEXT) clean = clean.replace(shape, REDACTED)
    return clean
  }

  /** Plain data with every string in it redacted, and every value under a secret's key. */
  data<T>(value: T): T {
    // the result has the shape of what came in: only strings are replaced, by strings
    return this.#walk(value, false) as T
  }

  /** @param hidden under a secret's key, where every text is a secret */
  #walk(value: unknown, hidden: boolean): unknown {
    if (typeof value === 'string') return hidden && value !== '' ? REDACTED : this.text(value)
    if (Array.isArray(value)) return value.map(item => this.#walk(item, hidden))
    if (!isPlainObject(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [this.text(key), this.#walk(item, hidden || isSecretKey(key))]),
    )
  }
}

/** `password`, `sudoPassword`, `SUDO_PASSWORD`, `api-key` … */
function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase())
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
