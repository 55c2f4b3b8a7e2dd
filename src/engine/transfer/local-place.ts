import { randomBytes } from 'node:crypto'
import { chmod, type FileHandle, lstat, mkdir, open, readlink, rename, stat, symlink, unlink } from 'node:fs/promises'
import { UsageError } from '../errors.js'
import { type BytePath, below, directoryOf, shownPath } from './byte-path.js'
import { type Algorithm, checksumOf } from './checksum.js'
import { localTrouble, type TreeEntry } from './local-tree.js'
import { NONCE_BYTES, tempName } from './survey-script.js'

/** What stands at the place of an entry on this machine. */
export type LocalFound =
  | { readonly type: 'nothing' | 'same' | 'other' }
  /** A file of the same size, which may be the same. */
  | { readonly type: 'file'; readonly mode: number }

/** Looks at the place of an entry. @throws {UsageError} a directory stands where none is to be, or the other way round */
export async function localFound(place: BytePath, entry: TreeEntry): Promise<LocalFound> {
  return await writing(place, async () => {
    const own = entry.type === 'link' ? lstat(place) : stat(place)
    const stats = await own.catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    })
    if (!stats) return { type: 'nothing' }
    if (stats.isDirectory() !== (entry.type === 'directory'))
      throw new UsageError(
        `${shownPath(place)} is ${stats.isDirectory() ? 'a directory' : 'there and not a directory'}.`,
      )
    if (entry.type === 'directory') return { type: 'same' }
    if (entry.type === 'link') {
      const same = stats.isSymbolicLink() && entry.target.equals(await readlink(place, { encoding: 'buffer' }))
      return { type: same ? 'same' : 'other' }
    }
    return stats.isFile() && stats.size === entry.size ? { type: 'file', mode: stats.mode & 0o7777 } : { type: 'other' }
  })
}

/** A file of this machine on its way to its place: written beside it, then renamed. */
export class Incoming {
  readonly #sum
  #received = 0

  private constructor(
    readonly place: BytePath,
    private readonly temp: BytePath,
    private readonly handle: FileHandle,
    algorithm: Algorithm,
  ) {
    this.#sum = checksumOf(algorithm)
  }

  static async begin(place: BytePath, algorithm: Algorithm): Promise<Incoming> {
    const temp = below(directoryOf(place), Buffer.from(tempName(randomBytes(NONCE_BYTES).toString('hex'), 0)))
    return await writing(place, async () => new Incoming(place, temp, await open(temp, 'wx', 0o600), algorithm))
  }

  get received(): number {
    return this.#received
  }

  async write(chunk: Buffer): Promise<void> {
    this.#sum.update(chunk)
    this.#received += chunk.length
    await writing(this.place, async () => {
      for (let at = 0; at < chunk.length; ) at += (await this.handle.write(chunk, at)).bytesWritten
    })
  }

  /** The checksum of what has come. */
  sum(): string {
    return this.#sum.value()
  }

  /** Flushes it and puts it in its place. @param mode permission bits of a file that is not there yet */
  async keep(mode: number): Promise<void> {
    await writing(this.place, async () => {
      const there = await stat(this.place).catch(() => undefined)
      await this.handle.chmod(there ? there.mode & 0o7777 : mode)
      await this.handle.sync()
      await this.handle.close()
      await rename(this.temp, this.place)
    })
  }

  async drop(): Promise<void> {
    await this.handle.close().catch(() => {})
    await unlink(this.temp).catch(() => {})
  }
}

/** Makes a directory that only its owner may enter until all is in it, and what is missing above it. */
export async function makeDirectory(place: BytePath): Promise<void> {
  await writing(place, async () => {
    await mkdir(directoryOf(place), { recursive: true })
    await mkdir(place, 0o700)
  })
}

/** Makes what is missing above a place. */
export async function makeParents(place: BytePath): Promise<void> {
  await writing(place, () => mkdir(directoryOf(place), { recursive: true }))
}

export async function setMode(place: BytePath, mode: number): Promise<void> {
  await writing(place, () => chmod(place, mode))
}

/** Makes a link, in place of a file or link that is there. */
export async function makeLink(place: BytePath, target: Buffer): Promise<void> {
  await writing(place, async () => {
    await unlink(place).catch(() => {})
    await symlink(target, place)
  })
}

async function writing<T>(place: BytePath, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw localTrouble(place, 'written', error)
  }
}
