/**
 * What `work` comes to, or a rejection as soon as the signal is aborted, with `reason()`; the work itself goes on.
 * @example
 * await unlessAborted(connecting, signal, () => new UnreachableError('web-1', 'cancelled while connecting'))
 */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, reason: () => Error): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const abort = () => reject(reason())
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
