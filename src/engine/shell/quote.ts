/**
 * Quotes a string as one word of POSIX `sh`, whatever it holds.
 *
 * @example
 * quote("it's") // `'it'\\''s'`
 * quote('plain-word') // 'plain-word'
 * @throws {RangeError} for a NUL character, which no shell word can hold.
 */
export function quote(text: string): string {
  if (text.includes('\0')) throw new RangeError('a shell word cannot hold a NUL character')
  // `NAME=value` would be an assignment where a command is expected.
  const plain = /^[A-Za-z0-9_/.:@%+,-][A-Za-z0-9_/.:=@%+,-]*$/.test(text) && !/^[A-Za-z_][A-Za-z0-9_]*=/.test(text)
  return plain ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
