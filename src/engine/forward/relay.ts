import type { Duplex } from 'node:stream'

/** Told of bytes as they pass. */
export interface Meter {
  /** From the side that connected. */
  sent(bytes: number): void
  /** To the side that connected. */
  received(bytes: number): void
}

/**
 * Joins two byte streams until both directions have ended. The end of one direction is passed on and leaves the other one open;
 * a stream that breaks takes the other down.
 *
 * @returns settles when both are closed; never rejects
 */
export async function relay(caller: Duplex, target: Duplex, meter: Meter): Promise<void> {
  caller.on('data', (chunk: Buffer) => meter.sent(chunk.length))
  target.on('data', (chunk: Buffer) => meter.received(chunk.length))
  caller.pipe(target)
  target.pipe(caller)
  await Promise.all([closed(caller, target), closed(target, caller)])
}

function closed(stream: Duplex, other: Duplex): Promise<void> {
  return new Promise(resolve => {
    stream.on('error', () => other.destroy())
    stream.once('close', () => {
      // What had arrived before the end is still delivered.
      other.end(() => other.destroy())
      resolve()
    })
  })
}
