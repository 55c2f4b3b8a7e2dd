/**
 * Does one thing at a time; of what comes meanwhile only the latest is done, and what fails is passed over: it was a help.
 *
 * @param patience milliseconds after which what takes longer goes on beside the next
 */
export function latestOnly<T>(
  work: (thing: T) => Promise<void>,
  patience = Number.POSITIVE_INFINITY,
): (thing: T) => void {
  let busy = false
  let waiting: { readonly thing: T } | undefined
  const start = (thing: T): void => {
    busy = true
    let over = false
    const goOn = () => {
      if (over) return
      over = true
      clearTimeout(timer)
      busy = false
      const next = waiting
      waiting = undefined
      if (next) start(next.thing)
    }
    const timer = Number.isFinite(patience) ? setTimeout(goOn, patience) : undefined
    work(thing)
      .catch(() => {})
      .finally(goOn)
  }
  return thing => {
    if (busy) waiting = { thing }
    else start(thing)
  }
}
