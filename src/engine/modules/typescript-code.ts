import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { makeFile, runNode } from './made-file.js'
import { builtAddress, scriptBeside } from './script-beside.js'
import { typeScriptCode, typeScriptCodeFolder } from './typescript.js'

/**
 * Keeps the code that V8 makes of TypeScript when it compiles a cell, 3 MB, so that later processes need not make it again.
 *
 * @param signal it has time, and may be stopped
 * @param folder default: in the cache of the person
 * @throws {Error} Node cannot make it
 */
export async function keepTypeScriptCode(signal?: AbortSignal, folder = typeScriptCodeFolder()): Promise<void> {
  const { url, execArgv } = scriptBeside(builtAddress(import.meta.url), 'keep-code')
  const typescript = createRequire(import.meta.url).resolve('typescript')
  await makeFile(typeScriptCode(), folder, draft =>
    runNode([...execArgv, fileURLToPath(url), typescript, draft], signal),
  )
}
