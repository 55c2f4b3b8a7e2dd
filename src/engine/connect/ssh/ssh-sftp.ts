import type { Client, SFTPWrapper } from 'ssh2'
import { NotOpened, type Sftp, SftpEnded } from '../sftp.js'
import { isObject, member } from './ssh2-insides.js'

/** Bytes of one request. What OpenSSH takes at most is 255 KiB, ssh2 sends 2 KiB less to servers that do not say so. */
const PIECE = 254 * 1024
/** What every server takes in one request (draft-ietf-secsh-filexfer-02, 3). */
const SMALLEST_PIECE = 31 * 1024
/** A server that starts the subsystem and then says nothing (a login shell that prints spoils it, too) is given up after this, milliseconds. */
const OPEN_MS = 8000

/**
 * Opens the sftp subsystem on a channel of its own.
 *
 * @throws {Error} the server does not serve it; with a `reason` when it opens no more channels
 */
export function openSftp(client: Client): Promise<Sftp> {
  return new Promise((resolve, reject) => {
    let given = false
    const refuse = (error: Error): void => {
      clearTimeout(timer)
      if (given) return
      given = true
      closeUnready(client)
      reject(error)
    }
    const timer = setTimeout(() => refuse(new Error('no answer from the sftp subsystem')), OPEN_MS)
    client.sftp((error, wrapper) => {
      if (error) return refuse(error)
      clearTimeout(timer)
      if (given) return wrapper.end()
      given = true
      ready.add(wrapper)
      resolve(new SshSftp(wrapper))
    })
  })
}

/**
 * Bytes that ssh2 sends in one request to this server. What is more it sends in turn, from a buffer that must not change
 * meanwhile; so that it never is, and the buffer is free when `write` returns.
 */
function largestWrite(wrapper: SFTPWrapper): number {
  const most = member(wrapper, '_maxWriteLen')
  return typeof most === 'number' && most > 0 ? Math.min(most, PIECE) : SMALLEST_PIECE
}

/** Channels on which sftp answered. */
const ready = new WeakSet<object>()

/**
 * ssh2 leaves a channel open, and hands it to nobody, when the server does not start the subsystem on it; it would count against
 * the server's MaxSessions for ever. (ssh2 1.17, `Client.sftp`.)
 */
function closeUnready(client: Client): void {
  const channels = member(member(client, '_chanMgr'), '_channels')
  if (!isObject(channels)) return
  for (const channel of Object.values(channels)) {
    if (isSftp(channel) && !ready.has(channel)) channel.end()
  }
}

function isSftp(channel: unknown): channel is { end(): void } {
  if (!isObject(channel) || !('fastPut' in channel)) return false
  return 'end' in channel && typeof channel.end === 'function'
}

class SshSftp implements Sftp {
  readonly exit: Promise<void>
  /** Requests without an answer: when the channel ends or is given up, ssh2 forgets them, and a silent host answers none. */
  readonly #waiting = new Set<(error: Error) => void>()
  #ended: SftpEnded | undefined

  constructor(private readonly wrapper: SFTPWrapper) {
    wrapper.on('error', () => {})
    this.exit = new Promise(resolve => wrapper.once('close', () => resolve()))
    void this.exit.then(() => this.#giveUp(new SftpEnded('the sftp server ended')))
  }

  async create(
    path: string,
    chunks: AsyncIterable<Buffer>,
    { window, onBytes }: { window: () => number; onBytes: (count: number) => void },
  ): Promise<void> {
    const { wrapper } = this
    const handle = await this.#open(done => wrapper.open(path, 'wx', { mode: 0o600 }, done))
    try {
      const sent = new Set<Promise<void>>()
      // A write that fails while nobody waits for it must not be forgotten.
      const refused: unknown[] = []
      let at = 0
      const most = largestWrite(wrapper)
      for await (const chunk of chunks) {
        for (let from = 0; from < chunk.length; from += most) {
          const piece = chunk.subarray(from, from + most)
          const place = at + from
          const writing = this.#ask<void>(done => wrapper.write(handle, piece, 0, piece.length, place, done))
            .then(
              () => onBytes(piece.length),
              (error: unknown) => refused.push(error),
            )
            .then(() => void sent.delete(writing))
          sent.add(writing)
          while (sent.size >= window()) await Promise.race(sent)
          if (refused.length > 0) throw refused[0]
        }
        at += chunk.length
      }
      await Promise.all(sent)
      if (refused.length > 0) throw refused[0]
      await this.#flush(handle)
    } finally {
      await this.#ask<void>(done => wrapper.close(handle, done)).catch(() => {})
    }
  }

  async *read(path: string, { window }: { window: () => number }): AsyncGenerator<Buffer, void, void> {
    const { wrapper } = this
    const handle = await this.#open(done => wrapper.open(path, 'r', done))
    try {
      const { size } = await this.#ask<{ size: number }>(done => wrapper.fstat(handle, done))
      const asked: Promise<Buffer>[] = []
      const free: Buffer[] = []
      let next = 0
      // What has been added since, and what has no size (/proc), is found by asking on until the end.
      for (;;) {
        while (asked.length === 0 || (next < size && asked.length < window())) {
          const reading = this.#readPiece(handle, next, free.pop() ?? Buffer.allocUnsafe(PIECE))
          reading.catch(() => {})
          asked.push(reading)
          next += PIECE
        }
        const piece = await asked.shift()
        if (piece && piece.length > 0) yield piece
        if (!piece || piece.length < PIECE) return
        free.push(piece)
      }
    } finally {
      await this.#ask<void>(done => wrapper.close(handle, done)).catch(() => {})
    }
  }

  close(): void {
    this.wrapper.end()
    this.#giveUp(new SftpEnded('the sftp channel was closed'))
  }

  async #open(send: (done: (error: Error | undefined, handle: Buffer) => void) => void): Promise<Buffer> {
    try {
      return await this.#ask(send)
    } catch (error) {
      if (error instanceof SftpEnded) throw error
      throw new NotOpened(error instanceof Error ? error.message : String(error))
    }
  }

  /** A whole piece, shorter only at the end of the file: a server may answer with less than was asked for. */
  async #readPiece(handle: Buffer, at: number, buffer: Buffer): Promise<Buffer> {
    let have = 0
    while (have < PIECE) {
      const count = await this.#ask<number>(done =>
        this.wrapper.read(handle, buffer, have, PIECE - have, at + have, done),
      )
      if (count === 0) break
      have += count
    }
    return buffer.subarray(0, have)
  }

  /** fsync@openssh.com, where it is offered (OpenSSH 6.5); what the server does without is its own affair. */
  async #flush(handle: Buffer): Promise<void> {
    await this.#ask<void>(done => this.wrapper.ext_openssh_fsync(handle, done)).catch(() => {})
  }

  #ask<T>(send: (done: (error: Error | null | undefined, answer: T) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#ended) return reject(this.#ended)
      this.#waiting.add(reject)
      send((error, answer) => {
        this.#waiting.delete(reject)
        // What the server refuses has a status code; anything else is the end of the channel.
        if (error) reject('code' in error ? error : new SftpEnded('the sftp server ended'))
        else resolve(answer)
      })
    })
  }

  #giveUp(ended: SftpEnded): void {
    this.#ended ??= ended
    for (const reject of this.#waiting) reject(this.#ended)
    this.#waiting.clear()
  }
}
