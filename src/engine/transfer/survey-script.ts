import { WRITING } from '../shell/writing-functions.js'
import { type BytePath, quoteBytes } from './byte-path.js'
import { type Algorithm, readChecksum, SUM } from './checksum.js'

/** What is to stand at a place of a host. */
export type Wanted =
  | { readonly type: 'file'; readonly path: BytePath; readonly size: number }
  | { readonly type: 'directory'; readonly path: BytePath }
  | { readonly type: 'link'; readonly path: BytePath; readonly target: Buffer }

/** What stands there. */
export type Found =
  /** Nothing; `place` is where the links at the end of the path lead. */
  | { readonly type: 'nothing'; readonly place: BytePath }
  | {
      readonly type: 'file'
      readonly place: BytePath
      /** Octal text. */
      readonly mode: string
      readonly owner: string
      readonly group: string
      readonly size: number
      /** Only of a file that has the size wanted. */
      readonly sum?: string
    }
  | { readonly type: 'directory' }
  /** The link wanted, or another in its place. */
  | { readonly type: 'link'; readonly same: boolean }
  /** It cannot be there; see `fileReason`. */
  | { readonly type: 'obstacle'; readonly code: number }

/** What a host was found to be, as far as it concerns files. */
export interface Survey {
  readonly algorithm: Algorithm
  readonly found: readonly Found[]
}

/** Temp files are called so: what is left of a transfer that was cut off is known by its name. */
export const tempName = (nonce: string, index: number): string => `.muster-${nonce}-${index}.tmp`
/** Random characters in the name of a temp file. */
export const NONCE_BYTES = 6
const LEFT_BEHIND = `.muster-${'?'.repeat(2 * NONCE_BYTES)}-*.tmp`

/**
 * Prints what stands at places. Temp files older than a day in the directories of files are removed: nobody is filling them.
 * A missing directory above a file is an obstacle only where `parents` does not say that it will be made.
 */
export function surveyScript(wanted: readonly Wanted[], parents: boolean): string {
  const lines = wanted.map(question)
  return `${WRITING}${SUM}
out() { printf '%s\\0' "$@"; }
cleaned=
clean() {
  [ "$p" != "$cleaned" ] || return 0
  cleaned=$p
  find "$p." ! -name . -prune -type f -name '${LEFT_BEHIND}' -mtime +0 -exec rm -f {} + 2>/dev/null
}
f() {
  real "$1" || {
    c=$?
    if [ $c = 81 ] && [ ${parents ? 1 : 0} = 1 ]; then out nothing "$1"; else out obstacle $c; fi
    return
  }
  clean
  if [ -f "$d" ]; then
    a=$(st "$d") || { out obstacle 89; return; }
    h=
    case $a in *" $2") h=$(sum "$2" <"$d" 2>/dev/null) ;; esac
    out file "$d" "$a" "$h"
  elif [ -e "$d" ]; then out obstacle 96
  else out nothing "$d"; fi
}
d() {
  if [ -d "$1" ]; then out directory
  elif [ -e "$1" ] || [ -h "$1" ]; then out obstacle 94
  else out nothing "$1"; fi
}
l() {
  if [ -h "$1" ]; then
    t=$(readlink "$1" && echo x)
    if [ "\${t%?x}" = "$2" ]; then out link 1; else out link 0; fi
  elif [ -d "$1" ]; then out obstacle 82
  elif [ -e "$1" ]; then out link 0
  else out nothing "$1"; fi
}
out $tool
${lines.join('\n')}
`
}

function question(each: Wanted): string {
  const path = quoteBytes(each.path)
  switch (each.type) {
    case 'file':
      return `f ${path} ${each.size}`
    case 'directory':
      return `d ${path}`
    case 'link':
      return `l ${path} ${quoteBytes(each.target)}`
  }
}

/** Reads what {@link surveyScript} printed. @throws {Error} when it is not that. */
export function readSurvey(stdout: Buffer): Survey {
  const next = fieldsOf(stdout)
  const algorithm: Algorithm = text(next()) === 'cksum' ? 'cksum' : 'sha256'
  const found: Found[] = []
  for (let kind = next(); kind !== undefined; kind = next()) found.push(readFound(text(kind), next, algorithm))
  return { algorithm, found }
}

function readFound(kind: string, next: () => Buffer | undefined, algorithm: Algorithm): Found {
  switch (kind) {
    case 'nothing':
      return { type: 'nothing', place: next() ?? Buffer.alloc(0) }
    case 'directory':
      return { type: 'directory' }
    case 'link':
      return { type: 'link', same: text(next()) === '1' }
    case 'obstacle':
      return { type: 'obstacle', code: Number(text(next())) }
    case 'file': {
      const place = next() ?? Buffer.alloc(0)
      const [mode = '', owner = '', group = '', size = ''] = text(next()).split(' ')
      const sum = readChecksum(algorithm, text(next()))
      return {
        type: 'file',
        place,
        mode: mode.padStart(4, '0'),
        owner,
        group,
        size: Number(size),
        ...(sum === undefined ? {} : { sum }),
      }
    }
    default:
      throw new Error(`expected what stands at a place, got ${JSON.stringify(kind.slice(0, 80))}`)
  }
}

/** The fields of an answer in which each ends with a NUL, one a call. */
export function fieldsOf(answer: Buffer): () => Buffer | undefined {
  let at = 0
  return () => {
    const end = answer.indexOf(0, at)
    if (end < 0) return undefined
    const field = answer.subarray(at, end)
    at = end + 1
    return field
  }
}

const text = (field: Buffer | undefined): string => field?.toString('latin1') ?? ''
