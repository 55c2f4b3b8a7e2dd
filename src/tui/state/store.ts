import type { SessionRecord } from '../../repl/protocol.js'
import { READING_TIME } from './approval.js'
import type { Effect, Message } from './message.js'
import { update } from './update.js'
import type { View } from './view.js'

/** Milliseconds between frames that events cause: 20 a second. */
const FRAME = 50

export interface Store {
  readonly view: View
  /** Takes in a message and draws at once: keys, sizes, answers. */
  dispatch(message: Message): void
  /** Takes in what happens in the session: collected, and drawn at most 20 times a second; latencies with the clock. */
  record(record: SessionRecord): void
  /** No more drawing. */
  close(): void
}

export interface StoreOptions {
  readonly initial: View
  readonly draw: (view: View) => void
  readonly perform: (effect: Effect) => void
  /** The time, milliseconds since the epoch. */
  readonly now?: () => number
}

/**
 * Holds the view. A burst of events costs one pass over all of them and one frame; a key is never behind them: it is applied to
 * the view as it stands and drawn right away.
 */
export function openStore({ initial, draw, perform, now = Date.now }: StoreOptions): Store {
  let view = initial
  let records: SessionRecord[] = []
  let frame: NodeJS.Timeout | undefined
  let lastFrame = 0
  let reading: NodeJS.Timeout | undefined
  let closed = false
  const step = (message: Message) => {
    if (closed) return
    const { view: next, effects } = update(view, message)
    const changed = next !== view
    view = next
    if (changed) draw(view)
    wake()
    for (const effect of effects) perform(effect)
  }
  // a question shows its keys once it can have been read
  const wake = () => {
    clearTimeout(reading)
    const since = view.approvals[0]?.since ?? view.questions[0]?.since
    const left = since === undefined ? 0 : since + READING_TIME - now()
    if (left > 0) reading = setTimeout(() => step({ kind: 'tick', now: now() }), left + 1)
  }
  const flush = () => {
    frame = undefined
    lastFrame = performance.now()
    const batch = records
    records = []
    step({ kind: 'records', records: batch, now: now() })
  }
  const clock = setInterval(() => {
    if (records.length === 0 || frame) step({ kind: 'tick', now: now() })
    else flush()
  }, 1000)
  return {
    get view() {
      return view
    },
    dispatch: step,
    record(record) {
      records.push(record)
      // nobody waits for a latency: it goes along with what is drawn anyway, with the clock at the latest
      if (record.type === 'host.latency') return
      frame ??= setTimeout(flush, Math.max(0, FRAME - (performance.now() - lastFrame)))
    },
    close() {
      closed = true
      clearInterval(clock)
      clearTimeout(frame)
      clearTimeout(reading)
    },
  }
}
