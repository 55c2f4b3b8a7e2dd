import { scanLine, type Token } from './scan.js'
import { type ScanState, START } from './scan-state.js'

/** A line with its tokens and what is open at its end. */
export interface ScannedLine {
  readonly text: string
  readonly tokens: readonly Token[]
  readonly state: ScanState
}

/** Lines kept; a session of typing passes through many more versions of the same few. */
const MOST_LINES = 20_000

/**
 * Scans sources that differ little from one to the next, as an editor's do: a line whose text and beginning state were seen
 * before costs a look-up.
 */
export class SourceScanner {
  readonly #lines = new Map<string, ScannedLine>()
  readonly #numbers = new Map<string, number>()
  /** The same by the object: the usual way, as the states of known lines are the same objects each time. */
  readonly #known = new WeakMap<ScanState, number>()

  /** The first `count` lines; all of them unless said otherwise. */
  scan(lines: readonly string[], count = lines.length): ScannedLine[] {
    if (this.#lines.size > MOST_LINES) this.#lines.clear()
    const scanned: ScannedLine[] = []
    let state = START
    for (let index = 0; index < Math.min(count, lines.length); index++) {
      const text = lines[index] ?? ''
      const key = `${this.#numberOf(state)} ${text}`
      let line = this.#lines.get(key)
      if (!line) {
        line = { text, ...scanLine(text, state) }
        this.#lines.set(key, line)
      }
      scanned.push(line)
      state = line.state
    }
    return scanned
  }

  /** The state as a number: equal states have the same. */
  #numberOf(state: ScanState): number {
    const known = this.#known.get(state)
    if (known !== undefined) return known
    const key = JSON.stringify(state)
    const number = this.#numbers.get(key) ?? this.#numbers.size
    this.#numbers.set(key, number)
    this.#known.set(state, number)
    return number
  }
}
