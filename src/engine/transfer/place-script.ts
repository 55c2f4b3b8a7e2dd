import { WRITING } from '../shell/writing-functions.js'
import { type BytePath, quoteBytes } from './byte-path.js'
import { SUM } from './checksum.js'

/** One file to be put in its place: from a temp file that is there already, or with its content in the script. */
export interface Placement {
  readonly index: number
  readonly temp: BytePath
  /** The place behind all links. */
  readonly place: BytePath
  /** Shell text that prints the content; without it, the temp file holds it. */
  readonly fill?: string
  readonly size: number
  /** Its checksum as the host's tool prints it. */
  readonly sum: string
  /** Octal text. */
  readonly mode: string
  /** Names or numbers; empty: what a new file gets. */
  readonly owner: string
  readonly group: string
}

/** A file that could not be put in its place. */
export interface Misplaced {
  readonly index: number
  /** See `fileReason`. */
  readonly code: number
  readonly said: string
}

const FUNCTIONS = `${WRITING}${SUM}
no() { printf '%s\\0%s\\0%s\\0' "$1" "$2" "$said"; rm -f "$3"; said=; }
`

/**
 * Fills, verifies, flushes and renames files, as many as are given; prints those that could not be. What few programs can do for
 * many files at once (checksums, flushing, modes) is done so: starting a program costs more than a small file.
 */
export function placeScript(files: readonly Placement[]): string {
  const lines: string[] = []
  for (const { index, temp, fill } of files) {
    lines.push(`t${index}=${quoteBytes(temp)}`)
    if (fill === undefined) continue
    lines.push(
      `said=$( { set -C; { ${fill}; } >"$t${index}"; } 2>&1 ) || if [ -e "$t${index}" ]; then full "$t${index}"; no ${index} 84 "$t${index}"; t${index}=; else no ${index} 83 ''; t${index}=; fi`,
    )
  }
  lines.push(alive(files), 'if [ $# -gt 0 ]; then', wholeCheck(files), 'flush "$@"')
  for (const file of files) lines.push(verify(file))
  for (const [mode, some] of byMode(files)) lines.push(...moded(mode, some))
  for (const file of files) lines.push(rename(file))
  lines.push('fi')
  return `${FUNCTIONS}${lines.join('\n')}\nprintf 'done\\0'\n`
}

/** Makes the temp files that are left the positional parameters. */
function alive(files: readonly Placement[]): string {
  return `set --\n${files.map(({ index }) => `[ -z "$t${index}" ] || set -- "$@" "$t${index}"`).join('\n')}`
}

/** Sets `whole` when all checksums are right at once; where they are not, or names confuse the program, each file is looked at. */
function wholeCheck(files: readonly Placement[]): string {
  const expected = files.map(({ sum }) => sum).join('\n')
  return `whole=
if [ $# -eq ${files.length} ] && [ $tool = sha256 ] && have sha256sum && [ $# -gt 1 ]; then
  [ "$(sha256sum "$@" 2>/dev/null | cut -c1-64)" != '${expected}' ] || whole=1
fi`
}

function verify({ index, size, sum }: Placement): string {
  const t = `"$t${index}"`
  return `if [ -n ${t} ] && [ -z "$whole" ]; then
  if [ ! -e ${t} ]; then said='the temp file is gone'; no ${index} 95 ''; t${index}=
  else case $(sum ${size} <${t}) in *'${sum}'*) ;; *) said=; no ${index} 95 ${t}; t${index}= ;; esac; fi
fi`
}

/** Files that only need a mode, by mode. */
function byMode(files: readonly Placement[]): Map<string, Placement[]> {
  const groups = new Map<string, Placement[]>()
  for (const file of files) {
    if (file.owner !== '' || file.group !== '') continue
    const group = groups.get(file.mode)
    if (group) group.push(file)
    else groups.set(file.mode, [file])
  }
  return groups
}

function moded(mode: string, files: readonly Placement[]): string[] {
  const each = files.map(
    ({ index }) =>
      `[ -z "$t${index}" ] || said=$(chmod ${mode} "$t${index}" 2>&1) || { no ${index} 87 "$t${index}"; t${index}=; }`,
  )
  return [alive(files), `[ $# -eq 0 ] || chmod ${mode} "$@" 2>/dev/null || {`, ...each, '}']
}

function rename({ index, place, mode, owner, group }: Placement): string {
  const t = `"$t${index}"`
  const d = quoteBytes(place)
  const owned =
    owner === '' && group === ''
      ? ''
      : `{ own ${t} ${d} ${mode} ${quoteBytes(Buffer.from(owner))} ${quoteBytes(Buffer.from(group))} || { no ${index} $? ${t}; false; }; } && `
  return `[ ! -e ${t} ] || { ${owned}{ said=$(mv -f ${t} ${d} 2>&1) || no ${index} 88 ${t}; }; }`
}

/** Reads what {@link placeScript} printed. @throws {Error} when it did not come to its end. */
export function readMisplaced(stdout: Buffer): Misplaced[] {
  const fields = stdout.toString('utf8').split('\0')
  const misplaced: Misplaced[] = []
  for (let at = 0; ; at += 3) {
    const [index, code, said] = fields.slice(at, at + 3)
    if (index === 'done') return misplaced
    if (index === undefined || code === undefined || said === undefined) throw new Error('the script did not end')
    misplaced.push({ index: Number(index), code: Number(code), said })
  }
}
