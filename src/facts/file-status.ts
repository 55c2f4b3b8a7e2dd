/** What stands at a path, without following a link in its last place. */
export type FileStatus = RegularFile | Directory | SymbolicLink | SpecialFile

interface Attributes {
  /** Permission bits as four octal digits: `0644`, `4755`. */
  readonly mode: string
  /** Name of the owner; its uid as text where it has no name. */
  readonly owner: string
  /** Name of the group; its gid as text where it has no name. */
  readonly group: string
  /** Left out in what a plan predicts: not known before it happens. */
  readonly times?: FileTimes
}

export interface FileTimes {
  /** Content last read, as far as the file system keeps it. */
  readonly accessed: Date
  /** Content last changed. */
  readonly modified: Date
  /** Content or attributes last changed. */
  readonly changed: Date
}

export interface RegularFile extends Attributes {
  readonly type: 'file'
  /** Bytes. */
  readonly size: number
}

export interface Directory extends Attributes {
  readonly type: 'directory'
}

export interface SymbolicLink extends Attributes {
  readonly type: 'link'
  /** What it points to, as written in it. */
  readonly target: string
}

export interface SpecialFile extends Attributes {
  readonly type: 'socket' | 'pipe' | 'block' | 'character'
}

/**
 * `sh` text that prints the status line of `$p`: GNU and busybox stat(1) by `-c`, the BSDs' by `-f`. Both know these fields, in
 * the manner of ls(1) for the mode; names that resolve to nothing are `UNKNOWN` or numbers, so the numbers are asked as well.
 */
export const STAT = `{ stat -c 'user=%U group=%G mode=%A atime=%X mtime=%Y ctime=%Z size=%s uid=%u gid=%g' "$p" 2>/dev/null ||
  stat -f 'user=%Su group=%Sg mode=%Sp atime=%a mtime=%m ctime=%c size=%z uid=%u gid=%g' "$p"; }`

const LINE =
  /^user=(?<user>.*) group=(?<group>.*) mode=(?<mode>\S{10})\S? atime=(?<atime>-?\d+) mtime=(?<mtime>-?\d+) ctime=(?<ctime>-?\d+) size=(?<size>\d+)(?: uid=(?<uid>\d+) gid=(?<gid>\d+))?$/

/** Reads what {@link STAT} printed and, for a link, its target on the lines after it. */
export function readStatus(stdout: string): FileStatus {
  const end = stdout.indexOf('\n')
  const found = LINE.exec(end === -1 ? stdout : stdout.slice(0, end))?.groups
  if (!found) throw new Error('expected a line of stat')
  const { user = '', group = '', mode = '', uid = user, gid = group } = found
  const attributes = {
    mode: octalMode(mode),
    owner: user === 'UNKNOWN' ? uid : user,
    group: group === 'UNKNOWN' ? gid : group,
    times: { accessed: at(found.atime), modified: at(found.mtime), changed: at(found.ctime) },
  }
  switch (mode[0]) {
    case '-':
      return { type: 'file', ...attributes, size: Number(found.size) }
    case 'd':
      return { type: 'directory', ...attributes }
    case 'l':
      return { type: 'link', ...attributes, target: stdout.slice(end + 1) }
    case 's':
      return { type: 'socket', ...attributes }
    case 'p':
      return { type: 'pipe', ...attributes }
    case 'b':
      return { type: 'block', ...attributes }
    case 'c':
      return { type: 'character', ...attributes }
    default:
      throw new Error(`expected a kind of file, found mode ${mode}`)
  }
}

/** What of a status a change can foresee: not the times, nor the mode of a link, which means nothing and differs by system. */
export function settledStatus(status: FileStatus | undefined): unknown {
  if (!status) return status
  const { times: _, mode, ...rest } = status
  return status.type === 'link' ? rest : { ...rest, mode }
}

/**
 * The mode of ls(1) as octal text.
 *
 * @example
 * octalMode('-rwsr-xr-x') // '4755'
 */
export function octalMode(symbolic: string): string {
  const bits = [...symbolic.slice(1, 10)]
  const special = [/[sS]/, /[sS]/, /[tT]/].map((pattern, i) => pattern.test(bits[i * 3 + 2] ?? ''))
  const digit = (flags: readonly boolean[]): number => flags.reduce((sum, flag) => sum * 2 + Number(flag), 0)
  const triples = [0, 3, 6].map(i => digit(bits.slice(i, i + 3).map(bit => /[rwxst]/.test(bit))))
  return [digit(special), ...triples].join('')
}

function at(seconds: string | undefined): Date {
  return new Date(Number(seconds) * 1000)
}

/** What mode, owner and group of a path are called among topics, apart from `file:`: changing these leaves the content alone. */
export const attributesTopic = (path: string): string => `attributes:${path}`
