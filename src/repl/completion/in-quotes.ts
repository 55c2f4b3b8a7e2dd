/** The signs a text of TypeScript stands between. */
export type Quote = "'" | '"' | '`'

/**
 * The text that something written between quotes stands for.
 *
 * @returns `undefined` where it holds an escape of another kind (`\n`, `\x41`), of which nobody knows where a name in it begins
 * @example
 * readInQuotes("it\\'s") // "it's"
 */
export function readInQuotes(written: string): string | undefined {
  return /\\(?!['"`\\$ ])/.test(written) ? undefined : written.replace(/\\([\s\S])/g, '$1')
}

/**
 * A text as it is written between quotes.
 *
 * @example
 * writeInQuotes("it's", "'") // "it\\'s"
 */
export function writeInQuotes(text: string, quote: Quote): string {
  const special = quote === '`' ? /[\\`]|\$(?=\{)/g : quote === "'" ? /[\\']/g : /[\\"]/g
  return text.replace(special, '\\$&')
}

/** Where in what is written the character stands that is the `count`th of the text it stands for. */
export function offsetInQuotes(written: string, count: number): number {
  let at = 0
  for (let read = 0; read < count && at < written.length; read++) at += written[at] === '\\' ? 2 : 1
  return at
}
