import { write, writeSync } from 'node:fs'

/** Where frames go. */
export interface Sink {
  /** Writes without blocking, in order; `done` is called when the terminal has taken all of it, or is gone. */
  write(data: string, done: () => void): void
  /** Writes at once, for the last words of a process; what was not yet begun to be written never is. */
  writeNow(data: string): void
}

/** Milliseconds until a descriptor that could not take more is tried again. */
const RETRY = 5
/** Milliseconds that last words leave to a write under way, lest it come after them. */
const GRACE = 20

/**
 * A terminal by its file descriptor. Node's own `process.stdout` blocks the whole process while a terminal does not read;
 * these writes wait on a thread of the pool instead.
 *
 * @param onGone called once when the terminal cannot be written to any more
 */
export function terminalSink(descriptor: number, onGone: () => void): Sink {
  const queue: { readonly data: Buffer; readonly done: () => void }[] = []
  let writing = false
  let gone = false
  const lost = () => {
    if (!gone) onGone()
    gone = true
  }
  const next = () => {
    const first = queue.shift()
    writing = first !== undefined
    if (first) send(first.data, first.done)
  }
  const finish = (done: () => void) => {
    done()
    next()
  }
  const send = (data: Buffer, done: () => void): void => {
    if (gone) {
      finish(done)
      return
    }
    write(descriptor, data, 0, data.length, null, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(send, RETRY, data, done)
      else if (error) {
        lost()
        finish(done)
      } else if (written < data.length) send(data.subarray(written), done)
      else finish(done)
    })
  }
  return {
    write(data, done) {
      queue.push({ data: Buffer.from(data), done })
      if (!writing) next()
    },
    writeNow(data) {
      queue.length = 0
      if (writing) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, GRACE)
      try {
        writeSync(descriptor, data)
      } catch {
        lost()
      }
    },
  }
}
