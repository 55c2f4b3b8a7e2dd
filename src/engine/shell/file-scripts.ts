import { quote } from './quote.js'

/** Escaped content up to this many characters travels in the script itself; more goes over stdin. */
const LONGEST_INLINE = 256 * 1024
/** Content is cut into pieces of this size, for a `printf` that is a program of its own has a limit on its arguments. */
const PIECE = 64 * 1024

/** Exit codes by which {@link writeScript} and {@link readScript} say what is wrong. */
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
}

/** What to run on the host to replace a file, and what to send to its stdin. */
export interface WritePlan {
  readonly script: string
  readonly stdin?: Uint8Array
}

export interface WriteRequest {
  readonly path: string
  readonly content: Uint8Array
  /** Octal text; default: the replaced file's, else 0644. */
  readonly mode?: string
  readonly owner?: string
  readonly group?: string
  /** Random text for the temp file's name. */
  readonly nonce: string
}

/**
 * Replaces a file atomically: a temp file beside it, readable by nobody else, is filled, counted, given owner and mode, then renamed.
 * A symbolic link is followed, so that it is the file behind it that is replaced. Without `stat`, mode and owner of an existing file
 * cannot be kept and the write is refused, unless all three are given.
 */
export function writeScript(request: WriteRequest): WritePlan {
  const inline = printfPieces(request.content)
  const fill = inline === undefined ? 'cat' : inline.map(piece => `printf '${piece}'`).join(' && ') || ':'
  const script = `
d=${quote(request.path)} t= n=0
trap '[ -z "$t" ] || rm -f "$t"' 0
trap 'exit 143' 1 2 15
while [ -h "$d" ]; do
  n=$((n + 1))
  [ $n -le 40 ] || exit 85
  l=$(readlink "$d") || exit 85
  case $l in /*) d=$l ;; *) d=\${d%/*}/$l ;; esac
done
case $d in /*) ;; *) d=./$d ;; esac
p=\${d%/*}/
[ -d "$p" ] || exit 81
[ ! -d "$d" ] || exit 82
m=${quote(request.mode ?? '')} o=${quote(request.owner ?? '')} g=${quote(request.group ?? '')}
if [ -e "$d" ]; then
  if [ -z "$m" ] || [ -z "$o" ] || [ -z "$g" ]; then
    s=$(stat -c '%a %u %g' "$d" 2>/dev/null || stat -f '%Mp%Lp %u %g' "$d" 2>/dev/null) || exit 89
    set -- $s
    [ -n "$m" ] || m=$1
    [ -n "$o" ] || o=$2
    [ -n "$g" ] || g=$3
  fi
fi
t=$p.muster-${request.nonce}
umask 077
set -C
{ true >"$t"; } 2>/dev/null || { t=; exit 83; }
set +C
{ ${fill}; } >"$t" 2>/dev/null || exit 84
[ "$(wc -c <"$t")" -eq ${request.content.length} ] || exit 84
if [ -n "$o$g" ]; then
  have=$(stat -c '%u %g' "$t" 2>/dev/null || stat -f '%u %g' "$t" 2>/dev/null)
  [ "$have" = "$o $g" ] || chown "$o\${g:+:$g}" "$t" || exit 86
fi
chmod "\${m:-0644}" "$t" || exit 87
mv -f "$t" "$d" || exit 88
t=
`
  return inline === undefined ? { script, stdin: request.content } : { script }
}

/** Prints a file's bytes. */
export function readScript(path: string): string {
  const file = quote(path.startsWith('-') ? `./${path}` : path)
  return `if [ -d ${file} ]; then exit 92; elif [ ! -e ${file} ]; then exit 91; elif [ ! -r ${file} ]; then exit 93; fi; exec cat ${file}`
}

/** The reason behind an exit code of these scripts, else the last words of what was said. */
export function fileReason(exitCode: number, stderr: Uint8Array): string {
  const said = Buffer.from(stderr).toString('utf8').trim().split('\n').at(-1) ?? ''
  const reason = REASONS[exitCode]
  return reason === undefined
    ? `failed with exit code ${exitCode}${said ? ` (${said})` : ''}`
    : said
      ? `${reason} (${said})`
      : reason
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
