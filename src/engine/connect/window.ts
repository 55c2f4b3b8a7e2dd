/** Bytes that all channels that answer at length may have under way to this process together, as long as each has its least. */
const ALL = 64 * 1024 * 1024
/** What every channel begins with; over a line of 100 ms that is 2.5 MB a second. */
const LEAST = 256 * 1024
/** What one channel has at most, as with OpenSSH's ssh. */
const MOST = 2 * 1024 * 1024

/** Windows that have been opened wider than the least; what is open cannot be taken back. */
let wide = 0

/**
 * The window of a channel (RFC 4254 5.2): how much the other side may send before it is told to go on. It is widened as the channel is
 * used, out of one budget for all, so that a hundred hosts that answer at once do not fill the memory, and one alone is not held up.
 */
export class Window {
  /** What to offer when the channel is opened, bytes. */
  readonly first = LEAST
  /** How large it was made last, bytes. */
  #size = LEAST
  /** Bytes let come and not taken yet. */
  #open = LEAST
  #wide = false
  #closed = false

  /** So many bytes have found their reader. @returns how many more may come; 0 as long as that is not worth a message. */
  taken(bytes: number): number {
    this.#open -= bytes
    if (this.#closed || this.#open > this.#size / 2) return 0
    if (!this.#wide) wide += 1
    this.#wide = true
    this.#size = Math.min(MOST, Math.max(LEAST, Math.floor(ALL / wide)))
    const more = Math.max(0, this.#size - this.#open)
    this.#open += more
    return more
  }

  close(): void {
    if (this.#wide && !this.#closed) wide -= 1
    this.#closed = true
  }
}
