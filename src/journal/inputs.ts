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
}

/**
 * Keeps an input for recall in this and later sessions. Each is one write(2) to the end of one file, so that sessions that write at
 * once lose nothing. Secrets are taken out before it comes here.
 */
export function keepInput(history: string, input: Input): void {
  mkdirSync(history, { recursive: true, mode: 0o700 })
  const { O_APPEND, O_CREAT, O_RDWR } = constants
  const fd = openSync(join(history, INPUTS), O_APPEND | O_CREAT | O_RDWR, 0o600)
  try {
    const { at, session, text } = input
    writeAll(fd, Buffer.from(`${endsMidLine(fd) ? '\n' : ''}${JSON.stringify({ at, session, text })}\n`))
  } finally {
    closeSync(fd)
  }
}

/** Earlier inputs of all sessions, newest last; of equal ones the newest alone. */
export async function earlierInputs(history: string, most = MOST): Promise<Input[]> {
  const lines = (await tailOf(join(history, INPUTS))).split('\n')
  const newest = new Map<string, Input>()
  for (const line of lines) {
    const input = parseInput(line)
    if (!input) continue
    newest.delete(input.text)
    newest.set(input.text, input)
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

/** `undefined` for a line that is cut off or foreign. */
function parseInput(line: string): Input | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isInput(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isInput(value: unknown): value is Input {
  return (
    typeof value === 'object' &&
    value !== null &&
    'at' in value &&
    typeof value.at === 'number' &&
    'session' in value &&
    typeof value.session === 'string' &&
    'text' in value &&
    typeof value.text === 'string'
  )
}
