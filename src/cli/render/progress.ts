import type { EngineEvent } from '../../engine/events.js'
import { foldNames } from '../../engine/nodeset/fold.js'
import { byteCount } from '../../engine/text/byte-count.js'

/** Quiet for this long before anything is shown, milliseconds: a quick command leaves no trace. */
const PATIENCE_MS = 400

/** Shows `37/40 · 1.2 GB of 4.0 GB · waiting for web-[3,7]` (bytes of transfers only) on a terminal's last line while a task runs; elsewhere nothing. */
export function followTask(stream: NodeJS.WriteStream): { see(event: EngineEvent): void; end(): void } {
  if (!stream.isTTY) return { see: () => {}, end: () => {} }
  const waiting = new Set<string>()
  let total = 0
  let moved = ''
  let shown = false
  const draw = (): void => {
    const width = (stream.columns ?? 80) - 1
    const who = waiting.size > 0 ? ` · waiting for ${foldNames(waiting)}` : ''
    stream.write(`\r\u001b[K${`${total - waiting.size}/${total}${moved}${who}`.slice(0, width)}`)
    shown = true
  }
  const timer = setInterval(draw, PATIENCE_MS)
  timer.unref()
  return {
    see(event) {
      if (event.type === 'task.start') {
        total = event.hosts.length
        for (const host of event.hosts) waiting.add(host)
      }
      if (event.type === 'task.progress' && event.total > 0)
        moved = ` · ${byteCount(event.done)} of ${byteCount(event.total)}`
      if (event.type === 'task.host') waiting.delete(event.host)
    },
    end() {
      clearInterval(timer)
      if (shown) stream.write('\r\u001b[K')
    },
  }
}
