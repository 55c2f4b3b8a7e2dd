/**
 * The screen against its budgets, with simulated hosts: from the bytes of a key to the bytes of the frame that shows it, while
 * hosts report; processor time at 50 events a second; a slow link; a real session at rest; memory over an hour of events.
 *
 *     NODE_ENV=production npx tsx --expose-gc --tsconfig tsconfig.test.json bench/screen.ts [keys] [cpu] [link] [idle] [memory]
 */
import { readdirSync, readFileSync } from 'node:fs'
import { type ScreenHooks, showSession } from '../src/tui/app.js'
import type { ScreenSize } from '../src/tui/screen/frame.js'
import { FrameWriter } from '../src/tui/screen/frame-writer.js'
import { InkFrames } from '../src/tui/screen/ink-frames.js'
import { InputDecoder } from '../src/tui/screen/input.js'
import type { Sink } from '../src/tui/screen/sink.js'
import { openTerminal } from '../test/terminal/terminal.js'
import { DrawnView } from '../test/unit/tui/drawn-view.js'
import { group, SimulatedSession } from '../test/unit/tui/simulated-session.js'

const SIZES: readonly ScreenSize[] = [
  { cols: 120, rows: 40 },
  { cols: 200, rows: 60 },
]
const HOSTS = [10, 1000, 5000]
const wanted = process.argv.slice(2)
const part = (name: string): boolean => wanted.length === 0 || wanted.includes(name)
const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
const named = ({ cols, rows }: ScreenSize): string => `${cols}×${rows}`

/** A fleet in a session, and a cell that runs on all of it. */
function fleet(count: number) {
  const session = new SimulatedSession()
  const hosts = session.start({ web: count / 2, db: count / 2 })
  session.ready(hosts)
  const cell = session.startCell('$`apt-get update`', hosts)
  session.emit({ type: 'task.start', task: 1, cell, kind: 'command', label: '$ apt-get update', hosts })
  return { session, hosts }
}

/** The n-th report of a fleet: latencies, and now and then an answer or what a host said. */
function report(session: SimulatedSession, hosts: readonly string[], n: number): void {
  const host = hosts[n % hosts.length] ?? ''
  if (n % 7 === 0)
    session.emit({ type: 'task.host', task: 1, host, outcome: { status: 'ok', key: 'a', text: '', ms: 4 } })
  else if (n % 7 === 1) session.emit({ type: 'task.output', task: 1, hosts: { [host]: [`line ${n}`] } })
  else session.emit({ type: 'host.latency', host, ms: n % 90 })
}

/** Reports so many events a second. @returns how to stop */
function reporting(session: SimulatedSession, hosts: readonly string[], perSecond: number): () => void {
  let [said, began] = [0, performance.now()]
  const timer = setInterval(() => {
    const due = ((performance.now() - began) * perSecond) / 1000
    for (; said < due; said++) report(session, hosts, said)
  }, 10)
  return () => clearInterval(timer)
}

/** The screen of a session on a sink; what is typed comes as bytes. */
function show(session: SimulatedSession, size: ScreenSize, sink: Sink) {
  const decoder = new InputDecoder()
  const writer = new FrameWriter(sink)
  const frames = new InkFrames({
    stdin: process.stdin,
    stdout: process.stdout,
    size: () => size,
    onFrame: frame => writer.draw(frame),
  })
  let hooks: ScreenHooks | undefined
  const left = showSession(
    session,
    open => {
      hooks = open
      return {
        size,
        counts: writer.counts,
        draw: tree => frames.draw(tree),
        redraw: () => {},
        copy: () => {},
        attach: async () => ({ code: 0 }),
        suspend: async () => {},
        resume: () => {},
        close: async () => frames.unmount(),
      }
    },
    { size, colour: true },
  )
  return {
    writer,
    type(text: string): void {
      for (const event of decoder.push(Buffer.from(text))) hooks?.onInput(event)
    },
    async leave(): Promise<void> {
      hooks?.onGone()
      await left
    },
  }
}

function share(times: readonly number[], part: number): string {
  const sorted = times.toSorted((a, b) => a - b)
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1)
}

async function keys(size: ScreenSize, count: number): Promise<string> {
  const { session, hosts } = fleet(count)
  let taken = (): void => {}
  const screen = show(session, size, {
    write: (_, done) => {
      done()
      taken()
    },
    writeNow: () => {},
  })
  await pause(500)
  const stop = reporting(session, hosts, Math.max(1000, count))
  await pause(300)
  const [{ bytes, frames }, times] = [screen.writer.counts, [] as number[]]
  for (let key = 0; key < 150; key++) {
    await pause(5 + (key % 13))
    const start = performance.now()
    const shown = new Promise<void>(resolve => {
      taken = resolve
    })
    screen.type(key % 60 === 59 ? '\x15' : ('abcdefghij'[key % 10] ?? ''))
    await shown
    times.push(performance.now() - start)
  }
  stop()
  const now = screen.writer.counts
  await screen.leave()
  const each = Math.round((now.bytes - bytes) / Math.max(1, now.frames - frames))
  return `| ${named(size)} | ${count} | ${Math.max(1000, count)} | ${share(times, 0.5)} ms | ${share(times, 0.95)} ms | ${each} |`
}

async function cpu(size: ScreenSize, count: number): Promise<string> {
  const { session, hosts } = fleet(count)
  const screen = show(session, size, { write: (_, done) => done(), writeNow: () => {} })
  await pause(1500)
  const stop = reporting(session, hosts, 50)
  // the first seconds are those of the compiler, not of the screen
  await pause(10_000)
  const [before, began] = [process.cpuUsage(), performance.now()]
  await pause(10_000)
  const { user, system } = process.cpuUsage(before)
  const used = (user + system) / 10 / (performance.now() - began)
  stop()
  await screen.leave()
  return `| ${named(size)} | ${count} | ${used.toFixed(1)} % |`
}

/** A terminal that takes so many bytes a second. */
async function link(size: ScreenSize, rate: number): Promise<string> {
  const { session, hosts } = fleet(1000)
  let shown: string[] = []
  const screen = show(session, size, {
    write: (data, done) => {
      setTimeout(
        () => {
          shown.push(data)
          done()
        },
        (Buffer.byteLength(data) * 1000) / rate,
      )
    },
    writeNow: () => {},
  })
  await pause(4000)
  const stop = reporting(session, hosts, 1000)
  const times: number[] = []
  for (let key = 0; key < 16; key++) {
    await pause(400)
    shown = []
    const letter = 'QZXWKVYJUG'[key % 10] ?? ''
    const start = performance.now()
    screen.type(letter)
    while (!shown.some(bytes => new RegExp(`›.*${letter}`).test(bytes)) && performance.now() - start < 10_000)
      await pause(2)
    times.push(performance.now() - start)
  }
  stop()
  const { frames, bytes, skipped } = screen.writer.counts
  await screen.leave()
  const [early, late] = [times.slice(0, 5), times.slice(-5)]
  return `| ${named(size)} | ${rate / 1000} KB/s | ${share(times, 0.5)} ms | ${share(times, 0.95)} ms | ${share(early, 0.5)} → ${share(late, 0.5)} ms | ${Math.round(bytes / frames)} | ${skipped} |`
}

/** Clock ticks (a hundredth of a second each) that a process and those it started have used. */
function ticksOf(pid: number): number {
  const fields = (of: string): string[] => {
    const stat = readFileSync(`/proc/${of}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  }
  const all = readdirSync('/proc').flatMap(of => {
    try {
      return /^\d+$/.test(of) ? [{ pid: Number(of), fields: fields(of) }] : []
    } catch {
      return []
    }
  })
  const family = new Set([pid])
  for (const each of all.toSorted((a, b) => a.pid - b.pid)) if (family.has(Number(each.fields[1]))) family.add(each.pid)
  return all
    .filter(each => family.has(each.pid))
    .reduce((sum, each) => sum + Number(each.fields[11]) + Number(each.fields[12]), 0)
}

async function idle(): Promise<string> {
  const terminal = openTerminal({
    command: process.execPath,
    args: ['dist/cli/main.js', '@local'],
    env: { HOME: '/tmp' },
  })
  try {
    await terminal.waitFor('1 ready', 120_000)
    await pause(30_000)
    const [before, began, bytes] = [ticksOf(terminal.pid), performance.now(), terminal.output.length]
    await pause(60_000)
    const seconds = (performance.now() - began) / 1000
    const used = ((ticksOf(terminal.pid) - before) / seconds).toFixed(2)
    return `a real session at rest: ${used} % of a core over ${seconds.toFixed(0)} s, ${Math.round((terminal.output.length - bytes) / seconds)} bytes/s`
  } finally {
    await terminal.close()
  }
}

const HOUR = 3600
const EVENTS = 50
const FRAMES = 5

/** Heap after each ten minutes of an hour on a clock of its own. */
async function memory(count: number, cellsAnHour: number): Promise<string> {
  const view = new DrawnView({ cols: 120, rows: 40 }, Date.now())
  const writer = new FrameWriter({ write: (_, done) => done(), writeNow: () => {} })
  const frames = new InkFrames({
    stdin: process.stdin,
    stdout: process.stdout,
    size: () => view.view.size,
    onFrame: frame => writer.draw(frame),
  })
  const session = new SimulatedSession()
  let records: Parameters<DrawnView['record']>[0] = []
  session.listen(record => {
    records = [...records, record]
  })
  session.forgetful = true
  const hosts = session.start({ web: count / 2, db: count / 2 })
  session.ready(hosts)
  view.record(records)
  records = []
  const marks: number[] = []
  for (let frame = 0; frame <= HOUR * FRAMES; frame++) {
    for (let n = 0; n < EVENTS / FRAMES; n++) report(session, hosts, frame * (EVENTS / FRAMES) + n)
    if (cellsAnHour > 0 && frame % Math.floor((HOUR * FRAMES) / cellsAnHour) === 0)
      session.cell(`$\`uptime\` // ${frame}`, {
        kind: 'results',
        of: 'command',
        groups: [group(hosts, `up ${frame}`, 0)],
      })
    view.record(records)
    records = []
    frames.draw(view.tree)
    if (frame % 100 === 0) await pause(0)
    if (frame % (600 * FRAMES) === 0) {
      globalThis.gc?.()
      marks.push(process.memoryUsage().heapUsed / 1e6)
    }
  }
  frames.unmount()
  return `| ${count} | ${HOUR * EVENTS} | ${cellsAnHour} | ${marks.map(mark => mark.toFixed(1)).join(', ')} |`
}

if (part('keys')) {
  console.log('\n| screen | hosts | events/s | key to screen p50 | p95 | bytes a frame |\n|---|---|---|---|---|---|')
  for (const size of SIZES) for (const count of HOSTS) console.log(await keys(size, count))
}
if (part('cpu')) {
  console.log('\n| screen | hosts | CPU at 50 events/s |\n|---|---|---|')
  for (const size of SIZES) for (const count of HOSTS) console.log(await cpu(size, count))
}
if (part('link')) {
  console.log(
    '\n| screen | link | key to screen p50 | p95 | first keys → last keys | bytes a frame | frames skipped |\n|---|---|---|---|---|---|---|',
  )
  for (const size of SIZES) for (const rate of [9_600, 50_000]) console.log(await link(size, rate))
}
if (part('memory')) {
  console.log('\n| hosts | events | cells | heap after gc at 0, 10, … 60 minutes, MB |\n|---|---|---|---|')
  console.log(await memory(1000, 0))
  console.log(await memory(1000, 60))
}
if (part('idle')) console.log(`\n${await idle()}`)
process.exit()
