import { type BytePath, quoteBytes } from './byte-path.js'
import { type Algorithm, readChecksum, SUM } from './checksum.js'
import type { TreeEntry } from './local-tree.js'
import { fieldsOf } from './survey-script.js'

const S_IFMT = 0o170000
const S_IFREG = 0o100000
const S_IFDIR = 0o040000
const S_IFLNK = 0o120000

/**
 * Prints what find(1) hands it: mode (hexadecimal) and size of each, a line each, then their names, then the targets of links.
 * One stat(1) serves many; where it fails (a file has gone, or there is no stat) each is asked for by itself.
 */
const LIST = `
st() {
  stat $F -c '%f %s' "$@" 2>/dev/null || stat $F -f '%Xp %z' "$@" 2>/dev/null
}
one() {
  st "$1" || if [ -h "$1" ]; then echo a1ff 0
  elif [ -d "$1" ]; then echo 41ed 0
  elif [ -f "$1" ]; then n=$(wc -c <"$1") && if [ -x "$1" ]; then echo 81ed $n; else echo 81a4 $n; fi
  else echo 0 0; fi
}
s=$(st "$@") && [ "$(printf '%s\\n' "$s" | wc -l)" -eq $# ] || s=$(for f do one "$f"; done)
printf '%s\\0' "$s" "$@"
for f do [ ! -h "$f" ] || [ -n "$F" -a -e "$f" ] || { t=$(readlink "$f" && echo x); printf '%s\\0' "\${t%?x}"; }; done
`

/** Lists a file or a directory with all it holds; a link given as the top is followed. Exit codes as those of `fileReason`. */
export function listScript(top: BytePath, followLinks: boolean): string {
  const link = followLinks ? '-L' : ''
  return `LC_ALL=C; export LC_ALL
top=${quoteBytes(top)}
[ -e "$top" ] || exit 91
F=${link}; export F
if [ -d "$top" ]; then cd "$top" || exit 93; find ${link} . -exec sh -c ${quoteBytes(Buffer.from(LIST))} sh {} +
elif [ -f "$top" ]; then F=-L; sh -c ${quoteBytes(Buffer.from(LIST))} sh "$top"
else exit 96; fi
`
}

/**
 * Reads what {@link listScript} printed. What is neither file, directory nor link comes as a name alone.
 *
 * @throws {Error} when it is not that, or holds a path that leads out of the tree: a host is not to say where files go
 */
export function readList(stdout: Buffer): { entries: TreeEntry[]; skipped: BytePath[] } {
  const next = fieldsOf(stdout)
  const entries: TreeEntry[] = []
  const skipped: BytePath[] = []
  for (let stats = next(); stats !== undefined; stats = next()) {
    const lines = stats.toString('latin1').split('\n')
    const names = lines.map(() => required(next()))
    for (const [i, line] of lines.entries()) {
      const [hex = '', size = ''] = line.split(' ')
      const mode = Number.parseInt(hex, 16)
      const path = insidePath(names[i])
      const isLink = (mode & S_IFMT) === S_IFLNK
      if (isLink) entries.push({ type: 'link', path, target: required(next()) })
      else if ((mode & S_IFMT) === S_IFREG) entries.push({ type: 'file', path, mode: mode & 0o777, size: Number(size) })
      else if ((mode & S_IFMT) === S_IFDIR) entries.push({ type: 'directory', path, mode: mode & 0o777 })
      else skipped.push(path)
    }
  }
  return { entries: withParents(entries), skipped }
}

/** `./a/b` as `a/b`, the top as nothing. */
function insidePath(name: BytePath | undefined): BytePath {
  const path = required(name)
  if (path[0] !== 0x2e || (path.length > 1 && path[1] !== 0x2f)) return Buffer.alloc(0)
  const inside = path.subarray(2)
  if (
    inside
      .toString('latin1')
      .split('/')
      .some(part => part === '..')
  )
    throw new Error('the host names a file outside of the directory')
  return Buffer.from(inside)
}

/** Only what lies in a listed directory: else a link of the host could lead files elsewhere. */
function withParents(entries: readonly TreeEntry[]): TreeEntry[] {
  const directories = new Set([''])
  return entries.filter(({ type, path }) => {
    const name = path.toString('latin1')
    if (!directories.has(name.slice(0, Math.max(0, name.lastIndexOf('/')))))
      throw new Error('the host names a file in no directory of it')
    if (type === 'directory') directories.add(name)
    return true
  })
}

function required(field: Buffer | undefined): Buffer {
  if (field === undefined) throw new Error('the listing is cut off')
  return field
}

/** `first N` prints so many bytes of its stdin; where head(1) has no -c, all. */
const FIRST = `
if head -c 1 </dev/null >/dev/null 2>&1; then first() { head -c "$1"; }; else first() { cat; }; fi
`

/** A file of a host, and how many of its bytes are meant: more may be added while it is read. */
export interface Stretch {
  readonly index: number
  readonly path: BytePath
  readonly size: number
}

/** Prints the checksums of the beginnings of files. */
export function sumsScript(files: readonly Stretch[]): string {
  const lines = files.map(
    ({ index, path, size }) => `printf '%s\\0%s\\0' ${index} "$(first ${size} <${quoteBytes(path)} | sum ${size})"`,
  )
  return `LC_ALL=C; export LC_ALL${SUM}${FIRST}printf '%s\\0' $tool
${lines.join('\n')}
`
}

/** Reads what {@link sumsScript} printed. */
export function readSums(stdout: Buffer): { algorithm: Algorithm; sums: Map<number, string> } {
  const next = fieldsOf(stdout)
  const algorithm: Algorithm = next()?.toString('latin1') === 'cksum' ? 'cksum' : 'sha256'
  const sums = new Map<number, string>()
  for (let index = next(); index !== undefined; index = next()) {
    const sum = readChecksum(algorithm, next()?.toString('latin1') ?? '')
    if (sum !== undefined) sums.set(Number(index.toString('latin1')), sum)
  }
  return { algorithm, sums }
}

/**
 * Prints the bytes of files, each as `INDEX SIZE`, a newline, the bytes, a newline, and the checksum on a line; or `INDEX -CODE`
 * where it cannot be read.
 */
export function bytesScript(files: readonly { readonly index: number; readonly path: BytePath }[]): string {
  const lines = files.map(({ index, path }) => `g ${index} ${quoteBytes(path)}`)
  return `LC_ALL=C; export LC_ALL${SUM}${FIRST}printf '%s\\n' $tool
g() {
  if [ ! -e "$2" ]; then echo "$1 -91"
  elif n=$(wc -c <"$2" 2>/dev/null); then
    echo "$1" $n
    first $n <"$2"
    printf '\\n%s\\n' "$(first $n <"$2" | sum $n)"
  else echo "$1 -93"; fi
}
${lines.join('\n')}
`
}
