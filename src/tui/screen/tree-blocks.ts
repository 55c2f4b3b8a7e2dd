import type { DOMElement } from 'ink'
import { truncate, wrap } from '../text/width.js'
import type { Block, Position } from './frame.js'
import type { Placements } from './placement.js'

/** A block and how high it lies. */
interface Layered {
  readonly layer: number
  readonly block: Block
  readonly cursor?: Position | undefined
}

/**
 * The blocks of a component tree that Ink has laid out: its `<Rows>` and its `<Text>`, in the order they are drawn, and the
 * cursor of the topmost block that has one.
 *
 * Ink itself would put every character of the tree into a grid of cells, at several microseconds a cell, and make lines of them
 * again. A block's rows are taken as they are.
 */
export function blocksOf(
  root: DOMElement,
  placements: Placements,
): { readonly blocks: readonly Block[]; readonly cursor?: Position } {
  const layered = [...walk(root, 0, 0, placements)].sort((a, b) => a.layer - b.layer)
  const cursor = layered.findLast(block => block.cursor)?.cursor
  return { blocks: layered.map(({ block }) => block), ...(cursor ? { cursor } : {}) }
}

function* walk(node: DOMElement, left: number, top: number, placements: Placements): Generator<Layered> {
  if (!node.yogaNode || node.style.display === 'none') return
  const x = left + node.yogaNode.getComputedLeft()
  const y = top + node.yogaNode.getComputedTop()
  const placed = placements.get(node)
  if (placed) {
    const { width, rows, layer, cursor } = placed
    yield { layer, block: { x, y, width, rows }, cursor: cursor && { x: x + cursor.x, y: y + cursor.y } }
  } else if (node.nodeName === 'ink-text') {
    const width = node.yogaNode.getComputedWidth()
    yield { layer: 0, block: { x, y, width, rows: textRows(node, width).slice(0, node.yogaNode.getComputedHeight()) } }
  } else {
    for (const child of node.childNodes) if (child.nodeName !== '#text') yield* walk(child, x, y, placements)
  }
}

/** The lines of a text element; those too long are wrapped between graphemes, or cut off where it says `wrap="truncate"`. */
function textRows(node: DOMElement, width: number): string[] {
  const lines = textOf(node).split('\n')
  const rows =
    node.style.textWrap === 'wrap' ? lines.flatMap(line => wrap(line, width)) : lines.map(line => truncate(line, width))
  return rows.map((row, index) => node.internal_transform?.(row, index) ?? row)
}

/** The text inside of an element, with the styles of the elements in it. */
function textOf(node: DOMElement): string {
  return node.childNodes
    .map((child, index) => {
      if (child.nodeName === '#text') return child.nodeValue
      const text = textOf(child)
      return text === '' ? '' : (child.internal_transform?.(text, index) ?? text)
    })
    .join('')
}
