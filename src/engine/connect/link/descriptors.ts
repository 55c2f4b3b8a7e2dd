import { readdirSync, readFileSync } from 'node:fs'

/** Descriptors left for files, name look-ups, helper programs and threads. */
const RESERVE = 48
/** The least that is left free between two looks at how many are in use, so that a burst of connections looks seldom. */
const STRIDE = 32

/** How many files this process may have open, and has; `undefined` where nobody tells. */
export interface DescriptorUse {
  readonly limit: number
  readonly used: number
}

/** Keeps connections from using up the file descriptors, for then nothing works any more, the journal included. */
export class Descriptors {
  /** Connections that may be made before looking again. */
  #credit = 0

  constructor(private readonly look: () => DescriptorUse | undefined) {}

  /**
   * Takes one connection's worth.
   * @returns why there is none to take, in one sentence; `undefined` when there is.
   */
  shortage(): string | undefined {
    if (this.#credit > 0) {
      this.#credit -= 1
      return undefined
    }
    const use = this.look()
    if (!use) return undefined
    const spare = use.limit - RESERVE - use.used
    if (spare <= 0)
      return `no more connections: ${use.used} of the ${use.limit} files this process may have open are in use; raise \`ulimit -n\``
    // What others open meanwhile is not counted, so only half of what is spare is given out unseen.
    this.#credit = spare > STRIDE ? Math.floor(spare / 2) : 0
    return undefined
  }
}

/** Those of this process (proc(5)); Node has already raised the soft limit to the hard one. */
export function ownDescriptors(): DescriptorUse | undefined {
  try {
    const limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1])
    return Number.isNaN(limit) ? undefined : { limit, used: readdirSync('/proc/self/fd').length }
  } catch {
    return undefined
  }
}
