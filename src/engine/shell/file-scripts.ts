import { quote } from './quote.js'
import { WRITING } from './writing-functions.js'

/** Escaped content up to this many characters travels in the script itself; more has a channel of its own. */
const LONGEST_INLINE = 256 * 1024
/** Content is cut into pieces of this size, for a `printf` that is a program of its own has a limit on its arguments. */
const PIECE = 64 * 1024

/** Codes by which scripts that touch files say what is wrong. */
const REASONS: Readonly<Record<number, string>> = {
  81: 'the directory does not exist',
  82: 'it is a directory',
  83: 'no permission to write in the directory, or it is read-only',
  84: 'cannot be written (is the disk full?)',
  85: 'the symbolic links go in a circle',
  86: 'cannot take the owner or group asked for',
  87: 'cannot take the mode asked for',
  88: 'cannot replace the file that is there',
  89: 'the mode and owner of the file that is there cannot be read',
  91: 'no such file',
  92: 'it is a directory',
  93: 'no permission to read it',
  94: 'it is there and not a directory',
  95: 'what arrived is not what was sent',
  96: 'it is neither a file nor a directory',
}

/** What the system says, in the C locale, where it is plainer than the code. */
const SAID: readonly (readonly [RegExp, string])[] = [
  [/No space left on device/i, 'no space left on the device'],
  [/Disk quota exceeded/i, 'the disk quota is used up'],
  [/Read-only file system/i, 'the file system is read-only'],
  [/File too large/i, 'larger than the file system or a limit allows'],
  [/File ?name too long/i, 'the file name is too long'],
  [/Permission denied/i, 'no permission to write there'],
  [/Operation not permitted/i, 'not permitted'],
]

export interface WriteRequest {
  readonly path: string
  readonly content: Uint8Array
  /** Octal text; default: the replaced file's, else 0644. */
  readonly mode?: string
  readonly owner?: string
  readonly group?: string
  /** Name of the temp file. */
  readonly temp: string
}

/**
 * Replaces a file atomically in one round trip: a temp file beside it, readable by nobody else, is filled, counted, given owner and
 * mode, flushed to disk, then renamed. A symbolic link is followed, so that it is the file behind it that is replaced. Without
 * `stat`, mode and owner of an existing file cannot be kept and the write is refused, unless all three are given.
 *
 * @returns `undefined` when the content is too long to travel in a script.
 */
export function writeScript({ path, content, mode, owner, group, temp }: WriteRequest): string | undefined {
  const fill = printfFill(content)
  if (fill === undefined) return undefined
  return `${WRITING}
t=
no() { [ -z "$said" ] || printf '%s\\n' "$said" >&2; exit "$1"; }
trap '[ -z "$t" ] || rm -f "$t"' 0
trap 'exit 143' 1 2 15
real ${quote(path)} || no $?
t=$p${quote(temp)}
said=$( { set -C; { ${fill}; } >"$t"; } 2>&1 ) || { [ -e "$t" ] || { t=; no 83; }; full "$t"; no 84; }
[ "$(wc -c <"$t")" -eq ${content.length} ] || no 84
own "$t" "$d" ${quote(mode ?? '')} ${quote(owner ?? '')} ${quote(group ?? '')} || no $?
flush "$t"
said=$(mv -f "$t" "$d" 2>&1) || no 88
t=
`
}

/** Prints a file's bytes. */
export function readScript(path: string): string {
  const file = quote(path.startsWith('-') ? `./${path}` : path)
  return `if [ -d ${file} ]; then exit 92; elif [ ! -e ${file} ]; then exit 91; elif [ ! -r ${file} ]; then exit 93; fi; exec cat ${file}`
}

/** The reason behind an exit code of these scripts, in the words of the system where these are plainer, else its last words. */
export function fileReason(exitCode: number, stderr: Uint8Array | string): string {
  const all = Buffer.from(stderr).toString('utf8').trim()
  const plain = SAID.find(([pattern]) => pattern.test(all))?.[1]
  const reason = REASONS[exitCode]
  const told = exitCode >= 83 && exitCode <= 88 ? plain : undefined
  if (told !== undefined && exitCode <= 84) return told
  const said = told ?? all.split('\n').at(-1) ?? ''
  if (reason === undefined) return `failed with exit code ${exitCode}${said ? ` (${said})` : ''}`
  return said ? `${reason} (${said})` : reason
}

/** Shell text that prints content by `printf`; `undefined` when that would be too long. */
export function printfFill(content: Uint8Array): string | undefined {
  const pieces = printfPieces(content)
  return pieces && (pieces.map(piece => `printf '${piece}'`).join(' && ') || ':')
}

/**
 * Content as formats for `printf`, between single quotes; `undefined` when that would be too long.
 * printf(1p): `\ddd` is a byte in octal, `%%` a percent sign. Three digits always, for a digit may follow.
 * A format that began with `-` would be taken for an option (dash).
 */
export function printfPieces(content: Uint8Array): string[] | undefined {
  const pieces: string[] = []
  let piece = ''
  let length = 0
  for (const byte of content) {
    const text = (piece === '' && byte === MINUS ? '\\055' : ESCAPED[byte]) ?? ''
    length += text.length
    if (length > LONGEST_INLINE) return undefined
    piece += text
    if (piece.length >= PIECE) {
      pieces.push(piece)
      piece = ''
    }
  }
  if (piece !== '') pieces.push(piece)
  return pieces
}

const MINUS = 0x2d

const ESCAPED: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte)
  if (char === '%') return '%%'
  if (char === '\n' || (byte >= 0x20 && byte < 0x7f && char !== "'" && char !== '\\')) return char
  return `\\${byte.toString(8).padStart(3, '0')}`
})
