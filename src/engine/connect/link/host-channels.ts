import { type Channel, ChannelClosed, ChannelRefused, type Connection, type ExecOptions } from '../connector.js'
import type { Sftp } from '../sftp.js'
import { ChannelSlots, type HeldSlot } from './channel-slots.js'
import type { ChannelTurns } from './channel-turns.js'

/** Channels to one host; sshd allows 10 (MaxSessions) and frees them late. */
const MOST_CHANNELS = 4
/** A shell whose channel the server closes instead of starting it is given up after so many. */
const MOST_STARTS = 3

/** Starts a command on a channel. */
export type Exec = (command: string, options?: ExecOptions) => Promise<Channel>

/** What the channels of a host stand on. */
export interface HostChannelsParts {
  readonly connection: Connection
  /** Makes a second connection to the host, for when the first has no channel to spare. */
  readonly another: () => Promise<Connection>
  /** Where the server bears no channel that opens while another ends. */
  readonly turns?: ChannelTurns | undefined
}

/** Opens channels on one connection to a host, within those that its server grants, and on another one where that grants no more. */
export class HostChannels {
  readonly #slots: ChannelSlots
  /** Whether the server has granted a channel on this connection. */
  #granted = false

  /**
   * @param lost why the connection is gone, if it is.
   * @param makeRoom asked, when there are as many as may be, to close one that is idle; says whether it did.
   */
  constructor(
    private readonly parts: HostChannelsParts,
    private readonly lost: () => string | undefined,
    makeRoom: () => boolean,
  ) {
    this.#slots = new ChannelSlots(MOST_CHANNELS, makeRoom)
  }

  /** Whether one more could be opened without waiting. */
  get free(): boolean {
    return this.#slots.free
  }

  /** Said when a shell may have nothing to do: whoever waits may ask for its channel. */
  reconsider(): void {
    this.#slots.reconsider()
  }

  /**
   * A channel for a held shell. A server that has granted channels before, and grants none while none is open, allows one in the
   * life of a connection (TinySSH): such a connection has had its day, and the next one serves as well.
   */
  async held(command: string): Promise<Channel> {
    try {
      const { channel } = await this.#slots.open(() => this.exec(command))
      this.#granted = true
      return channel
    } catch (error) {
      if (error instanceof ChannelRefused && this.#granted && this.#slots.unused) await this.parts.connection.close()
      throw error
    }
  }

  /** A channel that holds no slot. Whatever is started here has been given nothing to do yet, so that it may be started again. */
  readonly exec: Exec = async (command, options) => {
    const { connection, turns } = this.parts
    const exec = () => connection.exec(command, options)
    const start = () => (turns ? turns.open(exec) : exec())
    for (let starts = 1; ; starts += 1) {
      try {
        return await start()
      } catch (error) {
        if (!(error instanceof ChannelClosed) || starts >= MOST_STARTS) throw error
      }
    }
  }

  /** A channel beside those of the held shells; on a connection of its own where this one has none to spare, or has just ended. */
  async beside(command: string, options?: ExecOptions): Promise<HeldSlot<Channel>> {
    let release = () => {}
    const channel = await this.#orOnAnother(command, options, async () => {
      const slot = await this.#slots.open(() => this.exec(command, options))
      release = slot.release
      return slot.channel
    })
    return { channel, release: () => release() }
  }

  /** As {@link beside}, without a slot to wait for: for what belongs to a channel that holds one. */
  readonly alongside: Exec = (command, options) =>
    this.#orOnAnother(command, options, () => this.exec(command, options))

  /** Does something that takes a few channels of no slot, anew on another connection where this one refuses them or has just ended. */
  async passing(work: (exec: Exec) => Promise<void>): Promise<void> {
    try {
      await work(this.exec)
    } catch (error) {
      if (!this.#isShort(error)) throw error
      const connection = await this.parts.another()
      try {
        await work((...args) => connection.exec(...args))
      } finally {
        void connection.close()
      }
    }
  }

  /** Opens sftp on a channel of its own; `undefined` where the connector has none. @throws {ChannelRefused | Error} */
  async sftp(): Promise<Sftp | undefined> {
    const { connection } = this.parts
    const open = connection.sftp?.bind(connection)
    return open && (await this.#slots.open(open)).channel
  }

  async #orOnAnother(
    command: string,
    options: ExecOptions | undefined,
    open: () => Promise<Channel>,
  ): Promise<Channel> {
    try {
      return await open()
    } catch (error) {
      if (!this.#isShort(error)) throw error
      const connection = await this.parts.another()
      try {
        const channel = await connection.exec(command, options)
        void channel.exit.then(() => connection.close())
        return channel
      } catch (refused) {
        void connection.close()
        throw refused
      }
    }
  }

  #isShort(error: unknown): boolean {
    return error instanceof ChannelRefused || this.lost() !== undefined
  }
}
