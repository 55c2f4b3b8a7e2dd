import { isUtf8 } from 'node:buffer'
import { quote } from '../shell/quote.js'

/** A path as the bytes a file system holds: file names need not be UTF-8. */
export type BytePath = Buffer

/** A path that a person gave, with `./` before it where it could be taken for an option. */
export function bytePath(path: string): BytePath {
  return Buffer.from(path.startsWith('/') || path.startsWith('./') ? path : `./${path}`)
}

/** A path below a directory; `relative` may be empty. */
export function below(directory: BytePath, relative: BytePath): BytePath {
  if (relative.length === 0) return directory
  const slash = directory.at(-1) === 0x2f ? '' : '/'
  return Buffer.concat([directory, Buffer.from(slash), relative])
}

/** The directory a path lies in. */
export function directoryOf(path: BytePath): BytePath {
  const at = path.lastIndexOf('/')
  return at < 0 ? Buffer.from('.') : path.subarray(0, Math.max(1, at))
}

/** A path as a person reads it; bytes that are no UTF-8 show as `\xNN`. */
export function shownPath(path: BytePath): string {
  if (isUtf8(path)) return path.toString('utf8')
  return path.toString('latin1').replace(/[\x80-\xff]/g, byte => `\\x${byte.charCodeAt(0).toString(16)}`)
}

/**
 * Any bytes as one word of POSIX `sh`. What is not UTF-8 goes through `printf`, for scripts travel as UTF-8; a command
 * substitution eats line ends at its end, so these follow it.
 *
 * @throws {RangeError} for a NUL, which no shell word can hold.
 */
export function quoteBytes(bytes: Uint8Array): string {
  if (isUtf8(bytes)) return quote(Buffer.from(bytes).toString('utf8'))
  if (bytes.includes(0)) throw new RangeError('a shell word cannot hold a NUL character')
  let end = bytes.length
  while (bytes[end - 1] === 0x0a) end -= 1
  const octal = [...bytes.subarray(0, end)].map(byte => `\\${byte.toString(8).padStart(3, '0')}`).join('')
  const lines = '\n'.repeat(bytes.length - end)
  return `"$(printf '${octal}')"${lines ? `'${lines}'` : ''}`
}
