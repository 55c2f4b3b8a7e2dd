/** How text is drawn, as far as text from hosts may say: no blinking, nothing hidden. */
export interface Style {
  readonly bold?: true
  readonly dim?: true
  readonly italic?: true
  readonly underline?: true
  readonly inverse?: true
  readonly strikethrough?: true
  /** SGR parameters of the colour: `31`, `38;5;200`, `38;2;1;2;3`. */
  readonly foreground?: string
  readonly background?: string
}

type Attribute = 'bold' | 'dim' | 'italic' | 'underline' | 'inverse' | 'strikethrough'

const ON: Readonly<Record<number, Attribute>> = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  7: 'inverse',
  9: 'strikethrough',
}

const OFF: Readonly<Record<number, readonly (keyof Style)[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
  29: ['strikethrough'],
  39: ['foreground'],
  49: ['background'],
}

export const PLAIN: Style = {}

/**
 * The style after an SGR sequence (ECMA-48 §8.3.117, ITU T.416 for 38 and 48). What is not colour, weight, slant, line or
 * inversion is passed over.
 *
 * @param parameters what stands between `CSI` and `m`
 * @example
 * applySgr(PLAIN, '1;31') // { bold: true, foreground: '31' }
 */
export function applySgr(style: Style, parameters: string): Style {
  const numbers = parameters.split(/[;:]/).map(Number)
  let result = style
  for (let at = 0; at < numbers.length; at++) {
    const code = numbers[at] ?? 0
    if (code === 38 || code === 48) {
      const length = numbers[at + 1] === 5 ? 3 : numbers[at + 1] === 2 ? 5 : 1
      const colour = numbers.slice(at, at + length)
      if (colour.length === length && length > 1 && colour.every(isByte))
        result = { ...result, [code === 38 ? 'foreground' : 'background']: colour.join(';') }
      at += length - 1
    } else result = applyCode(result, code)
  }
  return result
}

const isByte = (value: number) => Number.isInteger(value) && value >= 0 && value <= 255

function applyCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN
  const attribute = ON[code]
  if (attribute) return { ...style, [attribute]: true }
  const off = OFF[code]
  if (off) {
    const rest = { ...style }
    for (const key of off) delete rest[key]
    return rest
  }
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return { ...style, foreground: String(code) }
  if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) return { ...style, background: String(code) }
  return style
}

/** The sequence that turns plain text into text of this style; empty for plain. */
export function openStyle(style: Style): string {
  const codes: string[] = []
  for (const [code, attribute] of Object.entries(ON)) if (style[attribute]) codes.push(code)
  if (style.foreground !== undefined) codes.push(style.foreground)
  if (style.background !== undefined) codes.push(style.background)
  return codes.length > 0 ? `\x1b[${codes.join(';')}m` : ''
}

/** Back to plain text. */
export const CLOSE_STYLE = '\x1b[m'
