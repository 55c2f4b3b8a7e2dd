import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

type Json = null | boolean | number | string | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [key: string]: Json | undefined
}

export type { Json }

/** One recorded case of pyinfra's: its subject, as `server.Users` or `files.line`, its name, and what was recorded. */
export interface RecordedCase {
  /** `server.Users/mixed` */
  readonly id: string
  readonly subject: string
  readonly recorded: JsonObject
}

/** Where the recorded cases are: `CONFORMANCE_DIR`, else `shared/conformance` beside this repository. */
export function conformanceFolder(): string | undefined {
  const given = process.env.CONFORMANCE_DIR
  if (given) return given
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const beside = join(folder, 'shared', 'conformance')
    if (existsSync(join(beside, 'pyinfra'))) return beside
  }
  return undefined
}

/** All cases of a kind, of every module that is there, sorted. */
export function recordedCases(folder: string, kind: 'facts' | 'operations'): RecordedCase[] {
  const root = join(folder, 'pyinfra', kind)
  return subfolders(root).flatMap(subject =>
    readdirSync(join(root, subject))
      .filter(file => file.endsWith('.json'))
      .sort()
      .map(file => ({
        id: `${subject}/${basename(file, '.json')}`,
        subject,
        recorded: objectIn(JSON.parse(readFileSync(join(root, subject, file), 'utf8'))),
      })),
  )
}

/** A JSON value as an object; anything else is an empty one. */
export function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

/** A JSON value as a list; a single value is a list of it, nothing an empty one. */
export function listIn(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
}

/** Texts in a list of JSON values. */
export function textsIn(value: Json | undefined): string[] {
  return listIn(value).filter(item => typeof item === 'string')
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function subfolders(root: string): string[] {
  if (!existsSync(root)) return []
  return readdirSync(root, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
}
