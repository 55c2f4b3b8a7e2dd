import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCompiler } from './compiler.js'
import { createModuleLoader, type ModuleLoader, type ModuleLoaderOptions } from './load.js'
import { sourceFrames } from './stack-trace.js'

const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'muster-modules-')))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let folders = 0
/** A folder holding `files`, and a loader in it. */
function project(
  files: Readonly<Record<string, string>>,
  options: Partial<ModuleLoaderOptions> = {},
): ModuleLoader & { file(name: string): string; write(name: string, text: string): void } {
  folders += 1
  const cwd = path.join(root, String(folders))
  const file = (name: string) => path.join(cwd, name)
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(file(name)), { recursive: true })
    writeFileSync(file(name), text)
  }
  for (const [name, text] of Object.entries(files)) write(name, text)
  return { ...createModuleLoader({ cwd, compiler: () => compiler, ...options }), file, write }
}

let compiler: ReturnType<typeof createCompiler>
beforeAll(() => {
  compiler = createCompiler(root)
})

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail('it should have failed'),
    error => error,
  )

describe('what loads', () => {
  const cases: readonly (readonly [title: string, files: Record<string, string>, expected: unknown])[] = [
    ['TypeScript', { 'main.ts': 'interface A { n: number }\nexport default ({ n: 1 } satisfies A).n' }, 1],
    ['an ES module with top-level await', { 'main.mts': 'export default await Promise.resolve(2)' }, 2],
    [
      'CommonJS in TypeScript',
      { 'main.cts': 'import os = require("node:os")\nexport default typeof os.cpus' },
      'function',
    ],
    ['plain CommonJS', { 'main.js': 'const a = 3; module.exports = { default: a }' }, { default: 3 }],
    ['ESM JavaScript', { 'main.js': 'import { n } from "./n.js"; export default n', 'n.js': 'export const n = 4' }, 4],
    ['.mjs', { 'main.mjs': 'export default 5' }, 5],
    ['.tsx without JSX', { 'main.tsx': 'export default 6 as number' }, 6],
    ['JSON', { 'main.json': '{ "a": 7 }' }, { a: 7 }],
    [
      'an import without extension',
      { 'main.ts': 'export { n as default } from "./n"', 'n.ts': 'export const n = 8' },
      8,
    ],
    ['.js naming .ts', { 'main.ts': 'export { n as default } from "./n.js"', 'n.ts': 'export const n = 9' }, 9],
    ['.ts named', { 'main.ts': 'import { n } from "./n.ts"\nexport default n', 'n.ts': 'export const n = 10' }, 10],
    ['a folder', { 'main.ts': 'import n from "./n"\nexport default n', 'n/index.ts': 'export default 11' }, 11],
    ['a JSON import', { 'main.ts': 'import n from "./n.json"\nexport default n.v', 'n.json': '{ "v": 12 }' }, 12],
    [
      'a default from CommonJS',
      { 'main.ts': 'import n from "./n.cjs"\nexport default n', 'n.cjs': 'module.exports = 13' },
      13,
    ],
    ['a Node module', { 'main.ts': 'import path, { sep } from "node:path"\nexport default path.sep === sep' }, true],
    [
      'import.meta',
      { 'main.ts': 'export default import.meta.url.endsWith("/main.ts") && import.meta.filename === __filename' },
      true,
    ],
    [
      'import()',
      { 'main.ts': 'export default (await import("./n.js")).n', 'n.ts': 'export const n = await Promise.resolve(14)' },
      14,
    ],
    [
      'import() of a computed name',
      { 'main.ts': 'const n = "n"\nexport default (await import("./" + n)).n', 'n.ts': 'export const n = 15' },
      15,
    ],
    [
      'require() of TypeScript, late',
      { 'main.cts': 'const f = () => require("./n").n\nexport default f()', 'n.ts': 'export const n: number = 16' },
      16,
    ],
    [
      'a type-only import',
      {
        'main.ts': 'import type { T } from "./t.js"\nexport default 17 as T',
        't.ts': 'throw 1; export type T = number',
      },
      17,
    ],
    [
      'an import used as a type only',
      { 'main.ts': 'import { T } from "./t.js"\nexport default 18 as T', 't.ts': 'throw 1; export type T = number' },
      18,
    ],
    [
      'a declaration file for its side effect',
      { 'main.ts': 'import "./t.d.ts"\nexport default 19', 't.d.ts': 'declare global { var t: 1 }' },
      19,
    ],
    [
      'enums and namespaces',
      { 'main.ts': 'export enum E { A = 20 }\nnamespace N { export const n = E.A }\nexport default N.n' },
      20,
    ],
    ['a BOM and a shebang', { 'main.ts': '\uFEFF#!/usr/bin/env node\nexport default 21' }, 21],
    [
      'an await in a loop',
      {
        'main.ts':
          'let n = 0\nfor (const i of [1, 2]) n += await Promise.resolve(i)\nwhile (n < 22) n++\nexport default n',
      },
      22,
    ],
    [
      'for await',
      { 'main.ts': 'let n = 0\nfor await (const i of [Promise.resolve(23)]) n += i\nexport default n' },
      23,
    ],
  ]
  test.each(cases)('%s', async (_title, files, expected) => {
    const name = Object.keys(files)[0] ?? ''
    expect((await project(files).load(name)).default).toEqual(expected)
  })

  test('a cycle, half-loaded where it closes', async () => {
    const modules = project({
      'a.ts': 'import { b } from "./b.js"\nexport const a = 1\nexport const sum = () => a + b()',
      'b.ts': 'import { a } from "./a.js"\nexport const b = () => a + 1\nexport const early = a === undefined',
    })
    const { sum } = await modules.load('a.ts')
    expect(typeof sum === 'function' && sum()).toBe(3)
    expect((await modules.load('b.ts')).early).toBe(true)
  })

  test('a cycle loaded from both ends at once', async () => {
    const modules = project({
      'a.ts': 'import "./b.js"\nawait Promise.resolve()\nexport const a = 1',
      'b.ts': 'import "./a.js"\nawait Promise.resolve()\nexport const b = 2',
    })
    const [a, b] = await Promise.all([modules.load('a.ts'), modules.load('b.ts')])
    expect([a.a, b.b]).toEqual([1, 2])
  })

  test('each module once', async () => {
    const modules = project({
      'main.ts': 'import { count as a } from "./a.js"\nimport { count as b } from "./b.js"\nexport default a === b',
      'a.ts': 'export { count } from "./count.js"',
      'b.ts': 'export { count } from "./count.js"',
      'count.ts': 'export const count = {}',
    })
    expect((await modules.load('main.ts')).default).toBe(true)
  })

  test('paths of tsconfig.json, in a project whose tsconfig is otherwise broken', async () => {
    const files = {
      'main.ts': 'import { n } from "~/n"\nexport default n',
      'lib/n.ts': 'export const n = 1',
      'tsconfig.json': '{ "compilerOptions": { "module": "nonsense", "paths": { "~/*": ["./lib/*"] } } }',
    }
    const cwd = project(files).file('.')
    expect((await createModuleLoader({ cwd }).load('main.ts')).default).toBe(1)
  })
})

describe('packages', () => {
  const packages = {
    'node_modules/esm-only/package.json': '{ "name": "esm-only", "type": "module", "exports": { "import": "./i.js" } }',
    'node_modules/esm-only/i.js': 'export default await Promise.resolve("esm"); export const named = 1',
    'node_modules/old/package.json': '{ "name": "old", "main": "m.js" }',
    'node_modules/old/m.js': 'module.exports = { hidden: "cjs" }; module.exports["na" + "med"] = 2',
    'node_modules/transpiled/index.js': 'exports.__esModule = true; exports.default = "main"',
  }

  test('an ESM-only package with top-level await', async () => {
    const main =
      'import d, { named } from "esm-only"\nimport * as all from "esm-only"\nexport default [d, named, all.default]'
    expect((await project({ ...packages, 'main.ts': main }).load('main.ts')).default).toEqual(['esm', 1, 'esm'])
  })

  test('a CommonJS package, with names no lexer can see', async () => {
    const main = 'import old, { named } from "old"\nimport t from "transpiled"\nexport default [old.hidden, named, t]'
    expect((await project({ ...packages, 'main.ts': main }).load('main.ts')).default).toEqual(['cjs', 2, 'main'])
  })

  test('a provided package is the very instance, wherever the file lies', async () => {
    const muster = { inventory: (value: unknown) => value }
    const modules = project(
      {
        'main.ts':
          'import { inventory } from "muster"\nexport default inventory\nexport const again = (await import("muster")).inventory',
      },
      { provide: new Map([['muster', muster]]) },
    )
    const main = await modules.load('main.ts')
    expect(main.default).toBe(muster.inventory)
    expect(main.again).toBe(muster.inventory)
  })
})

describe('what does not load', () => {
  const cases: readonly (readonly [title: string, main: string, message: string])[] = [
    ['a syntax error', 'const a = 1\n  const b = = 2', ':2:13: Expression expected.'],
    [
      'an early error only V8 sees',
      'const a = 1\nfor (;;) { }\n  foo: while (true) { break bar }',
      ":3:29: Undefined label 'bar'",
    ],
    ['a missing file', 'export const a = 1\nimport { b } from "./b.js"\nb', ":2:19: cannot find './b.js'"],
    [
      'a missing package',
      'import b from "no-such-package"\nb',
      ":1:15: cannot find package 'no-such-package': is it installed?",
    ],
  ]
  test.each(cases)('%s', async (_title, main, message) => {
    const modules = project({ 'main.ts': main })
    expect(await failure(modules.load('main.ts'))).toMatchObject({
      name: 'SourceError',
      message: `${modules.file('main.ts')}${message}`,
    })
  })

  test('JSON with a fault in it', async () => {
    const modules = project({ 'main.ts': 'import n from "./n.json"\nexport default n', 'n.json': '{\n  "a": oops }' })
    expect(await failure(modules.load('main.ts'))).toMatchObject({ name: 'SourceError', line: 2 })
  })

  test('a fault in an imported file names that file, and is found again when it is repaired', async () => {
    const modules = project({ 'main.ts': 'export { n as default } from "./n.js"', 'n.ts': 'export const n = (' })
    expect(await failure(modules.load('main.ts'))).toMatchObject({ file: modules.file('n.ts'), line: 1, column: 19 })
    modules.write('n.ts', 'export const n = 1')
    expect((await modules.load('main.ts')).default).toBe(1)
  })
})

describe('positions', () => {
  test.each([
    ['the first line', 'null!.x', 1, 7],
    [
      'behind types',
      'interface A {\n  n: number\n}\n\nconst a: A | null = null\nconst f = (b: A): number => b.n; f(a as never)',
      6,
      31,
    ],
    ['after an await', 'await null; (undefined as any).x', 1, 32],
    ['in a loop without braces', 'for (const a of [1])\n  while (true) throw new Error(String(a))', 2, 22],
    [
      'a rejection made elsewhere',
      'const late = new Promise((_, no) => setTimeout(no, 1, Object.assign(Object.create(Error.prototype), {})))\n  await late',
      2,
      3,
    ],
  ])('%s', async (_title, main, line, column) => {
    const modules = project({ 'main.ts': main })
    const error = await failure(modules.load('main.ts'))
    expect(sourceFrames(error)[0]).toMatchObject({ source: modules.file('main.ts'), line, column })
  })

  test('in the stack that user code prints itself', async () => {
    const modules = project({ 'main.ts': 'type T = 1\nexport const fail = (): string => new Error("x").stack ?? ""' })
    const { fail } = await modules.load('main.ts')
    expect(typeof fail === 'function' && fail()).toContain(`at fail (${modules.file('main.ts')}:2:35)`)
  })

  test('of the version that runs, after a reload', async () => {
    const modules = project({ 'main.ts': 'export const fail = () => { throw new Error() }' })
    const before = await modules.load('main.ts')
    modules.write('main.ts', 'type T = {\n  n: 1\n}\nexport const fail = () => { throw new Error() }')
    modules.invalidate()
    const after = await modules.load('main.ts')
    const line = async ({ fail }: Record<string, unknown>) =>
      sourceFrames(await failure((async () => typeof fail === 'function' && fail())()))[0]?.line
    expect([await line(before), await line(after)]).toEqual([1, 4])
  })
})

describe('reloading', () => {
  const files = {
    'main.ts': 'import { a } from "./a.js"\nimport "./other.js"\nexport default a',
    'a.ts': 'export { n as a } from "./n.json"',
    'n.json': '{ "n": 1 }',
    'other.ts': 'export {}',
  }

  test('a changed file and what imports it', async () => {
    const modules = project(files)
    expect((await modules.load('main.ts')).default).toBe(1)
    expect(modules.invalidate()).toEqual([])
    modules.write('n.json', '{ "n": 2 }')
    expect([...modules.invalidate()].sort()).toEqual(['a.ts', 'main.ts', 'n.json'].map(modules.file))
    expect((await modules.load('main.ts')).default).toBe(2)
  })

  test('not a file that was only touched', async () => {
    const modules = project(files)
    await modules.load('main.ts')
    utimesSync(modules.file('n.json'), new Date(), new Date())
    expect(modules.invalidate()).toEqual([])
  })

  test('a write that keeps size and times', async () => {
    const modules = project(files)
    await modules.load('main.ts')
    modules.write('n.json', '{ "n": 3 }')
    utimesSync(modules.file('n.json'), 0, 0)
    expect(modules.invalidate()).toContain(modules.file('n.json'))
  })

  test('a file that is gone', async () => {
    const modules = project(files)
    await modules.load('main.ts')
    rmSync(modules.file('other.ts'))
    modules.invalidate()
    expect(await failure(modules.load('main.ts'))).toMatchObject({ line: 2, reason: "cannot find './other.js'" })
  })

  test('dependencies are all it imports, directly or not', async () => {
    const modules = project(files)
    await modules.load('main.ts')
    expect(modules.dependencies('main.ts')).toEqual(['a.ts', 'n.json', 'other.ts'].map(modules.file))
  })
})
