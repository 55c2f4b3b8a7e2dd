import { Box, type DOMElement } from 'ink'
import { type ReactElement, useContext, useLayoutEffect, useRef } from 'react'
import { truncate } from '../text/width.js'
import type { Position } from './frame.js'
import { PlacementsContext } from './placement.js'
import { asciiRow, SignsContext } from './signs.js'

export interface RowsProps {
  /** Columns the block takes; longer rows are cut off. */
  readonly width: number
  /** Rows it takes; what is missing is blank, what is too much is left out. */
  readonly height: number
  /** One line of text each, coloured by SGR sequences; no other control characters. */
  readonly rows: readonly string[]
  /** Blocks with a higher number are drawn over those with a lower one; default 0. */
  readonly layer?: number
  /** Column and row of the cursor inside the block. */
  readonly cursor?: Position | undefined
}

/** A box of rows that are ready to be shown: what a pane is made of. */
export function Rows({ width, height, rows, layer = 0, cursor }: RowsProps): ReactElement {
  const placements = useContext(PlacementsContext)
  const ascii = useContext(SignsContext)
  const element = useRef<DOMElement>(null)
  useLayoutEffect(() => {
    if (!element.current) return
    const cut = Array.from({ length: height }, (_, index) => truncate(rows[index] ?? '', width))
    placements?.set(element.current, { width, rows: ascii ? cut.map(asciiRow) : cut, layer, cursor })
  }, [placements, ascii, width, height, rows, layer, cursor])
  return <Box ref={element} width={width} height={height} flexShrink={0} />
}
