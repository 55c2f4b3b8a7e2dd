import { type Composed, compose, type Frame, type Position, type ScreenSize } from './frame.js'
import { diffFrames } from './frame-diff.js'
import type { Sink } from './sink.js'

const CLEAR = '\x1b[2J'
const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'
/** Synchronized output: the terminal shows what is between them at once. */
const BEGIN_UPDATE = '\x1b[?2026h'
const END_UPDATE = '\x1b[?2026l'

/** What has been written since the writer was made. */
export interface FrameCounts {
  /** Frames that changed something on the screen. */
  readonly frames: number
  /** Bytes (UTF-8) of those frames. */
  readonly bytes: number
  /** Frames a slow terminal never saw, because a newer one was there before it could take them. */
  readonly skipped: number
}

/**
 * Writes frames to the terminal: only what changed, in synchronized output, one write at a time. While the terminal takes one
 * frame, the newest of those that follow waits, and no other.
 */
export class FrameWriter {
  readonly #sink: Sink
  #shown: { readonly rows: Composed; readonly size: ScreenSize; readonly cursor: Position | undefined } | undefined
  #waiting: Frame | undefined
  #writing = false
  #counts = { frames: 0, bytes: 0, skipped: 0 }

  constructor(sink: Sink) {
    this.#sink = sink
  }

  get counts(): FrameCounts {
    return this.#counts
  }

  /** Shows `frame` as soon as the terminal takes it. */
  draw(frame: Frame): void {
    if (this.#writing) {
      if (this.#waiting) this.#counts.skipped += 1
      this.#waiting = frame
      return
    }
    const bytes = this.#advance(frame)
    if (bytes === '') return
    this.#counts.frames += 1
    this.#counts.bytes += Buffer.byteLength(bytes)
    this.#writing = true
    this.#sink.write(bytes, () => {
      this.#writing = false
      const next = this.#waiting
      this.#waiting = undefined
      if (next) this.draw(next)
    })
  }

  /** Forgets what the screen shows: the next frame clears it and is written whole. */
  forget(): void {
    this.#shown = undefined
    this.#waiting = undefined
  }

  /** The bytes from what is shown to `frame`, which counts as shown from here on. */
  #advance(frame: Frame): string {
    const { size, cursor } = frame
    const shown = this.#shown
    const cleared = !shown || shown.size.cols !== size.cols || shown.size.rows !== size.rows
    const rows = compose(frame)
    const changes = diffFrames(cleared ? undefined : shown.rows, rows)
    const moved = cleared || cursor?.x !== shown.cursor?.x || cursor?.y !== shown.cursor?.y
    this.#shown = { rows, size, cursor }
    if (changes === '' && !moved) return ''
    const place = cursor ? `\x1b[${cursor.y + 1};${cursor.x + 1}H${SHOW_CURSOR}` : HIDE_CURSOR
    if (changes === '') return place
    return `${BEGIN_UPDATE}${HIDE_CURSOR}${cleared ? `\x1b[m${CLEAR}` : ''}${changes}${place}${END_UPDATE}`
  }
}
