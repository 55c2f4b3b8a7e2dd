import { createHash } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  createReadStream,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writev,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

/** Most bytes of one output that are kept on disk; the rest is counted. */
const MOST_KEPT = 4 * 1024 ** 3
/** Bytes that wait for the disk before the sender is asked to wait too. */
const MOST_PENDING = 512 * 1024

/** Closes the file of output that nobody can read any more. */
const unused = new FinalizationRegistry<number>(fd => closeSync(fd))

/**
 * What did not fit into memory of a command's output, in a private file that has no name: whatever ends this process, nothing is
 * left behind. Writing never fails: what the disk does not take (it is full) is counted as lost.
 */
export class SpillFile {
  readonly #fd: number
  readonly #hash = createHash('sha256')
  readonly #idle: (() => void)[] = []
  #digest: string | undefined
  #pending: Buffer[] = []
  #pendingBytes = 0
  #writing = false
  #size = 0
  #kept = 0
  #refused = false

  /** @throws {Error} when no file can be made. */
  constructor() {
    this.#fd = openUnnamed()
    unused.register(this, this.#fd)
  }

  /** Bytes the command wrote. */
  get size(): number {
    return this.#size
  }

  /** Bytes of them that can be read back, from the beginning. */
  get kept(): number {
    return this.#kept
  }

  /** Equal for equal output. */
  get digest(): string {
    this.#digest ??= this.#hash.digest('hex')
    return this.#digest
  }

  /** Takes a chunk; `false` asks for a pause until {@link settled}. */
  push(chunk: Buffer): boolean {
    this.#size += chunk.length
    this.#hash.update(chunk)
    if (this.#refused || this.#kept + this.#pendingBytes + chunk.length > MOST_KEPT) {
      this.#refused = true
      return true
    }
    this.#pending.push(chunk)
    this.#pendingBytes += chunk.length
    if (!this.#writing) this.#write()
    return this.#pendingBytes < MOST_PENDING
  }

  /** Resolves when all that was pushed is in the file. */
  settled(): Promise<void> {
    return this.#writing ? new Promise(resolve => this.#idle.push(resolve)) : Promise.resolve()
  }

  /** The first bytes, at most so many. */
  head(most: number): Buffer {
    const bytes = Buffer.alloc(Math.min(most, this.#kept))
    let length = 0
    while (length < bytes.length) {
      const read = readSync(this.#fd, bytes, length, bytes.length - length, length)
      if (read === 0) break
      length += read
    }
    return bytes.subarray(0, length)
  }

  /** All that was kept, again for each call. */
  stream(): Readable {
    const stream = createReadStream('', { fd: this.#fd, autoClose: false, start: 0, highWaterMark: 256 * 1024 })
    // The file lives as long as somebody reads it.
    return Object.assign(stream, { source: this })
  }

  #write(): void {
    const chunks = this.#pending
    const bytes = this.#pendingBytes
    this.#pending = []
    this.#writing = true
    this.#writeAll(chunks, bytes)
  }

  #writeAll(chunks: readonly Buffer[], bytes: number): void {
    writev(this.#fd, chunks, this.#kept, (error, written = 0) => {
      this.#kept += written
      this.#pendingBytes -= written
      if (error || written === 0) this.#refuse()
      else if (written < bytes) return this.#writeAll(after(chunks, written), bytes - written)
      if (this.#pending.length > 0) return this.#write()
      this.#writing = false
      for (const resolve of this.#idle.splice(0)) resolve()
    })
  }

  #refuse(): void {
    this.#refused = true
    this.#pending = []
    this.#pendingBytes = 0
  }
}

/** What of chunks is left after so many bytes. */
function after(chunks: readonly Buffer[], bytes: number): Buffer[] {
  let skip = bytes
  return chunks.flatMap(chunk => {
    const rest = chunk.subarray(Math.min(skip, chunk.length))
    skip -= chunk.length - rest.length
    return rest.length > 0 ? [rest] : []
  })
}

/** file-hierarchy(7): large temporary files go to /var/tmp, for /tmp may be memory. */
function openUnnamed(): number {
  const folder = mkdtempSync(join(process.env.TMPDIR ?? (writable('/var/tmp') ? '/var/tmp' : tmpdir()), 'muster-'))
  try {
    return openSync(join(folder, 'output'), 'wx+', 0o600)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
