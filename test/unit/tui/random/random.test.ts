import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Frame, ScreenSize } from '../../../../src/tui/screen/frame.js'
import { widthOf } from '../../../../src/tui/text/width.js'
import { renderScreen } from '../../../terminal/render.js'
import { EmulatedScreen } from '../emulated-screen.js'
import { Random } from './random.js'
import { anyInput, PAUSE } from './random-input.js'
import { RandomSession } from './random-session.js'
import { SeenPlaces } from './seen-places.js'

/** `MUSTER_RANDOM_STEPS=100000 MUSTER_RANDOM_SEED=7 npx vitest run test/unit/tui/random` does more of it. */
const STEPS = Number(process.env.MUSTER_RANDOM_STEPS ?? 300)
const SEED = Number(process.env.MUSTER_RANDOM_SEED ?? 1)
/** Steps between two looks at the whole screen. */
const LOOK = 10
/** Steps after which a session is left for a new one. */
const SESSION = 400
/** Steps from which on it is said what was not come by. */
const MANY = 1000

/** All that is ever written to the terminal: places, erasing, colours, cursor, synchronized output, and text. */
const WRITTEN =
  /^(?:\x1b\[\d+;\d+H|\x1b\[\d+[GX]|\x1b\[[\d;]*m|\x1b\[\?(?:25|2026)[hl]|\x1b\[2J|[^\x00-\x1f\x7f-\x9f])*$/

const SIZES: readonly ScreenSize[] = [
  ...[
    { cols: 80, rows: 24 },
    { cols: 120, rows: 40 },
    { cols: 200, rows: 60 },
    { cols: 60, rows: 20 },
    { cols: 1, rows: 1 },
  ],
  ...[
    { cols: 109, rows: 24 },
    { cols: 110, rows: 25 },
    { cols: 81, rows: 33 },
    { cols: 79, rows: 24 },
    { cols: 300, rows: 30 },
  ],
]

// the screen's own pauses pass as fast as a test wants, and the same ones at every run
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] })
  vi.setSystemTime(new Date('2026-11-28T12:00:00Z'))
  vi.stubEnv('VISUAL', 'true')
  vi.stubEnv('TERM', 'vt220')
  // ^Z stops the screen, and not the tests
  vi.spyOn(process, 'kill').mockImplementation(() => {
    process.emit('SIGCONT')
    return true
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

/** Waits for a promise while the clock goes on. */
async function meanwhile(work: Promise<void>): Promise<void> {
  let done = false
  const ended = work.finally(() => {
    done = true
  })
  while (!done) await pass(1)
  return ended
}

/** What of the bytes is none of what may be written, with what is around it. */
function unexpectedIn(bytes: string): string {
  const rest = bytes.replace(new RegExp(WRITTEN.source.slice(1, -1).replace(/\*$/, ''), 'g'), '')
  const at = bytes.indexOf(rest.charAt(0))
  return `${JSON.stringify(rest)} in ${JSON.stringify(bytes.slice(Math.max(0, at - 200), at + 100))}`
}

/** Waits until nothing is drawn any more. */
async function rest(screen: EmulatedScreen): Promise<void> {
  for (let tree: unknown; tree !== screen.tree; ) {
    tree = screen.tree
    await meanwhile(screen.settled())
  }
}

/** Rows and columns that a frame takes beyond the terminal, as sentences. */
function beyond({ size, blocks }: Frame): string[] {
  return blocks.flatMap(({ x, y, width, rows }) => [
    ...(y + rows.length > size.rows || y < 0 ? [`rows ${y} to ${y + rows.length} of ${size.rows}`] : []),
    ...(x + width > size.cols || x < 0 ? [`columns ${x} to ${x + width} of ${size.cols}`] : []),
    ...rows.filter(row => widthOf(row) > width).map(row => `${widthOf(row)} columns in ${width}: ${row}`),
  ])
}

/** Everything that can be seen, as a terminal shows what is drawn for the first time. */
async function freshly(screen: EmulatedScreen) {
  const fresh = renderScreen(screen.emulator.size)
  await meanwhile(fresh.draw(screen.tree))
  fresh.unmount()
  return seen(fresh.emulator)
}

function seen(emulator: EmulatedScreen['emulator']) {
  const { x, y, visible } = emulator.cursor
  return { text: emulator.lines(), cursor: visible ? { x, y } : 'hidden', cells: emulator.cells() }
}

type Seen = ReturnType<typeof seen>

/** Rows that are not as they should be, and the first cell of each that is not. */
function differences(shown: Seen, fresh: Seen): string[] {
  const [cursor, wanted] = [JSON.stringify(shown.cursor), JSON.stringify(fresh.cursor)]
  const rows = fresh.cells.flatMap((row, y) => {
    const own = shown.cells[y] ?? []
    const [is, should] = [own.map(cell => JSON.stringify(cell)), row.map(cell => JSON.stringify(cell))]
    const at = should.findIndex((cell, index) => cell !== is[index])
    if (at < 0) return []
    return [
      `row ${y} is\n${shown.text[y]}\nand should be\n${fresh.text[y]}\nfrom ${is.slice(at, at + 2)}\nas ${should.slice(at, at + 2)}`,
    ]
  })
  return cursor === wanted ? rows : [`the cursor is at ${cursor} and should be at ${wanted}`, ...rows]
}

test(`${STEPS} steps of anything: nothing is thrown, nothing is left on the screen that a fresh one has not`, {
  timeout: 60_000 + 1000 * STEPS,
}, async () => {
  const random = new Random(SEED)
  const places = new SeenPlaces()
  const rows: RowCount = { painted: 0, unchanged: 0 }
  for (let done = 0; done < STEPS; done += SESSION)
    await anything(random, Math.min(SESSION, STEPS - done), places, rows)
  // a row is also written where panes change their places and by chance it looks the same
  expect(rows.unchanged, `of ${rows.painted}`).toBeLessThanOrEqual(2 + rows.painted / 50)
  if (STEPS >= MANY)
    console.log(`not come by: ${places.left.join(', ')}; rows written: ${rows.painted}, for nothing: ${rows.unchanged}`)
})

/** Rows that keys had written to the terminal, and those of them that showed the same before. */
interface RowCount {
  painted: number
  unchanged: number
}

/** Rows that bytes write to. */
const paintedRows = (bytes: string): ReadonlySet<number> =>
  new Set([...bytes.matchAll(/\x1b\[(\d+);\d+H\x1b\[\d+X/g)].map(([, row]) => Number(row) - 1))

/** One session with so many steps of anything. */
async function anything(random: Random, steps: number, places: SeenPlaces, count: RowCount): Promise<void> {
  const log: string[] = []
  const session = new RandomSession(random, random.one([{ web: 3 }, { web: 12, db: 40 }, { a: 1, b: 150 }]))
  let size = random.one(SIZES.filter(({ cols, rows }) => cols >= 80 && rows >= 24))
  const screen = new EmulatedScreen(session, { ...size, colour: random.chance(0.8) })
  let left = false
  screen.left.then(() => {
    left = true
  })
  const wrong: string[] = []
  /** What the terminal showed before the next key, and what that key has written. */
  let before: Seen | undefined
  let written = ''
  try {
    screen.onFrame = bytes => {
      written += bytes
      if (!WRITTEN.test(bytes)) wrong.push(`written to the terminal: ${unexpectedIn(bytes)}`)
    }
    for (let step = 0; step < steps && !left; step++) {
      const what = random.fraction()
      if (what < 0.35) log.push(session.happen())
      else if (what < 0.93) {
        const input = anyInput(random, size, before ? 0.5 : 0.1)
        log.push(JSON.stringify(input))
        written = ''
        for (const piece of input) {
          if (piece === PAUSE) await pass(1100)
          else if (!screen.isAttached) screen.send(piece)
        }
        if (before && !screen.isAttached && !left) {
          await rest(screen)
          const now = seen(screen.emulator)
          places.look(now.text)
          for (const row of input.length > 1 || written.includes('\x1b[2J') ? [] : paintedRows(written)) {
            count.painted += 1
            if (JSON.stringify(before.cells[row]) === JSON.stringify(now.cells[row])) count.unchanged += 1
          }
        }
      } else {
        size = random.chance(0.6) ? random.one(SIZES) : { cols: random.whole(1, 250), rows: random.whole(1, 70) }
        log.push(`${size.cols}×${size.rows}`)
        screen.resize(size.cols, size.rows)
      }
      before = undefined
      if (screen.isAttached && random.chance(0.3)) screen.send('exit\r')
      if (random.chance(0.2)) await pass(random.one([1, 45, 60, 300, 1100]))
      if (step % LOOK !== 0 || left) continue
      await rest(screen)
      if (screen.isAttached) continue
      before = seen(screen.emulator)
      places.look(before.text)
      if (screen.frame) wrong.push(...beyond(screen.frame))
      if (screen.emulator.clears > 1 + screen.redraws) wrong.push('the whole screen was cleared without need')
      const modes = [...screen.emulator.modes].filter(mode => mode !== 25).sort((a, b) => a - b)
      if (modes.join() !== '1002,1004,1006,1049,2004') wrong.push(`modes ${modes}`)
      wrong.push(...differences(before, await freshly(screen)))
      if (wrong.length > 0) throw new Error(wrong.slice(0, 3).join('\n'))
    }
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
    throw new Error(`seed ${SEED}, step ${log.length}, after ${log.slice(-20).join(' ')}\n${why}`)
  } finally {
    screen.hangUp()
    await meanwhile(screen.left)
  }
}
