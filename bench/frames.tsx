// What a frame costs: CPU and bytes for a screen of three panes and a prompt, drawn by Ink alone and by Ink with prepared rows.
// Usage: NODE_ENV=production npx tsx --tsconfig tsconfig.test.json bench/frames.tsx
import { Box, render, Text } from 'ink'
import type { ReactElement } from 'react'
import { paste, type } from '../src/tui/editor/insert.js'
import { SourceScanner } from '../src/tui/editor/source.js'
import { editorOf } from '../src/tui/editor/state.js'
import { PLAIN_EDITOR } from '../src/tui/editor/theme.js'
import { viewEditor } from '../src/tui/editor/view.js'
import type { ScreenSize } from '../src/tui/screen/frame.js'
import { FrameWriter } from '../src/tui/screen/frame-writer.js'
import { InkFrames } from '../src/tui/screen/ink-frames.js'
import { Rows, type RowsProps } from '../src/tui/screen/rows.js'

const WARM_UP = 50
const FRAMES = 200
const SIZES = [
  { cols: 80, rows: 24 },
  { cols: 120, rows: 40 },
  { cols: 200, rows: 60 },
]

type Block = (props: RowsProps) => ReactElement

/** The rows of a block as Ink draws them by itself. */
const TextRows: Block = ({ width, height, rows }) => (
  <Box width={width} height={height} flexShrink={0}>
    <Text wrap="truncate">{rows.slice(0, height).join('\n')}</Text>
  </Box>
)

/** A row as panes have them: a sign and a name in colour, figures dimmed, text. */
const paneRow = (pane: number, row: number, tick: number) =>
  `\x1b[32m●\x1b[m web-${pane}-${row}  \x1b[2m${(row * 7) % 40} ms\x1b[m  \x1b[1mstate ${tick}\x1b[m some text that is longer than the pane is wide, mostly`

interface View {
  readonly tick: number
  /** Rows that show the tick. */
  readonly changing: (row: number) => boolean
  readonly prompt: readonly string[]
}

function screen(Block: Block, { cols, rows }: ScreenSize, { tick, changing, prompt }: View): ReactElement {
  const side = Math.floor(cols / 4)
  const height = rows - 6
  const pane = (index: number, width: number) => (
    <Box key={index} width={width} height={height + 2} paddingX={1} paddingY={1}>
      <Block
        width={width - 2}
        height={height}
        rows={Array.from({ length: height }, (_, row) =>
          paneRow(index, row, changing(row) ? tick : 0).slice(0, width + 10),
        )}
      />
    </Box>
  )
  return (
    <Box width={cols} height={rows} flexDirection="column">
      <Text wrap="truncate"> muster · inventory.ts focus web 12/40 ● 38 ready ○ 2 lost guard: confirm</Text>
      <Box>{[pane(0, side), pane(1, cols - 2 * side), pane(2, side)]}</Box>
      <Block width={cols} height={2} rows={prompt} />
      <Text wrap="truncate"> Tab complete ⏎ run ⌥⏎ newline ^R history ^P palette F6 pane ? keys</Text>
    </Box>
  )
}

const scanner = new SourceScanner()
const typed = "web.apt.packages({ packages: ['chrony'], update: tr"
const promptOf = (tick: number) =>
  viewEditor(type(paste(editorOf(), typed), String.fromCharCode(97 + (tick % 26))), scanner, {
    width: 120,
    height: 2,
    prompt: 'web 12 › ',
    continuation: '       … ',
    promptWidth: 9,
    theme: PLAIN_EDITOR,
    scroll: { top: 0, left: 0 },
  }).rows

const workloads: Readonly<Record<string, (tick: number) => View>> = {
  'a key is typed': tick => ({ tick: 0, changing: () => false, prompt: promptOf(tick) }),
  'a host reports': tick => ({ tick, changing: row => row === 5, prompt: [] }),
  'every row changes': tick => ({ tick, changing: () => true, prompt: [] }),
}

console.log('| screen | workload | Ink alone, ms CPU | prepared rows, ms CPU | bytes a frame |\n|---|---|---|---|---|')
for (const size of SIZES)
  for (const [name, view] of Object.entries(workloads)) {
    const alone = await inkAlone(size, view)
    const prepared = await preparedRows(size, view)
    const figures = [alone.toFixed(1), prepared.ms.toFixed(1), Math.round(prepared.bytes)]
    console.log(`| ${[`${size.cols}×${size.rows}`, name, ...figures].join(' | ')} |`)
  }

/** Milliseconds of CPU that each of many frames takes, after some to warm up. */
async function cpuPerFrame(draw: (tick: number) => void): Promise<number> {
  let begin = process.cpuUsage()
  for (let tick = 0; tick < WARM_UP + FRAMES; tick++) {
    if (tick === WARM_UP) begin = process.cpuUsage()
    draw(tick)
    await Promise.resolve()
  }
  const { user, system } = process.cpuUsage(begin)
  return (user + system) / 1000 / FRAMES
}

/** Ink as it comes, its frames thrown away: what they cost before any of them is written. */
async function inkAlone(size: ScreenSize, view: (tick: number) => View): Promise<number> {
  const stdout = new Proxy(process.stdout, {
    get(target, property) {
      if (property === 'write') return () => true
      if (property === 'columns') return size.cols
      if (property === 'rows') return size.rows
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const ink = render(screen(TextRows, size, view(0)), { stdout, debug: true, patchConsole: false })
  const ms = await cpuPerFrame(tick => ink.rerender(screen(TextRows, size, view(tick))))
  ink.unmount()
  return ms
}

async function preparedRows(size: ScreenSize, view: (tick: number) => View) {
  const writer = new FrameWriter({ write: (_, done) => done(), writeNow: () => {} })
  const frames = new InkFrames({
    stdin: process.stdin,
    stdout: process.stdout,
    size: () => size,
    onFrame: frame => writer.draw(frame),
  })
  let before = 0
  const ms = await cpuPerFrame(tick => {
    if (tick === WARM_UP) before = writer.counts.bytes
    frames.draw(screen(Rows, size, view(tick)))
  })
  frames.unmount()
  return { ms, bytes: (writer.counts.bytes - before) / FRAMES }
}
