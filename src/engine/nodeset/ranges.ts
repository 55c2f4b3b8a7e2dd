/** Numbers between brackets, `1-3,7,010-012`: expanding them, and folding many back into few. */

/** The numbers of a bracket as the digits they are written with. @throws {RangeError} saying what is wrong. */
export function expandRanges(text: string): string[] {
  return text.split(',').flatMap(part => {
    const match = /^(\d+)(?:-(\d+)(?:\/(\d+))?)?$/.exec(part.trim())
    if (!match) throw new RangeError(`[${text}]: “${part}” is neither a number nor a range such as 1-9`)
    const [, from = '', to = from, step = '1'] = match
    const width = from.startsWith('0') || to.startsWith('0') ? from.length : 0
    const [first, last, stride] = [Number(from), Number(to), Number(step)]
    if (last < first) throw new RangeError(`[${text}]: ${part} runs backwards`)
    if (stride < 1) throw new RangeError(`[${text}]: a step must be 1 or more`)
    if ((last - first) / stride > MOST) throw new RangeError(`[${text}]: more than ${MOST} numbers`)
    return Array.from({ length: Math.floor((last - first) / stride) + 1 }, (_, i) =>
      String(first + i * stride).padStart(width, '0'),
    )
  })
}

const MOST = 100_000

/** Folds digit strings into bracket text: `['1','2','3','7']` → `1-3,7`. Numbers of different zero-padding stay apart. */
export function foldRanges(digits: readonly string[]): string {
  const widths = new Set(digits.filter(isPadded).map(number => number.length))
  const byWidth = new Map<number, number[]>()
  for (const number of new Set(digits)) {
    const width = widths.has(number.length) ? number.length : 0
    byWidth.set(width, [...(byWidth.get(width) ?? []), Number(number)])
  }
  return [...byWidth]
    .sort(([a], [b]) => a - b)
    .flatMap(([width, numbers]) => runs(numbers).map(([first, last]) => runText(first, last, width)))
    .join(',')
}

const isPadded = (digits: string): boolean => digits.length > 1 && digits.startsWith('0')

function runs(numbers: number[]): [first: number, last: number][] {
  const found: [number, number][] = []
  for (const number of numbers.sort((a, b) => a - b)) {
    const open = found.at(-1)
    if (open && number === open[1] + 1) open[1] = number
    else found.push([number, number])
  }
  return found
}

function runText(first: number, last: number, width: number): string {
  const pad = (number: number): string => String(number).padStart(width, '0')
  return first === last ? pad(first) : `${pad(first)}-${pad(last)}`
}
