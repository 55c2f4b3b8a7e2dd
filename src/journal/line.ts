import { createHash } from 'node:crypto'

/** Version of the journal's format, told in its first line. What changed since version 1 is in `migrate.ts`. */
export const SCHEMA = 2

/** The hash that the first line is chained to. */
export const GENESIS = '0'.repeat(64)

/** A line as it is in the file: `{"seq":…,"record":…,"hash":"…"}`. */
export interface Line {
  readonly seq: number
  /** Big texts in it are still references to blobs. */
  readonly record: unknown
  /** SHA-256 over the hash of the line before and this line without its own hash, in hexadecimal. */
  readonly hash: string
}

/** Writes a line, without its line end. The hash comes last, so that what it covers is a prefix of the line. */
export function writeLine(
  previous: string,
  seq: number,
  record: unknown,
): { readonly text: string; readonly hash: string } {
  const body = JSON.stringify({ seq, record })
  const hash = chain(previous, body)
  return { text: `${body.slice(0, -1)},"hash":"${hash}"}`, hash }
}

/** Reads a line and checks that it follows the one before. Says what is wrong where it does not. */
export function readLine(
  text: string,
  previous: string,
  seq: number,
): { readonly ok: true; readonly line: Line } | { readonly ok: false; readonly reason: string } {
  const end = /,"hash":"([0-9a-f]{64})"\}$/.exec(text)
  const parsed = parse(text)
  if (!end?.[1] || !isLine(parsed)) return { ok: false, reason: 'it is not a line of a journal' }
  if (parsed.seq !== seq) return { ok: false, reason: `its number is ${parsed.seq} where ${seq} follows` }
  if (chain(previous, `${text.slice(0, end.index)}}`) !== end[1])
    return { ok: false, reason: 'its hash does not fit: it, or a line before it, was changed' }
  return { ok: true, line: parsed }
}

function chain(previous: string, body: string): string {
  return createHash('sha256').update(previous).update(body).digest('hex')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isLine(value: unknown): value is Line {
  return (
    typeof value === 'object' &&
    value !== null &&
    'seq' in value &&
    typeof value.seq === 'number' &&
    'record' in value &&
    'hash' in value &&
    typeof value.hash === 'string'
  )
}
