import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../../engine/modules/compile-cache.js'
import { type MadeFile, makeFile, runNode, usableFile } from '../../engine/modules/made-file.js'
import { builtAddress } from '../../engine/modules/script-beside.js'
import { TYPESCRIPT_VERSION, usableTypeScriptCode } from '../../engine/modules/typescript.js'
import { keepTypeScriptCode } from '../../engine/modules/typescript-code.js'
import { HEAP_FLAGS } from './language-worker.js'

/**
 * A snapshot of a heap in which the types are read already (see `frozen.ts`). It lies beside the build where `npm run build` made
 * it, else in the cache of the person: 50 MB.
 */
const kept = (): string => cacheFolder('types')

const require = createRequire(import.meta.url)

/** The script that is frozen; there is none where muster runs from its source. */
const script = fileURLToPath(new URL('frozen.cjs', builtAddress(import.meta.url)))

/** The snapshot to start from, where there is one that can be trusted. */
export function usableSnapshot(): string | undefined {
  const made = snapshotOfTypes()
  return made && usableFile(made, [path.dirname(script), kept()])
}

/** Seconds into a session after which there is time for the next one. */
const LATER = 20

/**
 * Makes what sessions to come start faster from, in the cache of the person where it is not there: the snapshot, and the code of
 * TypeScript. Some seconds of a processor, at the lowest priority.
 *
 * @returns how to stop that
 */
export function prepareLater(): () => Promise<void> {
  const stop = new AbortController()
  const made = sleep(LATER * 1000, undefined, { signal: stop.signal, ref: false })
    .then(async () => {
      if (usableTypeScriptCode() === undefined) await keepTypeScriptCode(stop.signal)
      if (usableSnapshot() === undefined) await makeSnapshot(stop.signal)
    })
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
 * Makes the snapshot, and removes those of other builds that are in the folder; nothing where there is no build.
 *
 * @param signal it has time, and may be stopped
 * @param folder default: in the cache of the person
 * @throws {Error} Node cannot make it
 */
export async function makeSnapshot(signal?: AbortSignal, folder = kept()): Promise<void> {
  const made = snapshotOfTypes()
  if (made === undefined) return
  await makeFile(made, folder, async draft => {
    writeFileSync(`${draft}.cjs`, wholeScript(), { mode: 0o600 })
    await runNode([...HEAP_FLAGS, '--snapshot-blob', draft, '--build-snapshot', `${draft}.cjs`], signal)
  })
}

/**
 * Of what the snapshot is: another Node, TypeScript, build or place make another name. The build is told by what is in it: npm gives
 * the files of all versions the same time.
 */
function snapshotOfTypes(): MadeFile | undefined {
  if (!existsSync(script)) return undefined
  const what = [process.version, process.arch, process.execPath, TYPESCRIPT_VERSION, script, ...HEAP_FLAGS]
  const hash = createHash('sha256').update(what.join('\0')).update(readFileSync(script))
  return { kind: 'language', hash: hash.digest('hex').slice(0, 16) }
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
