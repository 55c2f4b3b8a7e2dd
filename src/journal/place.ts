import { existsSync, mkdirSync, readdirSync, type Stats, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { MusterError, UsageError } from '../engine/errors.js'

/** Name of the journal in a session's folder. */
export const JOURNAL = 'journal.jsonl'

/** The files of a session's journal, in order: it goes on in another one when it has grown big. */
export function journalFiles(directory: string): string[] {
  const files = [join(directory, JOURNAL)]
  for (let number = 2; existsSync(journalFile(directory, number)); number += 1)
    files.push(journalFile(directory, number))
  return files
}

/** Where a journal goes on: `journal-2.jsonl`, `journal-3.jsonl` … */
export function journalFile(directory: string, number: number): string {
  return join(directory, number === 1 ? JOURNAL : `journal-${number}.jsonl`)
}

/** Name of the folder of big texts in a session's folder. */
export const BLOBS = 'blobs'

/**
 * Where sessions are kept: `history/` in the working directory if there is one, else the user's state directory.
 *
 * @see {@link https://specifications.freedesktop.org/basedir-spec/latest/} XDG Base Directory: a relative `XDG_STATE_HOME` is ignored.
 */
export function historyDirectory(workingDirectory: string, environment: NodeJS.ProcessEnv = process.env): string {
  const own = resolve(workingDirectory, 'history')
  if (statOf(own)?.isDirectory()) return own
  const { XDG_STATE_HOME: state, HOME: home } = environment
  const base = state?.startsWith('/') ? state : join(home || homedir(), '.local', 'state')
  return join(base, 'muster', 'history')
}

/** A session's own folder. */
export interface SessionPlace {
  /** `2026-11-22-1402`: when it began, in local time; `-2`, `-3` … follow when that is taken. */
  readonly session: string
  readonly directory: string
}

/**
 * Makes the folder of a new session. Two sessions that begin in the same minute get two folders.
 *
 * @throws {MusterError} when the folder cannot be made
 */
export function newSession(history: string, now = new Date()): SessionPlace {
  const minute = minuteName(now)
  try {
    mkdirSync(history, { recursive: true, mode: 0o700 })
    for (let number = 1; ; number += 1) {
      const session = number === 1 ? minute : `${minute}-${number}`
      const directory = join(history, session)
      if (claim(directory)) return { session, directory }
    }
  } catch (error) {
    throw new MusterError(`A session cannot be recorded in ${history}: ${messageOf(error)}.`)
  }
}

/** Sessions that have a journal, oldest first. */
export function listSessions(history: string): SessionPlace[] {
  if (!existsSync(history)) return []
  const places = readdirSync(history, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => ({ session: name, directory: join(history, name) }))
    .flatMap(place => {
      const began = statOf(join(place.directory, JOURNAL))?.birthtimeMs
      return began === undefined ? [] : [{ place, began }]
    })
  return places
    .sort((a, b) => a.began - b.began || a.place.session.localeCompare(b.place.session, 'en', { numeric: true }))
    .map(({ place }) => place)
}

/** The notebook of a name in a history, whether or not it exists: `:save fix-ntp` → `history/fix-ntp.ts`. @throws {UsageError} for a name that is no file name. */
export function notebookPath(history: string, name: string): string {
  if (/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name)) return join(history, `${name.replace(/\.ts$/, '')}.ts`)
  throw new UsageError(`“${name}” is not a name to save under: use letters, digits, “-”, “_” and “.”, as in fix-ntp.`)
}

/** The notebook that a person names to open it: a path of a `.ts` file that is there, else a name in the history. @throws {UsageError} */
export function notebookNamed(history: string, name: string): string {
  return existsSync(name) && name.endsWith('.ts') ? resolve(name) : notebookPath(history, name)
}

/** Names of the notebooks in a history. */
export function listNotebooks(history: string): string[] {
  if (!existsSync(history)) return []
  return readdirSync(history)
    .filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map(name => name.slice(0, -'.ts'.length))
    .sort()
}

function minuteName(now: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  const date = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-')
  return `${date}-${two(now.getHours())}${two(now.getMinutes())}`
}

/** Makes a folder; `false`: it is there already, another session's. */
function claim(directory: string): boolean {
  try {
    mkdirSync(directory, { mode: 0o700 })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
