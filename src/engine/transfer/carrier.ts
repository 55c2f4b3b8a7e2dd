import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel } from '../connect/connector.js'
import type { Identity, RawResult } from '../connect/link.js'
import type { Sftp } from '../connect/sftp.js'
import type { BytePath } from './byte-path.js'

/** What a transfer needs of the link to a host. */
export interface Carrier {
  readonly host: string
  /** As `Link.run`. */
  run(script: string, options: CarrierOptions, maxBytes?: number): Promise<RawResult>
  /** Runs a script on a channel of its own, whose streams are the script's from its first to its last byte. */
  stream(script: string, options: CarrierOptions): Promise<OpenStream<Channel>>
  /** sftp, where it is served and would act as this identity. */
  sftp(options: CarrierOptions): Promise<OpenStream<Sftp> | undefined>
  /** Remembers temp files that could not be removed, to be removed by the next transfer. */
  leave(identity: Identity, temps: readonly BytePath[]): void
  /** Forgets and returns them. */
  takeLeft(identity: Identity): readonly BytePath[]
}

export interface CarrierOptions {
  readonly identity: Identity
  readonly signal?: AbortSignal
}

/** A channel of a link; `lost` says why the link is gone, if it is: asked when the channel has ended before its time. */
export interface OpenStream<C> {
  readonly channel: C
  lost(): Promise<string | undefined>
}

/** Waiting for a channel to close; one whose host is silent is not waited for longer, milliseconds. */
const CLOSE_MS = 1000

/** Closes sftp and waits a moment until its slot is free: a shell may need it next. */
export async function closed({ channel }: OpenStream<Sftp>): Promise<void> {
  channel.close()
  await Promise.race([channel.exit, sleep(CLOSE_MS, undefined, { ref: false })])
}

/** Requests under way on one host, at most; half of this fills a fast network. */
const MOST_REQUESTS = 16
/** Requests under way on all hosts: each holds 254 KiB. */
const ALL_REQUESTS = 256

let active = 0

/** Runs a transfer; while many run, each has fewer requests under way, so that memory is bounded. */
export async function counted<T>(work: (window: () => number) => Promise<T>): Promise<T> {
  active += 1
  try {
    return await work(() => Math.max(2, Math.min(MOST_REQUESTS, Math.floor(ALL_REQUESTS / active))))
  } finally {
    active -= 1
  }
}

/** How much of a transfer is done, told as it goes on: bytes done, bytes in all. */
export type OnBytes = (done: number, total: number) => void

/** What a transfer to or from one host came to. */
export interface Copied {
  /** Where it went. */
  readonly path: string
  /** Regular files in it. */
  readonly files: number
  /** Bytes that were sent or received; what was the same already is not among them. */
  readonly bytes: number
  /** Nothing had to be changed. */
  readonly unchanged: boolean
  /** What was neither file, directory nor link, and was left out. */
  readonly skipped: readonly string[]
}
