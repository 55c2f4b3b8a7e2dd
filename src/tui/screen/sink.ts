import { write, writeSync } from 'node:fs'

/** Where frames go. */
export interface Sink {
  /** Writes without blocking; `done` is called when the terminal has taken all of it, or is gone. */
  write(data: string, done: () => void): void
  /** Writes at once, for the last words of a process. */
  writeNow(data: string): void
}

/** Milliseconds until a descriptor that could not take more is tried again. */
const RETRY = 5

/**
 * A terminal by its file descriptor. Node's own `process.stdout` blocks the whole process while a terminal does not read;
 * these writes wait on a thread of the pool instead.
 *
 * @param onGone called once when the terminal cannot be written to any more
 */
export function terminalSink(descriptor: number, onGone: () => void): Sink {
  let gone = false
  const lost = () => {
    if (!gone) onGone()
    gone = true
  }
  const send = (data: Buffer, done: () => void) => {
    if (gone) return done()
    write(descriptor, data, 0, data.length, null, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(send, RETRY, data, done)
      else if (error) {
        lost()
        done()
      } else if (written < data.length) send(data.subarray(written), done)
      else done()
    })
  }
  return {
    write: (data, done) => send(Buffer.from(data), done),
    writeNow(data) {
      try {
        writeSync(descriptor, data)
      } catch {
        lost()
      }
    },
  }
}
