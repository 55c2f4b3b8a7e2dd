import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { currentCell, type OutputStream } from './context.js'

/** A console whose text goes to `write`, a whole number of lines at a time. */
export function createConsole(write: (stream: OutputStream, text: string) => void, colors: boolean): Console {
  const sink = (stream: OutputStream) =>
    new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        write(stream, String(chunk))
        done()
      },
    })
  return new Console({ stdout: sink('stdout'), stderr: sink('stderr'), colorMode: colors })
}

/**
 * Makes the global `console`, and the outputs of the process, those of the cell they are used for, where there is one. Returns what
 * undoes it.
 */
export function routeConsole(): () => void {
  const original = globalThis.console
  const restore = [routeWrites('stdout'), routeWrites('stderr')]
  globalThis.console = new Proxy(original, {
    get: (target, property) => Reflect.get(currentCell()?.console ?? target, property),
  })
  return () => {
    globalThis.console = original
    for (const each of restore) each()
  }
}

function routeWrites(stream: OutputStream): () => void {
  const output = process[stream]
  const original = output.write
  output.write = (chunk: unknown, ...rest: unknown[]): boolean => {
    const cell = currentCell()
    if (!cell) return Reflect.apply(original, output, [chunk, ...rest])
    cell.write(stream, chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : String(chunk))
    const written = rest.find((each): each is () => void => typeof each === 'function')
    if (written) process.nextTick(written)
    return true
  }
  return () => {
    output.write = original
  }
}
