import { stripVTControlCharacters } from 'node:util'
import { sanitise } from '../../engine/text/sanitise.js'
import { nodeSetIn } from '../document/group-row.js'
import { hostLine } from '../document/host-text.js'
import type { Theme } from '../document/theme.js'
import type { Position } from '../screen/frame.js'
import type { TerminalImage } from '../shells/terminal-image.js'
import { type ShellGroup, type ShellsView, shellGroups, typingTo } from '../state/shells.js'
import type { View } from '../state/view.js'
import { pad, truncate, widthOf } from '../text/width.js'

/** A group of shells on the screen: its title's row, and how many rows of its terminal are below. */
export interface Tile {
  readonly group: ShellGroup
  readonly index: number
  /** Row of the title, counted from the row below the screen's first. */
  readonly top: number
  readonly height: number
}

/** Rows of a terminal that a group has at least. */
const LEAST = 2

/**
 * Divides the rows among the groups: each gets what it has to show, as far as there is room, those that have ended one row.
 *
 * @param height rows for all of them
 */
export function shellTiles(open: ShellsView, height: number): readonly Tile[] {
  const groups = open.zoomed === undefined ? shellGroups(open) : zoomedGroup(open, open.zoomed)
  const ended = groups.filter(group => group.ended !== undefined).length
  const running = groups.length - ended
  // those around the cursor, where not all of them have room
  const most = Math.max(1, Math.floor((height - Math.min(ended, 3)) / (LEAST + 1)))
  const first = Math.max(0, Math.min(open.cursor - Math.floor(most / 2), running - most))
  const shown = groups.map((group, index) => ({ group, index }))
  const live = shown.slice(0, running).slice(first, first + most)
  const over = shown.slice(running).slice(0, Math.max(0, height - live.length * (LEAST + 1)))
  const rooms = divided(
    live.map(({ group }) => (live.length === 1 ? height : wantedRows(group.image))),
    height - live.length - over.length,
  )
  let top = 0
  return [...live, ...over].map(({ group, index }, at) => {
    const own = { group, index, top, height: rooms[at] ?? 0 }
    top += 1 + own.height
    return own
  })
}

function zoomedGroup({ shells }: ShellsView, host: string): readonly ShellGroup[] {
  return [{ hosts: [host], image: shells.get(host)?.image }]
}

const wantedRows = (image: TerminalImage | undefined): number => Math.max(LEAST, image ? lastRow(image) + 1 : 0)

/** The last row that says something, or has the cursor. */
const lastRow = ({ rows, cursor }: TerminalImage): number =>
  Math.max(
    cursor.y,
    rows.findLastIndex(row => row !== ''),
  )

/** Gives each what it wants where that fits, else the same to all that want more. */
function divided(wanted: readonly number[], room: number): readonly number[] {
  const given = wanted.map(() => 0)
  let left = room
  for (let open = wanted.length; left > 0 && open > 0; ) {
    const share = Math.max(1, Math.floor(left / open))
    open = 0
    for (const [index, want] of wanted.entries()) {
      const more = Math.min(share, want - (given[index] ?? 0), left)
      given[index] = (given[index] ?? 0) + more
      left -= more
      if ((given[index] ?? 0) < want) open += 1
    }
  }
  return given
}

/** Everything above the keys while shells are open. */
export function shellsPane(
  view: View,
  open: ShellsView,
  theme: Theme,
): { readonly rows: readonly string[]; readonly cursor: Position | undefined } {
  const { cols, rows: all } = view.size
  const height = all - 2
  const tiles = shellTiles(open, height)
  const rows = [headRow(view, open, tiles, theme)]
  let cursor: Position | undefined
  for (const tile of tiles) {
    const isActive = open.zoomed !== undefined || tile.index === open.cursor
    rows.push(titleRow(tile, isActive, cols, theme))
    const image = tile.group.image
    if (!image || tile.height === 0) {
      rows.push(...Array.from({ length: tile.height }, () => ''))
      continue
    }
    const start = firstRow(image, tile.height)
    const shown = image.rows.slice(start, start + tile.height).map(row => sanitise(row))
    if (isActive) cursor = { x: Math.min(image.cursor.x, cols - 1), y: rows.length + image.cursor.y - start }
    const old = tile.group.hosts.length > 1 ? image.since - start : 0
    rows.push(...shown.map((row, y) => (y < old ? theme.faint(stripVTControlCharacters(row)) : row)))
    rows.push(...Array.from({ length: tile.height - shown.length }, () => ''))
  }
  return { rows: Array.from({ length: all - 1 }, (_, y) => truncate(rows[y] ?? '', cols)), cursor }
}

/** The first row of a terminal in view: the end of what it shows, and the cursor. */
function firstRow(image: TerminalImage, height: number): number {
  return Math.min(image.cursor.y, Math.max(0, lastRow(image) + 1 - height))
}

function headRow(view: View, open: ShellsView, tiles: readonly Tile[], theme: Theme): string {
  const count = typingTo(open).length
  const typing =
    open.zoomed === undefined
      ? theme.warning(theme.strong(`typing to all ${count}`))
      : theme.accent(theme.strong(`typing to ${hostLine(open.zoomed)} alone`))
  const hidden = open.zoomed === undefined ? shellGroups(open).length - tiles.length : 0
  const waits = view.questions.length + view.approvals.length > 0 ? theme.warning('  a question waits') : ''
  const more = hidden > 0 ? theme.faint(`  ${hidden} more groups`) : ''
  const notice = view.notice === '' ? '' : `  ${theme.warning(hostLine(view.notice))}`
  const head = ` ${theme.strong('muster')} ${theme.faint('·')} shells on ${open.shells.size} hosts   `
  // what is said now goes before what is told all the time
  const tight = widthOf(head + typing + more + waits + notice) > view.size.cols
  return `${tight && notice !== '' ? ' ' : head}${typing}${more}${waits}${notice}`
}

function titleRow({ group: { hosts, ended } }: Tile, isActive: boolean, cols: number, theme: Theme): string {
  const count = hosts.length === 1 ? '' : `${hosts.length} hosts  `
  const line = isActive ? '━' : '─'
  const paint = isActive ? theme.accent : theme.faint
  if (ended !== undefined)
    return theme.bad(truncate(`✗ ${count}${nodeSetIn(hosts, Math.floor(cols / 2))}  ${hostLine(ended)}`, cols, '…'))
  const name = `${count}${nodeSetIn(hosts, cols - widthOf(count) - 8)}`
  return pad(
    `${paint(line.repeat(2))} ${theme.strong(name)} ${paint(line.repeat(Math.max(0, cols - widthOf(name) - 4)))}`,
    cols,
  )
}
