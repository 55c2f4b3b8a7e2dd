import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { constants, setPriority } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cacheFolder } from '../../engine/modules/compile-cache.js'
import { TYPESCRIPT_VERSION } from '../../engine/modules/typescript.js'

/**
 * A snapshot of a heap in which the types are read already (see `frozen.ts`) is good for one build of muster in one place, and one
 * Node. It lies beside the build where `npm run build` made it, else in the cache of the person: 50 MB.
 */

/** Its folder in the cache. */
const KIND = 'types'

const NAME = /^language-[0-9a-f]{16}\.blob$/

/** What somebody who was killed in the midst of it left behind. */
const DRAFT = /^\.language-[0-9a-f]{16}\.blob\.\d+(?:\.cjs)?$/

/** Milliseconds after which nobody works on a draft any more. */
const ABANDONED = 3_600_000

const require = createRequire(import.meta.url)

/** The script that is frozen; there is none where muster runs from its source. */
const script = fileURLToPath(new URL('frozen.cjs', import.meta.url))

/** The snapshot to start from, where there is one that can be trusted. */
export function usableSnapshot(): string | undefined {
  const name = nameFor()
  if (name === undefined) return undefined
  return [path.join(path.dirname(script), name), path.join(cacheFolder(KIND), name)].find(isOurs)
}

/** Seconds into a session after which there is time for the next one. */
const LATER = 20

/**
 * Makes the snapshot in the cache of the person where there is none, for sessions to come: some seconds of a processor, at the
 * lowest priority.
 *
 * @returns how to stop that
 */
export function snapshotLater(): () => Promise<void> {
  const stop = new AbortController()
  const made = sleep(LATER * 1000, undefined, { signal: stop.signal, ref: false })
    .then(() => (usableSnapshot() === undefined ? makeSnapshot(cacheFolder(KIND), stop.signal) : undefined))
    // the next session starts as this one did
    .catch(() => {})
  return async () => {
    stop.abort()
    await made
  }
}

/** A snapshot from which no process starts: it is not tried again. */
export function discardSnapshot(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // it is not the person's to remove
  }
}

/**
 * Makes the snapshot in a folder, whole or not at all, and removes those of other builds that are there.
 *
 * @param signal it has time, and may be stopped
 * @returns its file; none where there is no build
 * @throws {Error} Node cannot make it
 */
export async function makeSnapshot(folder: string, signal?: AbortSignal): Promise<string | undefined> {
  const name = nameFor()
  if (name === undefined) return undefined
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const [file, draft] = [path.join(folder, name), path.join(folder, `.${name}.${process.pid}`)]
  try {
    writeFileSync(`${draft}.cjs`, wholeScript(), { mode: 0o600 })
    const args = ['--snapshot-blob', draft, '--build-snapshot', `${draft}.cjs`]
    const making = promisify(execFile)(process.execPath, args, { env: {}, ...(signal ? { signal } : {}) })
    if (signal) yieldToOthers(making.child.pid)
    await making
    chmodSync(draft, 0o644)
    renameSync(draft, file)
  } finally {
    for (const left of [draft, `${draft}.cjs`]) rmSync(left, { force: true })
  }
  for (const other of readdirSync(folder))
    if ((NAME.test(other) && other !== name) || isAbandoned(folder, other))
      rmSync(path.join(folder, other), { force: true })
  return file
}

function isAbandoned(folder: string, name: string): boolean {
  const status = DRAFT.test(name) ? statSync(path.join(folder, name), { throwIfNoEntry: false }) : undefined
  return status !== undefined && Date.now() - status.mtimeMs > ABANDONED
}

function yieldToOthers(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW)
  } catch {
    // where that may not be set it is made all the same
  }
}

/**
 * Of what the snapshot is: another Node, TypeScript, build or place make another name. The build is told by what is in it: npm gives
 * the files of all versions the same time.
 */
function nameFor(): string | undefined {
  if (!existsSync(script)) return undefined
  const what = [process.version, process.arch, process.execPath, TYPESCRIPT_VERSION, script]
  const hash = createHash('sha256').update(what.join('\0')).update(readFileSync(script))
  return `language-${hash.digest('hex').slice(0, 16)}.blob`
}

/** Node reads one file, in which nothing can be required but what is in Node: TypeScript stands at its beginning. */
function wholeScript(): string {
  const typescript = require.resolve('typescript')
  const [file, folder] = [typescript, path.dirname(typescript)].map(each => JSON.stringify(each))
  return `const typescript = { exports: {} };
(function (exports, require, module, __filename, __dirname) {${readFileSync(typescript, 'utf8')}
})(typescript.exports, require, typescript, ${file}, ${folder});
(function (require, __dirname) {${readFileSync(script, 'utf8')}
})(name => name === 'typescript' ? typescript.exports : require(name), ${JSON.stringify(path.dirname(script))})`
}

/** It is run: nobody but the person and root may have written it. */
function isOurs(file: string): boolean {
  const status = statSync(file, { throwIfNoEntry: false })
  return status !== undefined && [0, process.getuid?.()].includes(status.uid) && (status.mode & 0o022) === 0
}
