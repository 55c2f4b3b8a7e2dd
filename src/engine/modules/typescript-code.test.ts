import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { afterAll, expect, test } from 'vitest'
import { requireCompiled } from './code-cache.js'
import { makeFile, usableFile } from './made-file.js'
import { typeScriptCode } from './typescript.js'
import { keepTypeScriptCode } from './typescript-code.js'

const folder = mkdtempSync(join(tmpdir(), 'muster-code-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['of another time', false],
  ['of something else', true],
])('a file required with code %s is the module that all others get', (what, rejected) => {
  const file = join(folder, `twice ${what}.cjs`)
  // V8 remembers sources that it has compiled, whatever code comes with them
  const source = 'exports.twice = n => 2 * n; exports.where = __dirname; exports.path = require("node:path")'
  const code = join(folder, `code ${what}`)
  writeFileSync(file, `${source} // ${what}`)
  writeFileSync(code, rejected ? 'no code' : new Script(Module.wrap(readFileSync(file, 'utf8'))).createCachedData())
  expect(requireCompiled(file, code).cachedDataRejected).toBe(rejected)
  const require = createRequire(file)
  expect(require(file).twice(21)).toBe(42)
  expect(require(file)).toMatchObject({ where: folder, path: { sep: '/' } })
})

test('a file that fails is required anew by the next', () => {
  const file = join(folder, 'fails.cjs')
  writeFileSync(file, 'throw new Error("not today")')
  expect(() => requireCompiled(file)).toThrow('not today')
  writeFileSync(file, 'exports.today = true')
  expect(createRequire(file)(file)).toEqual({ today: true })
})

test('the code of TypeScript is made whole, is good for it, and takes the place of that of another version', async () => {
  const cache = join(folder, 'cache')
  await makeFile({ kind: 'typescript', hash: '0123456789abcdef' }, cache, async draft => writeFileSync(draft, 'old'))
  await keepTypeScriptCode(undefined, cache)
  const file = usableFile(typeScriptCode(), [cache]) ?? ''
  expect(readdirSync(cache).map(name => join(cache, name))).toEqual([file])
  const typescript = createRequire(import.meta.url).resolve('typescript')
  const source = Module.wrap(readFileSync(typescript, 'utf8'))
  expect(new Script(source, { cachedData: readFileSync(file) }).cachedDataRejected).toBe(false)
  chmodSync(file, 0o666)
  expect(usableFile(typeScriptCode(), [cache])).toBeUndefined()
})

test('what cannot be made leaves nothing behind', async () => {
  const cache = join(folder, 'empty')
  mkdirSync(cache)
  const others = `.any-0123456789abcdef.blob.${process.pid}0`
  writeFileSync(join(cache, others), 'of a process whose number begins with this one')
  const failing = makeFile({ kind: 'any', hash: '0123456789abcdef' }, cache, async draft => {
    writeFileSync(`${draft}.part`, 'half')
    throw new Error('no space')
  })
  await expect(failing).rejects.toThrow('no space')
  expect(readdirSync(cache)).toEqual([others])
})
