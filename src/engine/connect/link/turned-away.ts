import { setTimeout as sleep } from 'node:timers/promises'
import type { TraceNote } from '../trace.js'

/** Pauses before a server that turned us away is tried again, milliseconds; each is spread between half and one and a half. */
const PAUSES = [200, 500, 1200, 3000]

/**
 * The server took the connection and closed it before a word of SSH. sshd does so at random when too many are logging in at once
 * (MaxStartups of sshd_config(5)): a little later it may have room.
 */
export class TurnedAway extends Error {
  constructor(
    message: string,
    /** What it said instead, if anything. */
    readonly said: string,
  ) {
    super(message)
  }

  /** It has a grudge against this address (PerSourcePenalties): knocking again makes it longer. */
  get forLonger(): boolean {
    return /not allowed at this time/i.test(this.said)
  }
}

/**
 * Opens a connection, a few times over when the server turns it away.
 *
 * @param open may reject with an error that has {@link TurnedAway} as its cause.
 * @throws what the last try threw.
 */
export async function unlessTurnedAway<T>(
  open: () => Promise<T>,
  { signal, note }: { readonly signal: AbortSignal; note(note: TraceNote): void },
): Promise<T> {
  for (const length of PAUSES) {
    try {
      return await open()
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined
      if (!(cause instanceof TurnedAway) || cause.forLonger || signal.aborted) throw error
      const pause = length * (0.5 + Math.random())
      note({ kind: 'retry', why: cause.said === '' ? 'closed without a word' : cause.said, pause })
      await sleep(pause, undefined, { signal }).catch(() => {})
    }
  }
  return await open()
}
