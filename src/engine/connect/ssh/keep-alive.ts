import type { Readable } from 'node:stream'

export interface KeepAlive {
  /** Milliseconds between looks; 0 for never. */
  readonly serverAliveInterval: number
  /** Looks in a row that hear nothing until the server counts as gone. */
  readonly serverAliveCountMax: number
}

/**
 * Finds out that a server has fallen silent (ServerAliveInterval and ServerAliveCountMax of ssh_config(5)). Somebody else asks it
 * for signs of life; anything it sends is one. An answer that waits behind megabytes of output on a slow line is thus no silence,
 * and a process that was suspended itself does not blame the server.
 *
 * @param silent called once, when the server counts as gone.
 */
export function watchForSilence(
  stream: Readable,
  { serverAliveInterval, serverAliveCountMax }: KeepAlive,
  silent: () => void,
): void {
  if (serverAliveInterval <= 0) return
  let heard = false
  let missed = 0
  const hear = (): void => {
    heard = true
  }
  const timer = setInterval(() => {
    missed = heard ? 0 : missed + 1
    heard = false
    if (missed < serverAliveCountMax) return
    stop()
    silent()
  }, serverAliveInterval)
  timer.unref()
  const stop = (): void => {
    clearInterval(timer)
    stream.off('data', hear)
  }
  stream.on('data', hear)
  stream.once('close', stop)
}
