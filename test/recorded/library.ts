import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import * as operations from '../../src/operations/index.js'
import { type ExportedDeploy, exportDeploy } from '../../src/repl/export/export-deploy.js'
import { cellsFromRecords } from '../../src/repl/notebook/session-cells.js'
import type { SessionRecord } from '../../src/repl/protocol.js'
import { ODD_SESSIONS } from './odd-sessions.js'
import { SESSIONS, type TypedSession } from './sessions.js'

/** Every session of the library, by its title. */
export const ALL_SESSIONS: Readonly<Record<string, TypedSession>> = { ...SESSIONS, ...ODD_SESSIONS }

/** When all exports of the library are made, so that they compare. */
const AT = Date.UTC(2026, 10, 28)

/** The hosts that the sessions were on. */
export const HOSTS = { hosts: ['h1', 'h2', 'h3'], groups: { web: ['h1', 'h2'], db: ['h3'] } }

const FOLDER = fileURLToPath(new URL('.', import.meta.url))

/** `a line that was corrected` → `a-line-that-was-corrected` */
const slug = (title: string): string => title.replaceAll(/\W+/g, '-')

/** What was recorded of a session, one record a line. */
export const recordsPath = (title: string): string => join(FOLDER, 'journals', `${slug(title)}.jsonl`)

/** The export that a session is expected to make. */
export const exportPath = (title: string): string => join(FOLDER, 'exports', `${slug(title)}.ts.txt`)

export function recordedRecords(title: string): SessionRecord[] {
  return readFileSync(recordsPath(title), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}

/** Exports a session of the library. */
export function exportOf(title: string, records: readonly SessionRecord[]): ExportedDeploy {
  return exportDeploy(ts, cellsFromRecords(records), {
    session: slug(title),
    at: AT,
    inventory: HOSTS,
    domains: Object.keys(operations),
    move: { from: '/work', to: '/work' },
  })
}
