import { inspect } from 'node:util'

/** What stands wherever a secret would have stood. */
export const REDACTED = '‹redacted›'

/** The texts of all secrets that this process ever held: whoever shows or keeps anything takes them out. */
const texts = new Set<string>()

/** The texts of all secrets that were ever made in this process. It only grows. */
export const secretTexts: ReadonlySet<string> = texts

/**
 * A value that must never be shown, journaled or exported. Printing, stringifying or inspecting it gives {@link REDACTED};
 * only {@link Secret.reveal} hands out the value, and only transport code calls it.
 *
 * @example
 * const s = new Secret('hunter2', 'sudo password')
 * String(s) // '‹redacted›'
 */
export class Secret<T = string> {
  readonly #value: T
  /** What the secret is, for prompts and messages: `sudo password`. */
  readonly label: string

  constructor(value: T, label = 'secret') {
    this.#value = value
    this.label = label
    if (typeof value === 'string') texts.add(value)
  }

  /** A secret's value, or what is no secret as it is. */
  static valueOf<T>(value: T | Secret<T>): T {
    return value instanceof Secret ? value.reveal() : value
  }

  /** The value itself. Never log, journal or interpolate it. */
  reveal(): T {
    return this.#value
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [inspect.custom](): string {
    return REDACTED
  }
}

/** A secret that is to be asked for when it is first needed. */
export class SecretPrompt {
  /** @param label what is asked for */
  constructor(readonly label: string) {}
}
