import { stableJson } from '../stable.js'
import { byteCount } from '../text/byte-count.js'
import type { Copied } from '../transfer/carrier.js'

/** What an upload or download came to on one host. */
export class TransferResult {
  readonly direction: 'upload' | 'download'
  /** Where it went: on the host, or of a download on this machine. */
  readonly path: string
  /** Regular files in it, those that were the same already too. */
  readonly files: number
  /** Bytes that were sent or received; what was the same already is not among them. */
  readonly bytes: number
  readonly ms: number
  /** All of it was there already, the same. */
  readonly unchanged: boolean
  /** Pipes, sockets and devices, which are left out. */
  readonly skipped: readonly string[]
  readonly #shape: string

  constructor(
    direction: TransferResult['direction'],
    host: string,
    { path, files, bytes, unchanged, skipped }: Copied,
    ms: number,
  ) {
    this.direction = direction
    this.path = path
    this.files = files
    this.bytes = bytes
    this.ms = ms
    this.unchanged = unchanged
    this.skipped = skipped
    this.#shape = direction === 'download' ? path.replaceAll(host, '{host}') : path
  }

  /** Whether the host changed. */
  get changed(): boolean {
    return this.direction === 'upload' && !this.unchanged
  }

  /** @internal Hosts whose files went to places that differ by their names alone fold. */
  get foldKey(): string {
    const { direction, files, bytes, unchanged, skipped } = this
    return stableJson([direction, this.#shape, files, bytes, unchanged, skipped])
  }

  toString(): string {
    const what = this.files === 1 ? '' : `${this.files} files, `
    const how = this.unchanged
      ? 'unchanged'
      : `${byteCount(this.bytes)} ${this.direction === 'upload' ? 'sent' : 'received'}`
    const left = this.skipped.length > 0 ? `\nleft out, for they are no files: ${this.skipped.join(', ')}` : ''
    return `${this.#shape}: ${what}${how}${left}`
  }

  toJSON(): Record<string, unknown> {
    const { path, files, bytes, ms, unchanged, skipped } = this
    return { path, files, bytes, ms: Math.round(ms), unchanged, ...(skipped.length > 0 ? { skipped } : {}) }
  }
}
