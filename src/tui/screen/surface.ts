import type { DOMElement } from 'ink'
import { createContext } from 'react'
import type { Block, Position } from './frame.js'

/** Prepared rows that fill the box of an Ink element. */
export interface Placement {
  readonly element: DOMElement
  readonly width: number
  readonly rows: readonly string[]
  /** Blocks with a higher number are drawn over those with a lower one; of equals, the one mounted later. */
  readonly layer: number
  /** Where the cursor stands inside the block. */
  readonly cursor?: Position | undefined
}

/**
 * The blocks of prepared rows in the component tree. Ink lays their boxes out but does not look at their text: it would spend
 * several microseconds on every cell of every frame.
 */
export class Surface {
  readonly #placements = new Map<symbol, Placement>()
  readonly #onChange: () => void

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  place(id: symbol, placement: Placement): void {
    this.#placements.set(id, placement)
    this.#onChange()
  }

  remove(id: symbol): void {
    this.#placements.delete(id)
    this.#onChange()
  }

  /** Blocks in drawing order, at the places Ink's layout gives them now, and the cursor of the topmost one that has it. */
  read(): { readonly blocks: readonly Block[]; readonly cursor?: Position } {
    let cursor: Position | undefined
    const placements = [...this.#placements.values()].sort((a, b) => a.layer - b.layer)
    const blocks = placements.map(({ element, width, rows, cursor: inside }) => {
      const { x, y } = originOf(element)
      if (inside) cursor = { x: x + inside.x, y: y + inside.y }
      return { x, y, width, rows }
    })
    return cursor ? { blocks, cursor } : { blocks }
  }
}

/** Yoga's positions are relative to the parent. */
function originOf(element: DOMElement): Position {
  let x = 0
  let y = 0
  for (let node: DOMElement | undefined = element; node; node = node.parentNode) {
    x += node.yogaNode?.getComputedLeft() ?? 0
    y += node.yogaNode?.getComputedTop() ?? 0
  }
  return { x, y }
}

/** The surface that the nearest screen draws. */
export const SurfaceContext = createContext<Surface | undefined>(undefined)
