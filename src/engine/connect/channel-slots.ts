import { ChannelRefused } from './connector.js'

/** sshd frees a slot a little after its command has ended: pauses before a refused channel is asked for again, milliseconds. */
const RETRY_AFTER = [20, 50, 100, 200, 400]

/** What a slot is held for; its end frees the slot. */
interface Ending {
  readonly exit: Promise<unknown>
}

/** A channel that holds one of the host's few slots until it is given back. */
export interface HeldSlot<C> {
  readonly channel: C
  release(): void
}

/**
 * Keeps the channels open to one host below what its server allows (MaxSessions is 10 by default and shared by every
 * program on the connection). When the server refuses sooner, the limit becomes what it did allow.
 */
export class ChannelSlots {
  #used = 0
  readonly #waiting: (() => void)[] = []

  /** @param makeRoom asked, when all slots are taken, to close a channel that is idle; says whether it did. */
  constructor(
    private limit: number,
    private readonly makeRoom: () => boolean,
  ) {}

  /** Whether a channel could be opened without waiting. */
  get free(): boolean {
    return this.#used < this.limit
  }

  /** @throws {ChannelRefused} when the server keeps refusing. */
  async open<C extends Ending>(open: () => Promise<C>): Promise<HeldSlot<C>> {
    while (!this.free) {
      if (!this.makeRoom()) await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
    this.#used += 1
    let held = true
    const release = () => {
      if (!held) return
      held = false
      this.#used -= 1
      this.#waiting.shift()?.()
    }
    try {
      const channel = await this.#retry(open)
      void channel.exit.then(release)
      return { channel, release }
    } catch (error) {
      release()
      throw error
    }
  }

  async #retry<C>(open: () => Promise<C>): Promise<C> {
    for (const pause of [...RETRY_AFTER, undefined]) {
      try {
        return await open()
      } catch (error) {
        if (!(error instanceof ChannelRefused) || pause === undefined) throw error
        if (this.#used > 1) {
          this.limit = Math.max(1, Math.min(this.limit, this.#used - 1))
          this.makeRoom()
        }
        await new Promise(resolve => setTimeout(resolve, pause))
      }
    }
    throw new ChannelRefused('the server opens no channel')
  }
}
