/**
 * Keystroke to screen: from the bytes of a key to the bytes of the frame that shows it, at 120×40, while simulated hosts report
 * 1,000 events a second and a cell runs over all of them.
 *
 *     NODE_ENV=production npx tsx --tsconfig tsconfig.test.json bench/keystroke.ts
 */
import { EmulatedScreen } from '../test/unit/tui/emulated-screen.js'
import { SimulatedSession } from '../test/unit/tui/simulated-session.js'

const KEYS = 400
const HOSTS = Number(process.argv[2] ?? 1000)
const EVENTS_PER_SECOND = 1000
const TICK = 10

const session = new SimulatedSession()
const hosts = session.start({ web: HOSTS / 2, db: HOSTS / 2 })
session.ready(hosts)
const cell = session.startCell('$`apt-get update`', hosts)
session.emit({ type: 'task.start', task: 1, cell, kind: 'command', label: '$ apt-get update', hosts })

const screen = new EmulatedScreen(session, { cols: 120, rows: 40 })
await screen.shows(`${HOSTS} ready`)

let host = 0
const reporting = setInterval(() => {
  for (let i = 0; i < (EVENTS_PER_SECOND * TICK) / 1000; i++) {
    const name = hosts[host++ % hosts.length] ?? ''
    if (host % 7 === 0)
      session.emit({ type: 'task.host', task: 1, host: name, outcome: { status: 'ok', key: 'a', text: '', ms: 4 } })
    else session.emit({ type: 'host.latency', host: name, ms: host % 90 })
  }
}, TICK)

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
const times: number[] = []
const bytesBefore = screen.counts.bytes
const framesBefore = screen.counts.frames
for (let key = 0; key < KEYS; key++) {
  await pause(5 + (key % 13))
  const start = performance.now()
  const shown = new Promise<void>(resolve => {
    screen.onFrame = () => resolve()
  })
  if (key % 60 === 59) screen.press('ctrl-u')
  else screen.type('abcdefghij'[key % 10] ?? '')
  await shown
  times.push(performance.now() - start)
}
clearInterval(reporting)

times.sort((a, b) => a - b)
const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1)
const frames = screen.counts.frames - framesBefore
const bytes = Math.round((screen.counts.bytes - bytesBefore) / frames)
console.log(
  `${HOSTS} hosts, ${KEYS} keys: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(0.999)} ms; ${bytes} bytes a frame`,
)
screen.hangUp()
await screen.left
