import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { currentCell } from './context.js'

export type OutputStream = 'stdout' | 'stderr'

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

/** Makes the global `console` that of the cell it is used for, where there is one. Returns what undoes it. */
export function routeConsole(): () => void {
  const original = globalThis.console
  globalThis.console = new Proxy(original, {
    get: (target, property) => Reflect.get(currentCell()?.console ?? target, property),
  })
  return () => {
    globalThis.console = original
  }
}
