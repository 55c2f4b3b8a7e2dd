/** A cell of the screen, counted from 0 at the top left. */
export interface Position {
  readonly x: number
  readonly y: number
}

export interface ScreenSize {
  readonly cols: number
  readonly rows: number
}

/** A rectangle of prepared rows. No row is wider than `width` columns. */
export interface Block extends Position {
  readonly width: number
  readonly rows: readonly string[]
}

/** What the screen should show: blocks in drawing order, and the cursor where there is one. */
export interface Frame {
  readonly size: ScreenSize
  readonly blocks: readonly Block[]
  readonly cursor?: Position
}

/** Part of one row of the screen. */
export interface Segment {
  readonly x: number
  readonly width: number
  readonly text: string
}

/** A frame cut into rows of segments, each row's segments in drawing order. */
export type Composed = readonly (readonly Segment[])[]

/** Cuts a frame into rows, as many as the terminal has, each with a blank ground; what lies outside the terminal is left out. */
export function compose({ size: { cols, rows }, blocks }: Frame): Composed {
  const composed: Segment[][] = Array.from({ length: rows }, () => [{ x: 0, width: cols, text: '' }])
  for (const { x, y, width, rows: lines } of blocks) {
    const visible = Math.min(width, cols - x)
    if (x < 0 || visible <= 0) continue
    for (const [index, text] of lines.entries()) composed[y + index]?.push({ x, width: visible, text })
  }
  return composed
}
