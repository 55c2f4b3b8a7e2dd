import type { ChannelExit } from './connector.js'

/** How long after its command's end a channel may stay open because a process left behind holds its outputs, milliseconds. */
const LINGER_MS = 300

/**
 * Joins the two ends of a command, "it exited" and "its outputs are closed", into one answer.
 * The outputs may stay open for ever when a background process holds them; the exit alone then settles it after a moment.
 */
export function joinExit(on: {
  exited(listener: (exit: ChannelExit) => void): void
  closed(listener: () => void): void
}): Promise<ChannelExit> {
  return new Promise(resolve => {
    let exit: ChannelExit = { code: null }
    let timer: NodeJS.Timeout | undefined
    on.exited(how => {
      exit = how
      timer = setTimeout(() => resolve(exit), LINGER_MS)
    })
    on.closed(() => {
      clearTimeout(timer)
      resolve(exit)
    })
  })
}
