const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs `cleanUp`, once, when this process exits or is ended by a signal. A signal that others listen to as well stays
 * theirs: they decide whether it ends the process, and `cleanUp` then runs as it exits.
 *
 * @param cleanUp must be synchronous
 * @returns a function that calls it off
 */
export function atExit(cleanUp: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    if (process.listenerCount(signal) > 1) return
    callOff()
    cleanUp()
    process.kill(process.pid, signal)
  }
  const callOff = () => {
    process.off('exit', cleanUp)
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
  process.once('exit', cleanUp)
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return callOff
}
