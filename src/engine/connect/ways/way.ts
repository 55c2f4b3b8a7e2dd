import type { Duplex } from 'node:stream'
import type { OpenContext, Phase } from '../connector.js'

/** What a way needs to know of the attempt that takes it. */
export interface WayTaken {
  readonly context: OpenContext
  readonly signal: AbortSignal
  enter(phase: Phase): void
}

/** How a host is reached when not directly: a byte stream to its sshd, and what stands behind that stream. */
export interface Way {
  /** Opens the byte stream; each attempt has one of its own. @throws {Error} with one sentence */
  open(taken: WayTaken): Promise<Duplex>
  /** Does the handshake of a host when the way has room for one more. */
  turn<T>(work: () => Promise<T>): Promise<T>
  /** Why the way itself broke, if it did: the host behind cannot know. */
  broken(): string | undefined
  /** It is not needed any more. */
  release(): void
}
