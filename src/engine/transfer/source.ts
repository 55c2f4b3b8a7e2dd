import { open } from 'node:fs/promises'
import { UsageError } from '../errors.js'
import { type BytePath, shownPath } from './byte-path.js'
import { type Algorithm, checksumOf } from './checksum.js'
import { localTrouble } from './local-tree.js'

/** Bytes read from a file at once: one trip to the thread pool for several packets. */
const READ = 4 * 254 * 1024

/** Something to be sent, read piece by piece, as often as it is needed. */
export interface Source {
  readonly size: number
  /** All bytes in order; a chunk is good until the next one is asked for. @throws {UsageError} they cannot be read, or are more or fewer than `size` */
  chunks(): AsyncIterable<Buffer>
}

/** The bytes of a local file, which is never in memory as a whole. */
export function fileSource(path: BytePath, size: number): Source {
  return {
    size,
    async *chunks() {
      const file = await open(path, 'r').catch(error => {
        throw localTrouble(path, 'read', error)
      })
      try {
        // One buffer for all of it: making a new one for each chunk costs more than sending it.
        const buffer = Buffer.allocUnsafe(Math.min(READ, size + 1))
        let at = 0
        for (;;) {
          const { bytesRead } = await file.read(buffer, 0, buffer.length, at)
          at += bytesRead
          if (at > size || (bytesRead === 0 && at < size))
            throw new UsageError(`${shownPath(path)} changed while it was being read.`)
          if (bytesRead === 0) return
          yield buffer.subarray(0, bytesRead)
        }
      } finally {
        await file.close()
      }
    },
  }
}

/** Bytes in memory. */
export function bytesSource(bytes: Uint8Array): Source {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return {
    size: all.length,
    async *chunks() {
      for (let at = 0; at < all.length; at += READ) yield all.subarray(at, at + READ)
    },
  }
}

/** The checksum of a source. */
export async function sourceSum(source: Source, algorithm: Algorithm): Promise<string> {
  const sum = checksumOf(algorithm)
  for await (const chunk of source.chunks()) sum.update(chunk)
  return sum.value()
}

/** A source that computes its checksum while it is read; `value` may be asked for afterwards. */
export function summed(source: Source, algorithm: Algorithm): { source: Source; value(): string } {
  let sum = checksumOf(algorithm)
  return {
    source: {
      size: source.size,
      async *chunks() {
        sum = checksumOf(algorithm)
        for await (const chunk of source.chunks()) {
          sum.update(chunk)
          yield chunk
        }
      },
    },
    value: () => sum.value(),
  }
}
