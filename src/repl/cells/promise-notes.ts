import { inspect } from 'node:util'

/** What Node notes on promises while asynchronous contexts are followed: numbers, and the whole context of the cell. */
const NOTES = new Set(['async_id_symbol', 'trigger_async_id_symbol', 'kResourceStore'])

/** Lets promises be shown without Node's own notes on them, on the console too. Returns what undoes it. */
export function hidePromiseNotes(): () => void {
  const hidden = { configurable: true, enumerable: false, writable: true }
  Object.defineProperty(Promise.prototype, inspect.custom, {
    ...hidden,
    value(this: Promise<unknown>, _depth: number, options: object) {
      for (const note of Object.getOwnPropertySymbols(this))
        if (NOTES.has(note.description ?? '')) Object.defineProperty(this, note, { enumerable: false })
      // from here on it is shown the ordinary way
      Object.defineProperty(this, inspect.custom, { ...hidden, value: undefined })
      return inspect(this, options)
    },
  })
  return () => Reflect.deleteProperty(Promise.prototype, inspect.custom)
}
