import type { TokenKind } from '../editor/scan.js'
import { SourceScanner } from '../editor/source.js'
import type { Paint, Theme } from './theme.js'

const scanner = new SourceScanner()

/** The lines of a source, coloured. */
export function highlight(lines: readonly string[], theme: Theme): string[] {
  return scanner
    .scan(lines)
    .map(({ text, tokens }) =>
      tokens.map(({ kind, start, end }) => paintOf(kind, theme)(text.slice(start, end))).join(''),
    )
}

const plain: Paint = text => text

function paintOf(kind: TokenKind, theme: Theme): Paint {
  switch (kind) {
    case 'comment':
      return theme.faint
    case 'keyword':
      return theme.keyword
    case 'string':
    case 'template':
    case 'regex':
      return theme.string
    case 'number':
    case 'literal':
      return theme.number
    case 'call':
      return theme.name
    default:
      return plain
  }
}
