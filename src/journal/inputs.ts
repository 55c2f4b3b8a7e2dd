import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAll } from './file.js'

/** Name of the file of earlier inputs in a history. */
const INPUTS = 'inputs.jsonl'

/** Most inputs handed out. */
const MOST = 10_000

/** Only so much of the file's end is read, bytes: older inputs stay in it, out of reach of the arrow keys. */
const TAIL = 8 * 1024 * 1024

/** Something a person typed and sent. */
export interface Input {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly session: string
  readonly text: string
  /** How it ended, as far as that is known. */
  readonly outcome?: string
  /** The hosts it was for, folded: `web-[1-9]`. */
  readonly hosts?: string
}

/**
 * Keeps an input for recall in this and later sessions. Each is one write(2) to the end of one file, so that sessions that write at
 * once lose nothing. Secrets are taken out before it comes here.
 */
export function keepInput(history: string, { at, session, text }: Input): void {
  keep(history, { at, session, text })
}

/** Keeps how an input ended; `at` and `session` tell which. */
export function keepOutcome(history: string, { at, session, outcome, hosts }: Omit<Input, 'text'>): void {
  keep(history, { at, session, outcome, hosts })
}

function keep(history: string, record: object): void {
  mkdirSync(history, { recursive: true, mode: 0o700 })
  const { O_APPEND, O_CREAT, O_RDWR } = constants
  const fd = openSync(join(history, INPUTS), O_APPEND | O_CREAT | O_RDWR, 0o600)
  try {
    writeAll(fd, Buffer.from(`${endsMidLine(fd) ? '\n' : ''}${JSON.stringify(record)}\n`))
  } finally {
    closeSync(fd)
  }
}

/** Earlier inputs of all sessions, newest last; of equal ones the newest alone. */
export async function earlierInputs(history: string, most = MOST): Promise<Input[]> {
  const lines = (await tailOf(join(history, INPUTS))).split('\n')
  const newest = new Map<string, Input>()
  const texts = new Map<string, string>()
  for (const line of lines) {
    const record = parseRecord(line)
    if (!record) continue
    const id = `${record.session} ${record.at}`
    if (isInput(record)) {
      texts.set(id, record.text)
      newest.delete(record.text)
      newest.set(record.text, record)
      continue
    }
    const input = newest.get(texts.get(id) ?? '')
    const { outcome, hosts } = record
    if (input?.at === record.at) newest.set(input.text, { ...input, ...strings({ outcome, hosts }) })
  }
  return [...newest.values()].slice(-most)
}

/** A process was killed while it wrote: what follows must not run into what it left. */
function endsMidLine(fd: number): boolean {
  const { size } = fstatSync(fd)
  if (size === 0) return false
  const last = Buffer.alloc(1)
  readSync(fd, last, 0, 1, size - 1)
  return last.toString() !== '\n'
}

async function tailOf(path: string): Promise<string> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!file) return ''
  try {
    const { size } = await file.stat()
    const start = Math.max(0, size - TAIL)
    const { buffer } = await file.read(Buffer.alloc(size - start), 0, size - start, start)
    return buffer.toString('utf8')
  } finally {
    await file.close()
  }
}

/** What a line holds: an input, or how one ended. */
interface InputRecord {
  readonly at: number
  readonly session: string
  readonly outcome?: unknown
  readonly hosts?: unknown
}

/** `undefined` for a line that is cut off or foreign. */
function parseRecord(line: string): InputRecord | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is InputRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'at' in value &&
    typeof value.at === 'number' &&
    'session' in value &&
    typeof value.session === 'string'
  )
}

function isInput(record: InputRecord): record is Input {
  return 'text' in record && typeof record.text === 'string'
}

function strings(values: { readonly outcome: unknown; readonly hosts: unknown }): Pick<Input, 'outcome' | 'hosts'> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === 'string'))
}
