import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { CellError } from './cell-error.js'
import { Evaluator } from './evaluator.js'

const cwd = realpathSync(mkdtempSync(path.join(tmpdir(), 'muster-cells-')))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))
const file = (name: string, text: string) => writeFileSync(path.join(cwd, name), text)

file('lib.ts', 'export const one = 1\nexport type Pair = [number, number]\nexport default class Lib { n = 7 }')
file('late.ts', 'export const late = await Promise.resolve("late")')
file('data.json', '{ "port": 22 }')
file('types.ts', 'throw new Error("types only")\nexport type T = number')
file('fails.ts', 'export const before = 1\nconst nothing: { x?: { y: 1 } } = {}\nexport const y = nothing.x!.y')
file('broken.ts', 'export const n = ;')
file('thrower.ts', 'export function thrower(): never {\n  throw new RangeError("from a file")\n}')

/** One expectation per sequence: what the last cell gives. */
interface Expected {
  readonly value?: unknown
  /** Message of the `CellError`. */
  readonly error?: string
  /** Frames of the `CellError`: `cell 1:2:3`, a file's name with line and column. */
  readonly frames?: readonly string[]
}

type Sequence = readonly [title: string, cells: readonly string[], expected: Expected]

const values: readonly Sequence[] = [
  ['an expression', ['1 + 1'], { value: 2 }],
  ['an expression with semicolon and comment', ['1 + 1; // two'], { value: 2 }],
  ['an expression that ends in a comment', ['[1,\n2 // two\n]'], { value: [1, 2] }],
  ['the last of several', ['1\n2\n3'], { value: 3 }],
  ['nothing', [''], { value: undefined }],
  ['a comment', ['// nothing'], { value: undefined }],
  ['a declaration has no value', ['const a = 1'], { value: undefined }],
  ['a string', ["'use strict'"], { value: 'use strict' }],
  ['an object literal', ['{ a: 1, b: 2 }'], { value: { a: 1, b: 2 } }],
  ['an object literal ending in a comment', ['{ a: 1 } // one'], { value: { a: 1 } }],
  ['an object literal with an earlier name', ['const a = 1', '{ a, b: a + 1 }'], { value: { a: 1, b: 2 } }],
  ['a block, by its semicolon', ['{ 1; }'], { value: undefined }],
  ['a block with statements', ['{ let a = 1; a++ }'], { value: undefined }],
  ['an awaited value', ['Promise.resolve(3)'], { value: 3 }],
  ['an awaited thenable', ['({ then: (done: (n: number) => void) => done(4) })'], { value: 4 }],
  ['top-level await', ['const a = await Promise.resolve(5)\na'], { value: 5 }],
  ['await in a call', ['Math.max(await Promise.resolve(6), 1)'], { value: 6 }],
  ['for await', ['let sum = 0\nfor await (const n of [1, Promise.resolve(2)]) sum += n\nsum'], { value: 3 }],
  [
    'an async generator',
    [
      'async function* g() { yield 1; yield 2 }',
      'const all: number[] = []\nfor await (const n of g()) all.push(n)\nall',
    ],
    { value: [1, 2] },
  ],
  [
    'a tagged template',
    ['const tag = (s: TemplateStringsArray, ...v: unknown[]) => [...s, ...v]', 'tag`a$' + '{1}b`'],
    { value: ['a', 'b', 1] },
  ],
  ['a const from before', ['const a = 1', 'a + 1'], { value: 2 }],
  ['several from before', ['const a = 1', 'const b = 2', 'const c = a + b', 'a + b + c'], { value: 6 }],
  ['const declared again', ['const a = 1', 'const a = 2', 'a'], { value: 2 }],
  ['const declared again with another type', ['const a = 1', "const a = 'x'", 'a.length'], { value: 1 }],
  ['let declared again', ['let a = 1', 'let a = 2', 'a'], { value: 2 }],
  ['function declared again', ['function f() { return 1 }', 'function f() { return 2 }', 'f()'], { value: 2 }],
  ['class declared again', ['class A { n = 1 }', 'class A { n = 2 }', 'new A().n'], { value: 2 }],
  ['const over function', ['function f() { return 1 }', 'const f = 3', 'f'], { value: 3 }],
  [
    'older closures keep older names',
    ['const a = 1', 'const f = () => a', 'const a = 2', '[f(), a]'],
    { value: [1, 2] },
  ],
  ['let assigned later', ['let a = 1', 'a = 5', 'a'], { value: 5 }],
  ['let assigned later is live where declared', ['let a = 1\nconst f = () => a', 'a = 5', 'f()'], { value: 5 }],
  [
    'let assigned where declared is live elsewhere',
    ['let a = 1\nconst f = () => { a++ }', 'const g = () => a', 'f(); g()'],
    { value: 2 },
  ],
  ['let incremented later', ['let a = 1', 'a++; ++a; a += 2', 'a'], { value: 5 }],
  ['let assigned by a pattern', ['let a = 1, b = 2', '[a, b] = [b, a]', '[a, b]'], { value: [2, 1] }],
  [
    'let assigned by an object pattern',
    ['let a = 1, b = 2', '({ a, x: b } = { a: 8, x: 9 })', '[a, b]'],
    { value: [8, 9] },
  ],
  ['let assigned by a loop', ['let a = 0', 'for (a of [1, 2, 3]) {}', 'a'], { value: 3 }],
  ['let assigned by a later function', ['let a = 0', 'function set(n: number) { a = n }', 'set(4)', 'a'], { value: 4 }],
  ['let without initial value', ['let a: number | undefined', 'a ??= 3', 'a'], { value: 3 }],
  ['var from a block', ['if (true) { var a = 1 }', 'a'], { value: 1 }],
  ['var from a loop', ['for (var i = 0; i < 3; i++) {}', 'i'], { value: 3 }],
  ['var assigned later', ['var a = 1', 'a = 2', 'a'], { value: 2 }],
  ['const x = f(x)', ['const x = 1', 'const x = x + 1', 'x'], { value: 2 }],
  ['const x = f(x), again and again', ['const x = 1', 'const x = x + 1', 'const x = x * 10', 'x'], { value: 20 }],
  ['let x = f(x)', ['let x = 1', 'let x = x + 1', 'x'], { value: 2 }],
  ['const x = f(x) awaited', ['const x = Promise.resolve(1)', 'const x = await x', 'x'], { value: 1 }],
  ['const x = { x }', ['const x = 1', 'const x = { x }', 'x'], { value: { x: 1 } }],
  ['const { x } = x', ['const x = { x: 4 }', 'const { x } = x', 'x'], { value: 4 }],
  ['const [x, y] = [y, x]', ['const x = 1, y = 2', 'const [x, y] = [y, x]', '[x, y]'], { value: [2, 1] }],
  ['const x = (() => x)()', ['const x = 1', 'const x = (() => x + 1)()', 'x'], { value: 2 }],
  [
    'a recursive arrow over an older one',
    ['const f = (n: number): number => n', 'const f = (n: number): number => n <= 1 ? 1 : n * f(n - 1)', 'f(5)'],
    { value: 120 },
  ],
  ['a parameter of the same name', ['const x = 1', 'const x = [1, 2].map(x => x * 2)', 'x'], { value: [2, 4] }],
  [
    'class A extends A',
    ['class A { n = 1 }', 'class A extends A { m = 2 }', 'const { n, m } = new A(); n + m'],
    { value: 3 },
  ],
  ['const x = f(x) over an import', ["import { one } from './lib.js'", 'const one = one + 1', 'one'], { value: 2 }],
  [
    'destructuring',
    ['const { a, b: [c, ...d], ...e } = { a: 1, b: [2, 3, 4], f: 5 }', '[a, c, d, e]'],
    { value: [1, 2, [3, 4], { f: 5 }] },
  ],
  [
    'destructuring with defaults',
    ['const d = 9', 'const { a = d, b } = { b: 1 } as { a?: number; b: number }', '[a, b]'],
    { value: [9, 1] },
  ],
  [
    'a class with private fields',
    [
      'class C { #n = 1; static #count = 0; inc() { C.#count++; return ++this.#n } static get count() { return C.#count } }',
      'new C().inc() + C.count',
    ],
    { value: 3 },
  ],
  ['an enum', ['enum E { A, B = 5 }', 'E.B + E.A'], { value: 5 }],
  ['a const enum', ['const enum E { A = 3 }', 'E.A'], { value: 3 }],
  [
    'a namespace',
    ['namespace N { export const n = 3; export type T = number }', 'const t: N.T = N.n; t'],
    { value: 3 },
  ],
  ['an interface', ['interface I { n: number }', 'const i: I = { n: 1 }; i.n'], { value: 1 }],
  ['a type', ['type T<A> = { a: A }', 'const t: T<number> = { a: 1 }; t.a'], { value: 1 }],
  [
    'a type over a const leaves the const',
    ['const Foo = 1', 'type Foo = string', 'const f: Foo = String(Foo); f'],
    { value: '1' },
  ],
  ['generics', ['const id = <T,>(t: T): T => t', 'id<number>(3)'], { value: 3 }],
  [
    'overloads',
    ['function f(a: string): string\nfunction f(a: number): number\nfunction f(a: unknown) { return a }', 'f(3)'],
    { value: 3 },
  ],
  [
    'satisfies, as and !',
    ['const a = { n: 1 } satisfies { n: number }', '(a as { n: number | undefined }).n!'],
    { value: 1 },
  ],
  [
    'using',
    [
      'const log: string[] = []',
      '{ using a = { [Symbol.dispose]: () => log.push("gone") }; log.push("here"); void a }',
      'log',
    ],
    { value: ['here', 'gone'] },
  ],
  [
    'using at the top',
    ['const log: string[] = []', 'using r = { n: 3, [Symbol.dispose]: () => { log.push("gone") } }\nr.n', 'log'],
    { value: ['gone'] },
  ],
  [
    'a labelled block',
    ['let n = 0\nouter: for (;;) { for (;;) { n++; if (n > 3) break outer; else continue outer } }\nn'],
    { value: 4 },
  ],
  ['a loop without braces', ['let n = 0\nfor (let i = 0; i < 3; i++) n += i\ndo n++; while (n < 5)\nn'], { value: 5 }],
  [
    'closures over a loop variable',
    ['const fs: (() => number)[] = []\nfor (let i = 0; i < 3; i++) fs.push(() => i)', 'fs.map(f => f())'],
    { value: [0, 1, 2] },
  ],
  ['an import', ["import { one } from './lib.js'", 'one'], { value: 1 }],
  [
    'an import of all kinds',
    [
      "import Lib, { one as uno, type Pair } from './lib'\nimport * as all from './lib.ts'",
      'const p: Pair = [uno, new Lib().n]; [...p, all.one]',
    ],
    { value: [1, 7, 1] },
  ],
  ['an import with top-level await', ["import { late } from './late.js'\nlate"], { value: 'late' }],
  [
    'an import used as a type only',
    ["import { T } from './types.js'\nconst t: T = 3", 'const u: T = t; u'],
    { value: 3 },
  ],
  ['import type', ["import type { T } from './types.js'", 'const u: T = 4; u'], { value: 4 }],
  ['a JSON import', ["import data from './data.json'", 'data.port'], { value: 22 }],
  ['a Node module', ["import { basename } from 'node:path'", "basename('/a/b')"], { value: 'b' }],
  ['import = require', ["import path = require('node:path')", "path.basename('/a/c')"], { value: 'c' }],
  ['dynamic import', ["const { one } = await import('./lib.js')", 'one'], { value: 1 }],
  ['dynamic import as the value', ["(await import('./late.js')).late"], { value: 'late' }],
  ['typeof import()', ["type L = typeof import('./lib.js')", 'const n: L["one"] = 1; n'], { value: 1 }],
  ['import.meta', ['import.meta.dirname'], { value: cwd }],
  [
    'export is taken as it is',
    ['export const a = 1\nexport function f() { return a + 1 }\nexport { a as b }', 'f()'],
    { value: 2 },
  ],
  ['export default is a value', ['export default { n: 1 }\nconst a = 1'], { value: { n: 1 } }],
  ['a nameless default function', ['export default function () { return 1 }'], { value: expect.any(Function) }],
  ['a prompt binding', ['fleet'], { value: 'all' }],
  ['a prompt binding in a function', ['const f = () => fleet.length', 'f()'], { value: 3 }],
  ['a prompt binding hidden', ["const fleet = 'mine'", 'fleet'], { value: 'mine' }],
  ['a prompt binding hidden by itself', ['const fleet = fleet.toUpperCase()', 'fleet'], { value: 'ALL' }],
  ['a prompt binding that is a template tag', ['$`a$' + '{1}`'], { value: 'a|:1' }],
  ['a name that only looks like an outer one', ['const a = 1', '((a: number) => a + 1)(5)'], { value: 6 }],
  ['a local let of an outer const name', ['const a = 1', 'for (let a = 0; a < 2; a++) {}\na'], { value: 1 }],
  [
    'globals stay what they are',
    ['const process = 1, console = 2', '[process, console, typeof globalThis.process]'],
    { value: [1, 2, 'object'] },
  ],
  ['this and exports are not needed', ['typeof exports + typeof this'], { value: 'objectobject' }],
  [
    'a failed cell leaves its names alone',
    ['const a = 1', "const a = (() => { throw new Error('no') })()", 'a'],
    { value: 1 },
  ],
  ['a failed cell gives no names', ["const b = 1; throw new Error('no')", 'typeof b'], { value: 'undefined' }],
  [
    'a name that failed can be declared again',
    ["const c = (() => { throw new Error('no') })()", 'const c = 3', 'c'],
    { value: 3 },
  ],
  ['a syntax error leaves names alone', ['const a = 1', 'const a = (', 'a'], { value: 1 }],
]

const errors: readonly Sequence[] = [
  ['a syntax error', ['const a = = 1'], { error: 'cell 1:1:11: Expression expected.' }],
  ['a syntax error in the last expression', ['1\nfoo(1, '], { error: "cell 1:2:8: ')' expected." }],
  [
    'a name declared twice in one cell',
    ['const a = 1\nconst a = 2'],
    { error: "cell 1:2:7: Identifier 'a' has already been declared" },
  ],
  ['break outside a loop', ['1\nbreak'], { error: 'cell 1:2:1: Illegal break statement' }],
  ['JSX', ['const a = <div>x</div>'], { error: expect.stringMatching(/^cell 1:1:\d+: /) }],
  [
    'assigning an earlier const',
    ['const a = 1', '\n  a = 2'],
    { error: "cell 2:2:3: Cannot assign to 'a' because it is a const of cell 1." },
  ],
  [
    'assigning an earlier function',
    ['function f() {}', 'f = 2'],
    { error: "cell 2:1:1: Cannot assign to 'f' because it is a function of cell 1." },
  ],
  [
    'an unknown name',
    ['const a = 1\n  nope'],
    { error: 'cell 1:2:3: ReferenceError: nope is not defined', frames: ['cell 1:2:3'] },
  ],
  [
    'too early',
    ['const b = a + 1\nconst a = 1'],
    { error: "cell 1:1:11: ReferenceError: Cannot access 'a' before initialization" },
  ],
  [
    'too early in a callback',
    ['const a = 1', 'const a = [1].map(n => n + a)'],
    { error: "cell 2:1:28: ReferenceError: Cannot access 'a' before initialization" },
  ],
  [
    'an exception on the first line',
    ['const o: any = undefined; o.x'],
    { error: "cell 1:1:29: TypeError: Cannot read properties of undefined (reading 'x')" },
  ],
  [
    'an exception in the wrapped last expression',
    ['const o: any = {}\n\n  o.a.b'],
    { error: "cell 1:3:7: TypeError: Cannot read properties of undefined (reading 'b')" },
  ],
  [
    'an exception behind imports of earlier names',
    ['const a = 1, b = 2', 'a + b; (undefined as any).c'],
    { error: "cell 2:1:27: TypeError: Cannot read properties of undefined (reading 'c')" },
  ],
  [
    'an exception in a wrapped expression of several lines',
    ['[1,\n  2,\n    (null as any).x]'],
    { error: "cell 1:3:19: TypeError: Cannot read properties of null (reading 'x')" },
  ],
  [
    'an exception after a replaced name',
    ['const x = 1', 'const x = [x, (null as any).y]'],
    { error: "cell 2:1:29: TypeError: Cannot read properties of null (reading 'y')" },
  ],
  [
    'an exception after an export',
    ['export const a = 1; (null as any).y'],
    { error: "cell 1:1:35: TypeError: Cannot read properties of null (reading 'y')" },
  ],
  [
    'an exception behind types',
    ['interface A {\n  n: number\n}\nconst a: A | null = null\nconst n: number = a!.n'],
    { error: "cell 1:5:22: TypeError: Cannot read properties of null (reading 'n')" },
  ],
  ['an exception after an await', ['await null\nthrow new Error("x")'], { error: 'cell 1:2:7: Error: x' }],
  [
    'an exception in an earlier function',
    ['function f(): never {\n  throw new Error("deep")\n}', '1\nf()'],
    { error: 'cell 2:2:1: Error: deep', frames: ['cell 1:2:9', 'cell 2:2:1'] },
  ],
  [
    'an exception in an async function',
    ['const f = async () => {\n  await null\n  throw new Error("deep")\n}', 'await f()'],
    { error: 'cell 2:1:1: Error: deep', frames: ['cell 1:3:9', 'cell 2:1:1'] },
  ],
  [
    'an exception in a user file',
    ["import { thrower } from './thrower.js'", '\nthrower()'],
    { error: 'cell 2:2:1: RangeError: from a file', frames: ['thrower.ts:2:9', 'cell 2:2:1'] },
  ],
  [
    'an exception while importing',
    ["1\nimport './fails.js'"],
    { error: "cell 1:2:8: TypeError: Cannot read properties of undefined (reading 'y')", frames: ['fails.ts:3:29'] },
  ],
  [
    'a user file with a syntax error',
    ["import { n } from './broken.js'\nn"],
    { error: expect.stringMatching(/^cell 1:1:19: .*broken\.ts:1:18: Expression expected\.$/) },
  ],
  [
    'an import that leads nowhere',
    ["import { n } from './nowhere.js'\nn"],
    { error: "cell 1:1:19: cannot find './nowhere.js'" },
  ],
  [
    'a package that is not there',
    ["import { n } from 'no-such-package'\nn"],
    { error: "cell 1:1:19: cannot find package 'no-such-package': is it installed?" },
  ],
  ['a rejection', ['const p = Promise.reject(new Error("no"))\n  await p'], { error: 'cell 1:1:26: Error: no' }],
  ['a rejection made outside', ['1;\n  await fail()'], { error: 'cell 1:2:3: far: away' }],
  ['a rejection made outside as the value', ['1;\n  fail()'], { error: 'cell 1:2:3: far: away' }],
  [
    'a rejection made outside, in a function',
    ['const f = async () => {\n  await fail()\n}', 'f()'],
    { error: 'cell 2:1:1: far: away', frames: ['cell 1:2:3', 'cell 2:1:1'] },
  ],
  ['a string is thrown', ["throw 'up'"], { error: "cell 1: 'up' was thrown" }],
  [
    'a tag in several lines',
    ['const $ = () => { throw new Error("t") }', '$`a\nb`'],
    { error: 'cell 2:1:1: Error: t', frames: ['cell 1:1:25', 'cell 2:1:1'] },
  ],
]

class FarError extends Error {
  override readonly name = 'far'
}

const globals = {
  fleet: 'all',
  $: (strings: TemplateStringsArray, ...given: readonly unknown[]) => `${strings.join('|')}:${given.join()}`,
  /** Rejects the way a link does: from a callback, with no frame of the caller. */
  fail: () =>
    new Promise((_, reject) => {
      setImmediate(() => reject(new FarError('away')))
    }),
}

async function inSession<T>(use: (evaluator: Evaluator) => Promise<T>): Promise<T> {
  const evaluator = new Evaluator({ cwd })
  try {
    return await use(evaluator)
  } finally {
    evaluator.close()
  }
}

/** Runs cells one after the other; what the last one gives. */
async function runAll(cells: readonly string[]): Promise<unknown> {
  return inSession(async evaluator => {
    let last: unknown
    for (const [index, source] of cells.entries()) {
      last = await evaluator.run(source, { id: index + 1, globals }).then(
        ({ value }) => value,
        error => error,
      )
    }
    return last
  })
}

describe('values', () => {
  test.each(values)('%s', async (_title, cells, { value }) => {
    expect(await runAll(cells)).toEqual(value)
  })
})

describe('errors', () => {
  test.each(errors)('%s', async (_title, cells, { error, frames }) => {
    const thrown = await runAll(cells)
    if (!(thrown instanceof CellError)) return expect.fail(`no error but ${String(thrown)}`)
    expect(thrown.message).toEqual(error)
    const shown = thrown.frames.map(at => `${path.basename(at.source)}:${at.line}:${at.column}`)
    if (frames) expect(shown).toEqual(frames)
  })
})

test('there are enough sequences', () => {
  expect(values.length + errors.length).toBeGreaterThanOrEqual(80)
})
