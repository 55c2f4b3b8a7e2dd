import { below, bytePath } from './byte-path.js'
import type { Algorithm } from './checksum.js'
import type { LocalFile } from './local-file.js'
import { localTree, type Tree, type TreeOptions } from './local-tree.js'
import { bytesSource, fileSource, type Source, sourceSum } from './source.js'

/** What is to be sent to one or many hosts: a tree with the bytes of its files. It is listed once, and summed once. */
export class Cargo {
  readonly #sums = new Map<string, Promise<string>>()

  /** @param shared several hosts get it: checksums are then computed once, beforehand, not by each while it is sent. */
  private constructor(
    readonly tree: Tree,
    readonly shared: boolean,
    private readonly open: (index: number) => Source,
  ) {}

  /** A local file or directory. @throws {UsageError} it cannot be read */
  static async local(path: string, options: TreeOptions & { readonly shared: boolean }): Promise<Cargo> {
    const top = bytePath(path)
    const tree = await localTree(top, options)
    return new Cargo(tree, options.shared, index => {
      const entry = tree.entries[index]
      if (entry?.type !== 'file') throw new RangeError(`entry ${index} is no file`)
      return fileSource(below(top, entry.path), entry.size)
    })
  }

  /** A local file of which size and checksum are known. */
  static file({ path, size, sha256 }: LocalFile): Cargo {
    const file = { type: 'file', path: Buffer.alloc(0), mode: 0o644, size } as const
    const cargo = new Cargo({ entries: [file], skipped: [] }, true, () => fileSource(bytePath(path), size))
    cargo.#sums.set('sha256 0', Promise.resolve(sha256))
    return cargo
  }

  /** Bytes in memory, as one file with mode 0644. */
  static bytes(content: Uint8Array): Cargo {
    const file = { type: 'file', path: Buffer.alloc(0), mode: 0o644, size: content.length } as const
    return new Cargo({ entries: [file], skipped: [] }, true, () => bytesSource(content))
  }

  /** The bytes of the file at a place in the tree. */
  source(index: number): Source {
    return this.open(index)
  }

  /** Its checksum, read for it unless it is known. */
  sum(index: number, algorithm: Algorithm): Promise<string> {
    const key = `${algorithm} ${index}`
    const known = this.#sums.get(key)
    if (known) return known
    const sum = sourceSum(this.open(index), algorithm)
    this.#sums.set(key, sum)
    return sum
  }
}
