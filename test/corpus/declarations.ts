import type { Sequence } from './sequence.js'

/** Every form of statement. */
export const declarations: readonly Sequence[] = [
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
  [
    'destructuring of nested arrays with holes',
    ['const [, [a = 1, , b] = []] = [0, [undefined, 2, 3]] as [number, [number?, number?, number?]?]', '[a, b]'],
    { value: [1, 3] },
  ],
  [
    'destructuring with computed keys',
    ["const k = 'x' as const", 'const { [k]: got } = { x: 5 }', 'got'],
    { value: 5 },
  ],
  [
    'destructuring a string and a Map',
    ["const [first, ...others] = 'abc'\nconst [[key, value]] = new Map([['k', 1]])", '[first, others, key, value]'],
    { value: ['a', ['b', 'c'], 'k', 1] },
  ],
  [
    'private methods, accessors and brand checks',
    [
      'class P { #a = 1; get #twice() { return this.#a * 2 } static #make() { return new P() } static made() { return P.#make().#twice } static is(x: object) { return #a in x } }',
      '[P.made(), P.is(new P()), P.is({})]',
    ],
    { value: [2, true, false] },
  ],
  ['a static block', ['class S { static n: number; static { S.n = 9 } }', 'S.n'], { value: 9 }],
  ['accessor fields', ['class A { accessor n = 4 }', 'const a = new A(); a.n++; a.n'], { value: 5 }],
  [
    'an abstract class',
    [
      'abstract class A { abstract n(): number; twice() { return this.n() * 2 } }',
      'class B extends A { n() { return 4 } }',
      'new B().twice()',
    ],
    { value: 8 },
  ],
  [
    'parameter properties',
    [
      'class A { constructor(private readonly n: number, public m = 2) {} get sum() { return this.n + this.m } }',
      'new A(1).sum',
    ],
    { value: 3 },
  ],
  [
    'override, protected, readonly',
    [
      'class A { protected n() { return 1 } }',
      'class B extends A { protected override n() { return super.n() + 1 } get m() { return this.n() } }',
      'new B().m',
    ],
    { value: 2 },
  ],
  [
    'a class that implements',
    [
      'interface Speaks { say(): string }',
      "class Dog implements Speaks { say() { return 'wuff' } }",
      'new Dog().say()',
    ],
    { value: 'wuff' },
  ],
  [
    'a class with a symbol method',
    [
      'class R { *[Symbol.iterator]() { yield* [1, 2] } get [Symbol.toStringTag]() { return "R" } }',
      '[...new R(), String(new R())]',
    ],
    { value: [1, 2, '[object R]'] },
  ],
  [
    'a mixin',
    [
      'type Make<T> = new (...args: any[]) => T',
      'const Loud = <B extends Make<{ name: string }>>(Base: B) => class extends Base { shout() { return this.name.toUpperCase() } }',
      'class N { name = "a" }',
      'new (Loud(N))().shout()',
    ],
    { value: 'A' },
  ],
  [
    'decorators are the language’s own: the experimental ones are off',
    [
      'const seen: unknown[] = []\nconst note = (_: unknown, { kind, name }: ClassMethodDecoratorContext) => void seen.push(kind, name)',
      'class A { @note m() {} }',
      'seen',
    ],
    { value: ['method', 'm'] },
  ],
  [
    'an enum of strings and computed members',
    ["enum E { A = 'a', B = 'bcd'.length }", '[E.A, E.B]'],
    { value: ['a', 3] },
  ],
  ['an enum both ways', ['enum E { A, B }', '[E[1], E.A]'], { value: ['B', 0] }],
  [
    'a const enum from an earlier cell, in types',
    ['const enum Level { Low = 1, High = 5 }', 'const at = (level: Level) => level + 1', 'at(Level.High)'],
    { value: 6 },
  ],
  [
    'a nested namespace',
    ['namespace A.B { export const n = 1; export namespace C { export const m = 2 } }', 'A.B.n + A.B.C.m'],
    { value: 3 },
  ],
  [
    'a namespace alias',
    ['namespace A { export namespace B { export const n = 4 } }', 'import B = A.B\nB.n'],
    { value: 4 },
  ],
  [
    'a namespace of types only',
    ['namespace T { export interface I { n: number } }', 'const i: T.I = { n: 2 }; i.n'],
    { value: 2 },
  ],
  [
    'declare is for types only',
    ['declare const nowhere: number\ndeclare function f(): void', 'typeof f'],
    { problems: ["1:8 Cannot find name 'f'."], value: 'undefined' },
  ],
  [
    'overloads of methods',
    [
      'class A { f(a: string): string; f(a: number): number; f(a: string | number) { return a } }',
      "[new A().f('x'), new A().f(1)]",
    ],
    { value: ['x', 1] },
  ],
  [
    'satisfies keeps the narrow type',
    ['const levels = { low: 1, high: 2 } satisfies Record<string, number>', 'levels.high.toFixed()'],
    { value: '2' },
  ],
  ['as const', ["const t = ['a', 1] as const", 'const [s, n] = t; s.length + n'], { value: 2 }],
  [
    'a conditional and a mapped type',
    [
      'type Un<T> = T extends Promise<infer U> ? U : T\ntype Opt<T> = { [K in keyof T]?: T[K] }',
      'const o: Opt<{ a: Un<Promise<number>> }> = { a: 1 }; o.a',
    ],
    { value: 1 },
  ],
  ['template literal types', ['type Name = `web-${number}`', "const n: Name = 'web-7'; n"], { value: 'web-7' }],
  [
    'a type guard and an assertion',
    [
      "function isText(x: unknown): x is string { return typeof x === 'string' }\nfunction must(x: unknown): asserts x { if (!x) throw new Error('no') }",
      "const x: unknown = 'ab'; must(x); isText(x) ? x.length : 0",
    ],
    { value: 2 },
  ],
  [
    'generics with constraints and defaults',
    [
      'function pick<T extends object, K extends keyof T = keyof T>(o: T, k: K): T[K] { return o[k] }',
      "pick({ a: 1, b: 'x' }, 'b')",
    ],
    { value: 'x' },
  ],
  [
    'a generic class',
    [
      'class Stack<T> { #all: T[] = []; push(t: T) { this.#all.push(t); return this } top(): T | undefined { return this.#all.at(-1) } }',
      'new Stack<string>().push("a").push("b").top()',
    ],
    { value: 'b' },
  ],
  [
    'unique symbol and const assertion of a type',
    ['const key: unique symbol = Symbol()', 'const o: { [key]?: number } = { [key]: 1 }; o[key]'],
    { value: 1 },
  ],
  [
    'await using at the top',
    [
      'const log: string[] = []',
      "await using r = { n: 3, async [Symbol.asyncDispose]() { await null; log.push('gone') } }\nr.n",
      'log',
    ],
    { value: ['gone'] },
  ],
  [
    'await using in a block, in reverse order',
    [
      'const log: string[] = []\nconst res = (name: string) => ({ async [Symbol.asyncDispose]() { log.push(name) } })',
      "{ await using a = res('a'); await using b = res('b'); log.push('in'); void [a, b] }",
      'log',
    ],
    { value: ['in', 'b', 'a'] },
  ],
  [
    'using, when the cell fails',
    ['const log: string[] = []', "using r = { [Symbol.dispose]() { log.push('gone') } }\nthrow new Error('no')", 'log'],
    { value: ['gone'] },
  ],
  [
    'for await over promises and generators',
    [
      'async function* pages() { yield [1]; yield [2, 3] }',
      'const all: number[] = []\nfor await (const page of pages()) all.push(...page)\nall',
    ],
    { value: [1, 2, 3] },
  ],
  [
    'for await with a label and continue',
    [
      'let sum = 0\nouter: for await (const n of [1, 2, 3]) { for (const m of [1]) { if (n === 2) continue outer; sum += n * m } }\nsum',
    ],
    { value: 4 },
  ],
  [
    'for await in a function',
    [
      'const sum = async (of: AsyncIterable<number>) => { let s = 0; for await (const n of of) s += n; return s }',
      'sum((async function* () { yield 4; yield 5 })())',
    ],
    { value: 9 },
  ],
  [
    'a labelled block that is left',
    ['let at = "start"\nfind: { at = "in"; if (at === "in") break find; at = "end" }\nat'],
    { value: 'in' },
  ],
  ['for in', ['const keys: string[] = []\nfor (const k in { a: 1, b: 2 }) keys.push(k)\nkeys'], { value: ['a', 'b'] }],
  ['do while and comma loops', ['let i = 0, j = 10\ndo { i++, j-- } while (i < j)\n;[i, j]'], { value: [5, 5] }],
  [
    'switch with names of its own',
    ['let got = 0\nswitch (2 as number) { case 1: { const a = 1; got = a; break } case 2: const b = 7; got = b }\ngot'],
    { value: 7 },
  ],
  [
    'try, catch without a name, finally',
    ["const log: string[] = []\ntry { throw 1 } catch { log.push('c') } finally { log.push('f') }\nlog"],
    { value: ['c', 'f'] },
  ],
  [
    'default parameters and rest',
    ['const f = (a: number, b = a * 2, ...rest: number[]) => a + b + rest.length', 'f(1, undefined, 7, 7)'],
    { value: 5 },
  ],
  [
    'a getter and a setter on a class',
    [
      'class T { #c = 0; get f() { return this.#c * 2 } set f(v: number) { this.#c = v / 2 } }',
      'const t = new T(); t.f = 10; t.f',
    ],
    { value: 10 },
  ],
  ['a static method that is a generator', ['class G { static *all() { yield 1 } }', '[...G.all()]'], { value: [1] }],
  ['new.target', ['function F() { return new.target !== undefined }', 'F()'], { value: false }],
  [
    'exponent, numeric separators, other bases',
    ['[2 ** 10, 1_000, 0xff, 0o17, 0b11]'],
    { value: [1024, 1000, 255, 15, 3] },
  ],
  ['a this parameter', ['function f(this: { n: number }) { return this.n }', 'f.call({ n: 6 })'], { value: 6 }],
]
