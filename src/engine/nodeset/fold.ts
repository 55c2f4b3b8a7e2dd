import { expandRanges, foldRanges } from './ranges.js'

/**
 * Names as a node set: `['web-1', 'web-2', 'web-3', 'db']` → `web-[1-3],db`, numbers folded in every position where that loses nothing.
 * `expandNames(foldNames(x))` gives the same names back.
 *
 * @see ClusterShell's NodeSet, whose notation this is.
 */
export function foldNames(names: Iterable<string>): string {
  let shapes = [...new Set(names)].map(splitNumbers)
  const dimensions = Math.max(0, ...shapes.map(shape => shape.numbers.length))
  for (let dimension = dimensions - 1; dimension >= 0; dimension--) shapes = foldDimension(shapes, dimension)
  return shapes.map(shapeText).join(',')
}

/** `web-[1-9] (9)`: hosts as a node set with their number. */
export function hostsText(hosts: readonly string[]): string {
  return hosts.length === 1 ? (hosts[0] ?? '') : `${foldNames(hosts)} (${hosts.length})`
}

/** The names of a node set without operators: `web-[1-3],db` → `web-1 web-2 web-3 db`. @throws {RangeError} for a malformed bracket. */
export function expandNames(text: string): string[] {
  return [...new Set(splitTopLevel(text).flatMap(expandOne))]
}

/** Splits at commas outside brackets. */
export function splitTopLevel(text: string): string[] {
  return text
    .split(/,(?![^[]*\])/)
    .map(part => part.trim())
    .filter(part => part !== '')
}

/** Expands the brackets of one name. */
export function expandOne(text: string): string[] {
  const open = text.indexOf('[')
  if (open < 0) {
    if (text.includes(']')) throw new RangeError(`${text}: “]” without “[”`)
    return [text]
  }
  const close = text.indexOf(']', open)
  if (close < 0) throw new RangeError(`${text}: “[” without “]”`)
  const [head, inside, tail] = [text.slice(0, open), text.slice(open + 1, close), text.slice(close + 1)]
  const tails = expandOne(tail)
  return expandRanges(inside).flatMap(number => tails.map(rest => head + number + rest))
}

/** A name as texts with number sets between them: `texts[0] numbers[0] texts[1] …`. */
interface Shape {
  readonly texts: readonly string[]
  readonly numbers: readonly (readonly string[])[]
}

function splitNumbers(name: string): Shape {
  // 15 digits is the longest number that is exact; longer ones are identifiers and stay text
  const parts = name.split(/((?<!\d)\d{1,15}(?!\d))/)
  return {
    texts: parts.filter((_, i) => i % 2 === 0),
    numbers: parts.filter((_, i) => i % 2 === 1).map(number => [number]),
  }
}

/** Joins shapes that differ in one number position alone. */
function foldDimension(shapes: readonly Shape[], dimension: number): Shape[] {
  const families = new Map<string, { shape: Shape; digits: string[] }>()
  for (const shape of shapes) {
    const digits = shape.numbers[dimension]
    const others = shape.numbers.map((set, i) => (i === dimension ? '' : foldRanges(set)))
    const key = JSON.stringify([digits ? dimension : -1, shape.texts, others])
    const family = families.get(key)
    if (family && digits) family.digits.push(...digits)
    else families.set(key, { shape, digits: [...(digits ?? [])] })
  }
  return [...families.values()].map(({ shape, digits }) => ({
    texts: shape.texts,
    numbers: shape.numbers.map((set, i) => (i === dimension ? digits : set)),
  }))
}

function shapeText({ texts, numbers }: Shape): string {
  return texts
    .map((text, i) => {
      const digits = numbers[i]
      if (!digits) return text
      return text + (digits.length === 1 ? digits[0] : `[${foldRanges(digits)}]`)
    })
    .join('')
}
