import { lineEnd, lineStart } from './positions.js'
import type { Token } from './scan.js'
import { type ScannedLine, SourceScanner } from './source.js'

const scanner = new SourceScanner()

/** A bracket by its place in the text. */
interface Placed {
  readonly at: number
  readonly end: number
  readonly depth: number
  readonly opens: boolean
}

const isBracket = (token: Token) => token.kind === 'open' || token.kind === 'close'

function* brackets(lines: readonly ScannedLine[]): Generator<Placed> {
  let offset = 0
  for (const { text, tokens } of lines) {
    for (const token of tokens)
      if (isBracket(token) && token.depth !== undefined)
        yield { at: offset + token.start, end: offset + token.end, depth: token.depth, opens: token.kind === 'open' }
    offset += text.length + 1
  }
}

/**
 * The bracket left of the cursor, else the one under it, and its partner.
 *
 * @param lines all lines of `text`, scanned
 * @returns both stretches, the opening one first; nothing when there is no bracket or it has no partner
 */
export function matchingBrackets(
  text: string,
  lines: readonly ScannedLine[],
  cursor: number,
):
  | readonly [{ readonly start: number; readonly end: number }, { readonly start: number; readonly end: number }]
  | undefined {
  if (!/[()[\]{}]/.test(text.slice(Math.max(0, cursor - 1), cursor + 1))) return undefined
  const open: Placed[] = []
  let under: readonly [Placed, Placed] | undefined
  for (const bracket of brackets(lines)) {
    if (bracket.opens) open.push(bracket)
    else {
      const partner = open.pop()
      if (!partner) continue
      if (bracket.end === cursor || partner.end === cursor) return stretches(partner, bracket)
      if (bracket.at === cursor || partner.at === cursor) under ??= [partner, bracket]
    }
  }
  return under && stretches(...under)
}

const stretches = (a: Placed, b: Placed) =>
  [
    { start: a.at, end: a.end },
    { start: b.at, end: b.end },
  ] as const

/** The partner of the first bracket at or right of a place, on its line. */
export function partnerAt(text: string, at: number): number | undefined {
  const end = lineEnd(text, at)
  const open: Placed[] = []
  let first: { readonly at: number; readonly partner: number } | undefined
  const meet = (one: Placed, other: Placed) => {
    if (one.at >= at && one.at < end && (!first || one.at < first.at)) first = { at: one.at, partner: other.at }
  }
  for (const bracket of brackets(scanner.scan(text.split('\n')))) {
    if (bracket.opens) open.push(bracket)
    else {
      const partner = open.pop()
      if (!partner) continue
      meet(partner, bracket)
      meet(bracket, partner)
    }
  }
  return first?.partner
}

/** Where the innermost bracket that is open at a place stands; nothing inside of a template's text or a comment. */
export function innermost(text: string, at: number): number | undefined {
  const lines = scanner.scan([
    ...text.slice(0, lineStart(text, at)).split('\n').slice(0, -1),
    text.slice(lineStart(text, at), at),
  ])
  const state = lines.at(-1)?.state
  if (!state || state.inside !== undefined || state.open.at(-1)?.text === '`') return undefined
  const open: Placed[] = []
  for (const bracket of brackets(lines)) {
    if (bracket.opens) open.push(bracket)
    else open.pop()
  }
  return open.at(-1)?.at
}
