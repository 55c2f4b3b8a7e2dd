/** Does one thing at a time; of what comes meanwhile only the latest is done, and what fails is passed over: it was a help. */
export function latestOnly<T>(work: (thing: T) => Promise<void>): (thing: T) => void {
  let busy = false
  let waiting: { readonly thing: T } | undefined
  const start = (thing: T): void => {
    busy = true
    work(thing)
      .catch(() => {})
      .finally(() => {
        busy = false
        const next = waiting
        waiting = undefined
        if (next) start(next.thing)
      })
  }
  return thing => {
    if (busy) waiting = { thing }
    else start(thing)
  }
}
