import { ChannelRefused } from '../connector.js'

/** sshd frees a slot a little after its command has ended: pauses before a refused channel is asked for again, milliseconds. */
const RETRY_AFTER = [20, 50, 100, 200, 400, 800]
/** Refused so often while others are open, the server allows no more than those. */
const CONVINCED_AFTER = 3

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
  /** Slots taken: by channels that are open, and by those that are about to be. */
  #used = 0
  #open = 0
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

  /** Whether no channel is open. */
  get unused(): boolean {
    return this.#open === 0
  }

  /** A channel has become idle: whoever waits may ask for it to be closed. */
  reconsider(): void {
    this.#waiting.shift()?.()
  }

  /**
   * Opens a channel as soon as there is a slot for it. Refused while others are open, it waits for one of those to end.
   * @throws {ChannelRefused} when the server keeps refusing though none is open.
   */
  async open<C extends Ending>(open: () => Promise<C>): Promise<HeldSlot<C>> {
    for (;;) {
      while (!this.free) {
        this.makeRoom()
        await new Promise<void>(resolve => this.#waiting.push(resolve))
      }
      this.#used += 1
      try {
        return this.#hold(await this.#retry(open))
      } catch (error) {
        this.#used -= 1
        if (!(error instanceof ChannelRefused) || this.#open === 0) {
          this.reconsider()
          throw error
        }
        this.limit = Math.min(this.limit, this.#open)
      }
    }
  }

  #hold<C extends Ending>(channel: C): HeldSlot<C> {
    this.#open += 1
    let held = true
    const release = () => {
      if (!held) return
      held = false
      this.#open -= 1
      this.#used -= 1
      this.reconsider()
    }
    void channel.exit.then(release)
    return { channel, release }
  }

  async #retry<C>(open: () => Promise<C>): Promise<C> {
    for (let refusals = 1; ; refusals += 1) {
      try {
        return await open()
      } catch (error) {
        const pause = RETRY_AFTER[refusals - 1]
        const convinced = this.#open > 0 && refusals > CONVINCED_AFTER
        if (!(error instanceof ChannelRefused) || pause === undefined || convinced) throw error
        await new Promise(resolve => setTimeout(resolve, pause))
      }
    }
  }
}
