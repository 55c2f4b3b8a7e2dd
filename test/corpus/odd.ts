import type { Sequence } from './sequence.js'

/** What one does not meet every day, several at once. */
export const odd: readonly Sequence[] = [
  [
    'thrown in a template over lines',
    ["const name = 'x'", '`a\n${name}\n  ${(() => { throw new Error("in") })()}`'],
    { error: 'cell 2:3:20: Error: in' },
  ],
  [
    'thrown in a template in a template',
    ['`a${`b${[1].map(n => null!.x)}`}`'.replace('null!', '(null as never as { x: 1 })')],
    { error: /^cell 1:1:\d+: TypeError: / },
  ],
  [
    'an async stack through three cells',
    [
      "const low = async () => { await null; throw new Error('deep') }",
      'const mid = async () => {\n  await low()\n}',
      'await mid()',
    ],
    { error: 'cell 3:1:1: Error: deep', frames: ['cell 1:1:45', 'cell 2:2:3', 'cell 3:1:1'] },
  ],
  [
    'a generator of one cell is driven by others',
    [
      'function* count() { let n = 0; while (true) n += (yield n) ?? 1 }',
      'const c = count(); c.next().value',
      'c.next(5).value',
    ],
    { value: 5 },
  ],
  [
    'an async generator is left and closes',
    [
      "const log: string[] = []\nasync function* lines() { try { yield 'a'; yield 'b' } finally { log.push('closed') } }",
      'for await (const l of lines()) { log.push(l); break }',
      'log',
    ],
    { value: ['a', 'closed'] },
  ],
  [
    'private fields of a class of an earlier cell',
    [
      'class Safe { #n = 1; static is(o: object) { return #n in o } bump() { return ++this.#n } }',
      'class Safer extends Safe { #n = 10; own() { return this.#n + this.bump() } }',
      'const s = new Safer(); [s.own(), Safe.is(s), Safe.is({})]',
    ],
    { value: [12, true, false] },
  ],
  [
    'a let that a function of its cell assigns is read anew',
    ['let n = 0; const up = () => { n++ }', 'up(); up()', 'n'],
    { value: 2 },
  ],
  [
    'a let assigned here is seen by a function of its cell',
    ['let n = 0; const get = () => n', 'n = 41; n += 1', 'get()'],
    { value: 42 },
  ],
  [
    'using disposes in order, also when one throws on the way',
    [
      'const log: string[] = []\nconst res = (name: string, fails = false) => ({ [Symbol.dispose]() { log.push(name); if (fails) throw new Error(name) } })',
      "try { using a = res('a'); using b = res('b', true); log.push('in') } catch (e) { log.push(String(e)) }",
      'log',
    ],
    { value: ['in', 'b', 'a', 'Error: b'] },
  ],
  [
    'a labelled continue at the top',
    [
      'const seen: string[] = []\nouter: for (const a of [1, 2]) for (const b of [1, 2]) { if (b > a) continue outer; seen.push(`${a}${b}`) }',
      'seen',
    ],
    { value: ['11', '21', '22'] },
  ],
  [
    'import type and a value of the same module',
    [
      "import type { Stats } from 'node:fs'\nimport { statSync } from 'node:fs'",
      "const s: Stats = statSync('/'); s.isDirectory()",
    ],
    { value: true },
  ],
  ['a const enum', ['const enum Level { Low = 1, High = Low << 3 }', '[Level.Low, Level.High]'], { value: [1, 8] }],
  [
    'a namespace merges with a function',
    [
      'function area(n: number) { return n * area.factor }\nnamespace area { export let factor = 2 }',
      'area.factor = 3; area(2)',
    ],
    { value: 6 },
  ],
  [
    'a getter is read once for the value',
    ['let reads = 0; const o = { get a() { return ++reads } }', 'o.a', 'reads'],
    { value: 1 },
  ],
  [
    'a thenable is awaited as the value',
    ['const t = { then(done: (n: number) => void) { done(7) } }', 't'],
    { value: 7, problems: [] },
  ],
  ['a huge array', ['Array.from({ length: 1e6 }, (_, i) => i).length'], { value: 1e6 }],
  [
    'a name like those of muster itself',
    ['const module = 1, exports = 2, require_ = 3, $value = 4', '[module, exports, require_, $value]'],
    { value: [1, 2, 3, 4] },
  ],
  [
    'thrown in a decorator-free accessor',
    [
      'class A { accessor n = 1; get bad(): number { throw new TypeError("get") } }',
      'const a = new A(); a.n + 1',
      'a.bad',
    ],
    { error: 'cell 3:1:3: TypeError: get', frames: ['cell 1:1:53', 'cell 3:1:3'] },
  ],
  [
    'destructuring what is not there',
    ['const o: { a?: { b: number } } = {}', 'const { a: { b } } = o as { a: { b: number } }'],
    { error: /^cell 2:1:\d+: TypeError: / },
  ],
]
