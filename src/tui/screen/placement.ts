import type { DOMElement } from 'ink'
import { createContext } from 'react'
import type { Position } from './frame.js'

/** Prepared rows that fill the box of an element. */
export interface Placement {
  readonly width: number
  readonly rows: readonly string[]
  readonly layer: number
  /** Where the cursor stands inside. */
  readonly cursor?: Position | undefined
}

/** The rows of the boxes in a component tree. A box that is gone from the tree is not looked up any more. */
export class Placements {
  readonly #placements = new WeakMap<DOMElement, Placement>()
  readonly #onChange: () => void

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  set(element: DOMElement, placement: Placement): void {
    this.#placements.set(element, placement)
    this.#onChange()
  }

  get(element: DOMElement): Placement | undefined {
    return this.#placements.get(element)
  }
}

/** Where the rows of a tree are put down. */
export const PlacementsContext = createContext<Placements | undefined>(undefined)
