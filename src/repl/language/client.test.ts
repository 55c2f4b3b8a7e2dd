import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test, vi } from 'vitest'
import { scriptBeside } from '../../engine/modules/script-beside.js'
import { LanguageClient } from './client.js'

// every start of a worker reads TypeScript anew, which takes long on a machine that has much to do
vi.setConfig({ testTimeout: 180_000 })

const cwd = realpathSync(mkdtempSync(path.join(tmpdir(), 'muster-language-client-')))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const real = scriptBeside(import.meta.url, 'worker')

/** The real worker, which in addition dies when it checks certain sources. */
function mortal(name: string, dies: string): LanguageClient {
  const file = path.join(cwd, `${name}.mjs`)
  const session = new URL('session.ts', real.url)
  writeFileSync(
    file,
    `import { existsSync, writeFileSync } from 'node:fs'
     const { LanguageSession } = await import(${JSON.stringify(session.href)})
     const { check } = LanguageSession.prototype
     LanguageSession.prototype.check = function (source) {
       if (${dies}) process.exit(1)
       return check.call(this, source)
     }
     const once = name => !existsSync(name) && (writeFileSync(name, ''), true)
     await import(${JSON.stringify(real.url.href)})`,
  )
  return new LanguageClient({ cwd, packages: {} }, { script: { url: pathToFileURL(file), execArgv: real.execArgv } })
}

test('answers from another thread, without blocking this one', async () => {
  const language = new LanguageClient({ cwd, packages: {} })
  let turns = 0
  const ticking = setInterval(() => {
    turns += 1
  }, 5)
  await language.ready()
  clearInterval(ticking)
  expect(turns).toBeGreaterThan(20)
  await language.declare('.prompt.d.ts', 'declare const fleet: { size: number }')
  expect(await language.commit(1, 'const size = fleet.size')).toBe('./.cell-1')
  expect(await language.check('size.x')).toMatchObject([{ line: 1, column: 6, length: 1, code: 2339 }])
  expect((await language.complete('fleet.', 6)).entries).toMatchObject([{ name: 'size', kind: 'property' }])
  expect((await language.quickInfo('size', 1))?.text).toContain('size: number')
  expect((await language.signature('Math.abs()', 9))?.active).toBe(0)
  await language.close()
  await expect(language.check('1')).rejects.toMatchObject({ name: 'LanguageError', message: 'the session is over' })
})

test('starts again after a crash, knowing what was known, and answers what was asked', async () => {
  const language = mortal('once', `source === 'size.x' && once(${JSON.stringify(path.join(cwd, 'died'))})`)
  await language.declare('.prompt.d.ts', 'declare const fleet: { size: number }')
  await language.commit(1, 'const size = fleet.size')
  const answers = await Promise.all([
    language.check('size.x'),
    language.check('size.y'),
    language.commit(2, 'const y = size'),
  ])
  expect(answers).toMatchObject([[{ code: 2339 }], [{ code: 2339 }], './.cell-2'])
  expect(await language.check('y.toFixed()')).toEqual([])
  await language.close()
})

test('a worker that holds too much is replaced while nothing is asked, and nobody notices', async () => {
  const starts = path.join(cwd, 'starts')
  const file = path.join(cwd, 'counted.mjs')
  writeFileSync(
    file,
    `import { appendFileSync } from 'node:fs'
     appendFileSync(${JSON.stringify(starts)}, 'x')
     await import(${JSON.stringify(real.url.href)})`,
  )
  const script = { url: pathToFileURL(file), execArgv: real.execArgv }
  const language = new LanguageClient({ cwd, packages: {}, mostMemory: 1 }, { script })
  await language.commit(1, 'const size = 3')
  for (let asked = 0; readFileSync(starts, 'utf8') === 'x'; asked++)
    expect(await language.check(`size.x + ${asked}`)).toMatchObject([{ code: 2339 }])
  expect(await language.check('size.toFixed()')).toEqual([])
  await language.close()
})

test('gives up a question that kills it each time, and answers the others', async () => {
  const language = mortal('always', `source === 'poison'`)
  const poison = language.check('poison')
  const fine = language.check('1 + 1')
  await expect(poison).rejects.toMatchObject({ name: 'LanguageError' })
  expect(await fine).toEqual([])
  await language.close()
})

test('a snapshot from which no process starts is removed, and a thread answers', async () => {
  const snapshot = path.join(cwd, 'language-0123456789abcdef.blob')
  writeFileSync(snapshot, 'no heap')
  const language = new LanguageClient({ cwd, packages: {} }, { snapshot })
  expect(await language.check('const a: string = 1')).toMatchObject([{ code: 2322 }])
  expect(existsSync(snapshot)).toBe(false)
  await language.close()
})
