import { open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What is written without hurry is on the disk after so long at the latest, milliseconds. */
const SOON = 1000

/**
 * Brings what was written to the disk, so that it survives a loss of power, without anybody waiting for it. What stands in lines
 * may name blobs: these go first. One flush at a time; what is written meanwhile goes with the next.
 */
export class Disk {
  readonly #sync: (path: string) => Promise<void>
  #blobs = new Set<string>()
  #lines = new Set<string>()
  #flushing: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  /** @param sync brings one file or folder to the disk */
  constructor(sync: (path: string) => Promise<void> = syncPath) {
    this.#sync = sync
  }

  /** A new file that lines name. */
  blob(path: string): void {
    this.#blobs.add(path)
  }

  /** @param urgent a host is about to be changed, or was: at once instead of within a second */
  line(path: string, urgent: boolean): void {
    this.#lines.add(path)
    if (urgent) void this.flush()
    else this.#timer ??= setTimeout(() => void this.flush(), SOON).unref()
  }

  /** Resolves when all that was written before is on the disk, or cannot be brought there: the journal itself is still read back. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const turn = (this.#flushing ?? Promise.resolve()).then(() => this.#flushNow())
    this.#flushing = turn
    return turn
  }

  async #flushNow(): Promise<void> {
    const [blobs, lines] = [[...this.#blobs], [...this.#lines]]
    this.#blobs = new Set()
    this.#lines = new Set()
    await this.#syncAll(blobs)
    await this.#syncAll([...new Set(blobs.map(path => dirname(path)))])
    await this.#syncAll(lines)
  }

  async #syncAll(paths: readonly string[]): Promise<void> {
    // a file system that cannot (EINVAL), or a file that was removed meanwhile, is no reason to stop
    for (const path of paths) await this.#sync(path).catch(() => {})
  }
}

async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
}
