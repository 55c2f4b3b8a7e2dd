const ENTER = [0x0a, 0x0d]
const TILDE = 0x7e
const DOT = 0x2e

/**
 * Finds the keys that end a session whatever the far side does, as in ssh(1): a tilde and a dot at the beginning of a line.
 * The tilde waits for the key after it; two tildes send one.
 */
export class HangUpKeys {
  #atLineStart = true
  #tilde = false

  /** What of the keys is for the far side, and whether the session is to end. */
  take(keys: Uint8Array): { readonly keys: Buffer; readonly hangUp: boolean } {
    const passed: number[] = []
    for (const key of keys) {
      if (this.#tilde) {
        this.#tilde = false
        if (key === DOT) return { keys: Buffer.from(passed), hangUp: true }
        if (key !== TILDE) passed.push(TILDE)
      } else if (key === TILDE && this.#atLineStart) {
        this.#tilde = true
        continue
      }
      passed.push(key)
      this.#atLineStart = ENTER.includes(key)
    }
    return { keys: Buffer.from(passed), hangUp: false }
  }
}
