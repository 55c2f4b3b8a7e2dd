import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel } from '../connector.js'

/** How a server names itself whose channels have to take turns; not every dropbear says how old it is. */
const DROPBEAR = /^SSH-[\d.]+-dropbear/
/** What a channel was given up for may run on; opening waits no longer for its end, milliseconds. */
const MOST_WAIT = 1000
/** Nor longer for whatever else ends channels: a host may have fallen silent in the midst of it. */
const LONGEST = 5000

/**
 * Opens no channel while another ends, and ends none while another opens.
 *
 * dropbear 2022.82 to 2024.85 closes a channel on which nothing runs yet when a process of the same connection ends at that moment;
 * where the command reaches it nevertheless, an assertion fails and the connection is gone with all its channels (`check_close` in
 * dropbear's common-channel.c; mended there by commit 71521d1b). Closing a shell and opening the next one meets that nearly every time.
 */
export class ChannelTurns {
  readonly #opening = new Set<Promise<unknown>>()
  readonly #ending = new Set<Promise<unknown>>()

  /** @param server how the server names itself. @returns `undefined` where channels may come and go as they like. */
  static for(server: string | undefined): ChannelTurns | undefined {
    return server !== undefined && DROPBEAR.test(server) ? new ChannelTurns() : undefined
  }

  /** Opens a channel once none is ending. @throws what `start` throws. */
  async open(start: () => Promise<Channel>): Promise<Channel> {
    while (this.#ending.size > 0) await Promise.allSettled(this.#ending)
    const channel = await during(this.#opening, start())
    return { ...channel, close: () => this.#close(channel) }
  }

  /** Does something by which a channel ends once none is opening. @throws what `work` throws. */
  async end<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#afterOpening(work)
    const late = new AbortController()
    const over = Promise.race([done, sleep(LONGEST, undefined, { ref: false, signal: late.signal })])
    void during(this.#ending, over).catch(() => {})
    return await done.finally(() => late.abort())
  }

  #close(channel: Channel): void {
    void this.end(async () => {
      channel.close()
      await Promise.race([channel.exit, sleep(MOST_WAIT, undefined, { ref: false })])
    })
  }

  async #afterOpening<T>(work: () => Promise<T>): Promise<T> {
    if (this.#opening.size > 0) await Promise.allSettled(this.#opening)
    return await work()
  }
}

async function during<T>(set: Set<Promise<unknown>>, work: Promise<T>): Promise<T> {
  set.add(work)
  try {
    return await work
  } finally {
    set.delete(work)
  }
}
