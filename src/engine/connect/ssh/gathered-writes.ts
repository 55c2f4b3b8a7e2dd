import type { Duplex } from 'node:stream'

/**
 * Sends what is written in one turn of the event loop at once. ssh2 writes every packet by itself, and of a login a third
 * of the client's time is system calls.
 */
export function gatherWrites(stream: Duplex): void {
  const write = stream.write
  let gathering = false
  const gather = (): void => {
    if (gathering) return
    gathering = true
    stream.cork()
    process.nextTick(() => {
      gathering = false
      stream.uncork()
    })
  }
  stream.write = (...args: unknown[]): boolean => {
    gather()
    return Reflect.apply(write, stream, args)
  }
}
