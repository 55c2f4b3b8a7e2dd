import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CompileCache, compileCacheFolder } from './compile-cache.js'
import { createCompiler } from './compiler.js'
import { SourceError } from './source-error.js'

let root: string
let folder: string
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'muster-cache-'))
  folder = path.join(root, 'muster', 'compiled')
})
afterEach(() => rmSync(root, { recursive: true }))

const entries = () => readdirSync(folder).map(name => path.join(folder, name))
const SOURCE =
  'import { inventory } from "muster"\nexport default inventory({ connect: { password: "mellon" } as const })'

describe('an entry', () => {
  const emitted = { js: 'exports.a = 1', map: '{}', requires: ['muster'] }

  test('is found by exactly what it was made from, and by another process', () => {
    new CompileCache(folder).keep(['1', SOURCE], emitted)
    const cache = new CompileCache(folder)
    expect(cache.find(['1', SOURCE])).toEqual(emitted)
    expect(cache.find(['2', SOURCE])).toBeUndefined()
    expect(cache.find(['1', `${SOURCE} `])).toBeUndefined()
    expect(cache.find(['1S', SOURCE.slice(1)])).toBeUndefined()
  })

  test('does not hold its source to be read, and belongs to nobody else', async () => {
    const compiler = await createCompiler(root, new CompileCache(folder))
    expect(compiler.compileKept(SOURCE, 'inventory.ts').js).toContain('mellon')
    const [file = ''] = entries()
    expect(readFileSync(file).includes('mellon')).toBe(false)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  test('that was altered or cut is none', () => {
    const cache = new CompileCache(folder)
    for (const harm of [
      (bytes: Buffer) => bytes.subarray(0, bytes.length - 1),
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 40), Buffer.from('x'), bytes.subarray(41)]),
      () => Buffer.alloc(0),
    ]) {
      cache.keep([SOURCE], emitted)
      const [file = ''] = entries()
      writeFileSync(file, harm(readFileSync(file)))
      expect(cache.find([SOURCE])).toBeUndefined()
    }
  })

  test('in a folder that others may write to is not run', () => {
    const cache = new CompileCache(folder)
    cache.keep([SOURCE], emitted)
    chmodSync(folder, 0o777)
    expect(cache.find([SOURCE])).toBeUndefined()
  })

  test('makes room when there are too many', () => {
    const cache = new CompileCache(folder)
    for (let n = 0; n <= 501; n += 1) cache.keep([`${n}`], emitted)
    expect(entries().length).toBeLessThanOrEqual(500)
    expect(cache.find(['501'])).toEqual(emitted)
  })

  test('that cannot be kept does not matter', () => {
    writeFileSync(path.join(root, 'muster'), 'a file in the way')
    const cache = new CompileCache(folder)
    cache.keep([SOURCE], emitted)
    expect(cache.find([SOURCE])).toBeUndefined()
  })
})

describe('a compiler with a cache', () => {
  test('gives what it gives without: code, requires and places', async () => {
    const source =
      'import { a } from "./a.js"\n\nexport const f = (n: number): number => {\n  throw new Error(`${n}`)\n}\nf(a)\n'
    const [first, second] = [
      await createCompiler(root, new CompileCache(folder)),
      await createCompiler(root, new CompileCache(folder)),
    ]
    const made = first.compile(source, 'x.ts')
    const kept = first.compileKept(source, 'x.ts')
    expect(entries()).toHaveLength(1)
    const found = second.compileKept(source, 'x.ts')
    expect(entries()).toHaveLength(1)
    for (const each of [kept, found]) {
      expect(each.js).toBe(made.js)
      expect(each.requires).toEqual(['./a.js'])
      for (const [n] of made.js.split('\n').entries())
        expect(each.locate({ line: n + 1, column: 3 })).toEqual(made.locate({ line: n + 1, column: 3 }))
    }
  })

  test('keeps apart what another extension or a tsconfig makes of the same text', async () => {
    const cache = new CompileCache(folder)
    const plain = await createCompiler(root, cache)
    plain.compileKept('export const a = <T,>(b: T) => b', 'x.ts')
    plain.compileKept('export const a = <T,>(b: T) => b', 'x.tsx')
    expect(entries()).toHaveLength(2)
    writeFileSync(path.join(root, 'tsconfig.json'), '{ "compilerOptions": { "experimentalDecorators": true } }')
    const decorated = await createCompiler(root, cache)
    decorated.compileKept('export const a = <T,>(b: T) => b', 'x.ts')
    expect(entries()).toHaveLength(3)
  })

  test('keeps nothing of a text that cannot be compiled', async () => {
    const compiler = await createCompiler(root, new CompileCache(folder))
    for (const _ of [1, 2]) expect(() => compiler.compileKept('const = 1', 'x.ts')).toThrow(SourceError)
    expect(() => entries()).toThrow('ENOENT')
  })
})

test.each([
  [{ XDG_CACHE_HOME: '/c', HOME: '/h' }, '/c/muster/compiled'],
  [{ XDG_CACHE_HOME: 'c', HOME: '/h' }, '/h/.cache/muster/compiled'],
])('the folder by %j', (environment, expected) => {
  expect(compileCacheFolder(environment)).toBe(expected)
})
