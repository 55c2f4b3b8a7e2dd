import type { Sequence } from './sequence.js'

/** What is said when a cell fails, and where. */
export const errors: readonly Sequence[] = [
  [
    'a syntax error',
    ['const a = = 1'],
    { problems: ['1:11 Expression expected.'], error: 'cell 1:1:11: Expression expected.' },
  ],
  [
    'a syntax error in the last expression',
    ['1\nfoo(1, '],
    { problems: ["2:8 ')' expected."], error: "cell 1:2:8: ')' expected." },
  ],
  [
    'a name declared twice in one cell',
    ['const a = 1\nconst a = 2'],
    {
      problems: ["1:7 Cannot redeclare block-scoped variable 'a'.", "2:7 Cannot redeclare block-scoped variable 'a'."],
      error: "cell 1:2:7: Identifier 'a' has already been declared",
    },
  ],
  [
    'break outside a loop',
    ['1\nbreak'],
    {
      problems: ["2:1 A 'break' statement can only be used within an enclosing iteration or switch statement."],
      error: 'cell 1:2:1: Illegal break statement',
    },
  ],
  [
    'JSX',
    ['const a = <div>x</div>'],
    { problems: ['1:18 Unterminated regular expression literal.'], error: /^cell 1:1:\d+: / },
  ],
  [
    'assigning an earlier const',
    ['const a = 1', '\n  a = 2'],
    {
      problems: ["2:3 Cannot assign to 'a' because it is a const of cell 1."],
      error: "cell 2:2:3: Cannot assign to 'a' because it is a const of cell 1.",
    },
  ],
  [
    'assigning an earlier function',
    ['function f() {}', 'f = 2'],
    {
      problems: ["1:1 Cannot assign to 'f' because it is a function of cell 1."],
      error: "cell 2:1:1: Cannot assign to 'f' because it is a function of cell 1.",
    },
  ],
  [
    'an unknown name',
    ['const a = 1\n  nope'],
    {
      problems: ["2:3 Cannot find name 'nope'."],
      error: 'cell 1:2:3: ReferenceError: nope is not defined',
      frames: ['cell 1:2:3'],
    },
  ],
  [
    'too early',
    ['const b = a + 1\nconst a = 1'],
    {
      problems: [
        "1:11 Block-scoped variable 'a' used before its declaration.",
        "1:11 Variable 'a' is used before being assigned.",
      ],
      error: "cell 1:1:11: ReferenceError: Cannot access 'a' before initialization",
    },
  ],
  [
    'too early in a callback',
    ['const a = 1', 'const a = [1].map(n => n + a)'],
    {
      problems: [
        "1:7 'a' implicitly has type 'any' because it does not have a type annotation and is referenced directly or indirectly in its own initializer.",
        "1:19 Function implicitly has return type 'any' because it does not have a return type annotation and is referenced directly or indirectly in one of its return expressions.",
      ],
      error: "cell 2:1:28: ReferenceError: Cannot access 'a' before initialization",
    },
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
    {
      problems: ['1:19 broken.ts:1:18: Expression expected.'],
      error: /^cell 1:1:19: .*broken\.ts:1:18: Expression expected\.$/,
    },
  ],
  [
    'an import that leads nowhere',
    ["import { n } from './nowhere.js'\nn"],
    {
      problems: ["1:19 Cannot find module './nowhere.js' or its corresponding type declarations."],
      error: "cell 1:1:19: cannot find './nowhere.js'",
    },
  ],
  [
    'a package that is not there',
    ["import { n } from 'no-such-package'\nn"],
    {
      problems: ["1:19 Cannot find module 'no-such-package' or its corresponding type declarations."],
      error: "cell 1:1:19: cannot find package 'no-such-package': is it installed?",
    },
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
    {
      problems: ['1:2 Expected 0 arguments, but got 1.'],
      error: 'cell 2:1:1: Error: t',
      frames: ['cell 1:1:25', 'cell 2:1:1'],
    },
  ],
  [
    'a TypeError in a chain over lines',
    ['const o = { a: null as any }\no\n  .a\n  .b'],
    { error: "cell 1:4:4: TypeError: Cannot read properties of null (reading 'b')" },
  ],
  ['calling what is no function', ['const f: any = 1\n  f()'], { error: 'cell 1:2:3: TypeError: f is not a function' }],
  [
    'thrown in a class field',
    ["class A {\n  n = (() => { throw new Error('field') })()\n}", 'new A()'],
    { error: 'cell 2:1:1: Error: field', frames: ['cell 1:2:22', 'cell 1:2:43', 'cell 1:1:1', 'cell 2:1:1'] },
  ],
  [
    'thrown in a getter',
    ["const o = {\n  get a(): number { throw new Error('got') }\n}", 'o.a'],
    { error: 'cell 2:1:3: Error: got', frames: ['cell 1:2:27', 'cell 2:1:3'] },
  ],
  [
    'thrown in a generator',
    ["function* g() {\n  yield 1\n  throw new Error('gen')\n}", 'for (const n of g()) void n'],
    { error: 'cell 2:1:12: Error: gen', frames: ['cell 1:3:9', 'cell 2:1:12'] },
  ],
  [
    'thrown in an async generator',
    ["async function* g() {\n  yield 1\n  throw new Error('gen')\n}", 'for await (const n of g()) void n'],
    { error: /^cell 2:1:\d+: Error: gen$|^cell 2: Error: gen$/ },
  ],
  [
    'thrown in a callback of an array method',
    ["[1, 2].map(n => {\n  if (n === 2) throw new RangeError('two')\n  return n\n})"],
    { error: 'cell 1:2:22: RangeError: two', frames: ['cell 1:2:22', 'cell 1:1:8'] },
  ],
  [
    'thrown in a promise executor',
    ["await new Promise(() => {\n  throw new Error('exec')\n})"],
    { error: 'cell 1:2:9: Error: exec' },
  ],
  [
    'thrown after a timer',
    ["await new Promise((_, no) => setTimeout(() => no(new Error('timed')), 1))"],
    { error: 'cell 1:1:50: Error: timed' },
  ],
  [
    'thrown in then',
    ["await Promise.resolve(1).then(() => {\n  throw new Error('then')\n})"],
    { error: 'cell 1:2:9: Error: then' },
  ],
  ['thrown in finally', ["try { void 0 } finally {\n  throw new Error('fin')\n}"], { error: 'cell 1:2:9: Error: fin' }],
  [
    'caught and thrown again keeps its place',
    ["try {\n  throw new Error('again')\n} catch (e) {\n  throw e\n}"],
    { error: 'cell 1:2:9: Error: again' },
  ],
  [
    'an error with a cause',
    ["try {\n  JSON.parse('{')\n} catch (cause) {\n  throw new Error('no config', { cause })\n}"],
    { error: /^cell 1:4:9: Error: no config; cause: SyntaxError: .*JSON/ },
  ],
  [
    'a chain of causes',
    ["throw new Error('a', { cause: new Error('b', { cause: new TypeError('c') }) })"],
    { error: 'cell 1:1:7: Error: a; cause: Error: b; cause: TypeError: c' },
  ],
  [
    'a cause that is no error',
    ["throw new Error('a', { cause: { code: 5 } })"],
    { error: 'cell 1:1:7: Error: a; cause: { code: 5 }' },
  ],
  [
    'a cause that is itself',
    ["const e: Error = new Error('ring'); e.cause = e; throw e"],
    { error: 'cell 1:1:18: Error: ring' },
  ],
  [
    'an AggregateError says its errors',
    ["await Promise.any([Promise.reject(new Error('a')), Promise.reject(new TypeError('b'))])"],
    { error: /^cell 1(?::1:\d+)?: AggregateError: All promises were rejected: Error: a; TypeError: b$/ },
  ],
  [
    'an AggregateError with its own words',
    ["throw new AggregateError([new Error('x'), 'y'], 'both failed')"],
    { error: "cell 1:1:7: AggregateError: both failed: Error: x; 'y'" },
  ],
  [
    'an error class of one’s own',
    ["class Sad extends Error { override name = 'Sad' }", "throw new Sad('boo')"],
    { error: 'cell 2:1:7: Sad: boo' },
  ],
  [
    'an error with more properties',
    ["throw Object.assign(new Error('no entry'), { code: 'ENOENT' })"],
    { error: 'cell 1:1:21: Error: no entry' },
  ],
  ['an error whose message is empty', ['throw new TypeError()'], { error: 'cell 1:1:7: TypeError' }],
  ['an error with a message of several lines', ["throw new Error('a\\nb')"], { error: 'cell 1:1:7: Error: a\nb' }],
  [
    'an error without a stack',
    ["const e = new Error('bare'); delete e.stack; throw e"],
    { error: /^cell 1(?::1:11)?: Error: bare$/ },
  ],
  [
    'an error whose stack lies',
    ["const e = new Error('x'); e.stack = 'nonsense'; throw e"],
    { error: /^cell 1(?::1:11)?: Error: x$/ },
  ],
  ['an object is thrown', ['throw { code: 3 }'], { error: 'cell 1: { code: 3 } was thrown' }],
  ['undefined is thrown', ['throw undefined'], { error: 'cell 1: undefined was thrown' }],
  [
    'a proxy that throws is thrown',
    ["throw new Proxy({}, { get() { throw new Error('trap') }, getPrototypeOf() { throw new Error('trap') } })"],
    { error: /^cell 1: .* was thrown$/ },
  ],
  [
    'too much recursion',
    ['const f = (n: number): number => f(n + 1) + 1', 'f(0)'],
    { error: /^cell 2(?::1:1)?: RangeError: Maximum call stack size exceeded$/ },
  ],
  [
    'an error of Node with a code',
    ["import { readFileSync } from 'node:fs'", "readFileSync('/nowhere/at-all')"],
    { error: "cell 2:1:1: Error: ENOENT: no such file or directory, open '/nowhere/at-all'" },
  ],
  [
    'an error of Node, asynchronous',
    ["import { readFile } from 'node:fs/promises'", "\n  await readFile('/nowhere/at-all')"],
    { error: "cell 2:2:3: Error: ENOENT: no such file or directory, open '/nowhere/at-all'" },
  ],
  [
    'an invalid argument of Node',
    ["import { join } from 'node:path'", 'join(1 as any)'],
    { error: /^cell 2:1:1: TypeError: The "path" argument must be of type string/ },
  ],
  [
    'in a method of a user file’s class',
    ["import { Faulty } from './faulty.js'", 'const faulty = new Faulty()\nfaulty.work()'],
    { error: 'cell 2:2:8: Error: at work', frames: ['faulty.ts:5:11', 'faulty.ts:9:10', 'cell 2:2:8'] },
  ],
  [
    'in an async function of a user file',
    ["import { later } from './faulty.js'", '\nawait later()'],
    { error: 'cell 2:2:1: Error: late in a file', frames: ['faulty.ts:15:9', 'cell 2:2:1'] },
  ],
  [
    'in a callback given to a user file',
    ["import { each } from './faulty.js'", "each([1], () => {\n  throw new Error('given')\n})"],
    { error: 'cell 2:2:9: Error: given', frames: ['cell 2:2:9', 'faulty.ts:19:28', 'cell 2:1:1'] },
  ],
  [
    'a user file that imports a faulty one',
    ["import './imports-fails.js'"],
    { error: "cell 1:1:8: TypeError: Cannot read properties of undefined (reading 'y')", frames: ['fails.ts:3:29'] },
  ],
  [
    'a user file that has a syntax error, deep',
    ["const b = await import('./imports-broken.js')"],
    { error: /broken\.ts:1:18: Expression expected\.$/, problems: ['1:24 broken.ts:1:18: Expression expected.'] },
  ],
  ['an unclosed bracket', ['const a = [1,\n  2'], { problems: ["2:4 ']' expected."], error: /^cell 1:2:4: / }],
  [
    'an unclosed template',
    ['const a = `x'],
    { problems: ['1:13 Unterminated template literal.'], error: 'cell 1:1:13: Unterminated template literal.' },
  ],
  ['an unclosed comment', ['1 /* x'], { problems: ["1:7 '*/' expected."], error: /^cell 1:1:\d+: '\*\/' expected\.$/ }],
  [
    'a stray bracket',
    ['const a = 1\n}'],
    { problems: ['2:1 Declaration or statement expected.'], error: 'cell 1:2:1: Declaration or statement expected.' },
  ],
  [
    'an illegal character',
    ['const a = 1 # 2'],
    { problems: ['1:13 Invalid character.', "1:15 ',' expected."], error: /^cell 1:1:1[34]: / },
  ],
  [
    'a return at the top',
    ['const a = 1\nreturn a'],
    { error: /^cell 1:2:1: /, problems: ["2:1 A 'return' statement can only be used within a function body."] },
  ],
  [
    'a reserved word as a name',
    ['const class = 1'],
    {
      problems: ["1:7 'class' is not allowed as a variable declaration name.", "1:13 '{' expected."],
      error: /^cell 1:1:7: /,
    },
  ],
  [
    'const without a value',
    ['const a'],
    {
      error: /^cell 1:1:7: /,
      problems: ["1:7 'const' declarations must be initialized.", "1:7 Variable 'a' implicitly has an 'any' type."],
    },
  ],
  ['a bad regular expression', ['/(/'], { problems: ["1:3 ')' expected."], error: /^cell 1:1:\d: / }],
  [
    'a duplicate parameter',
    ['function f(a: number, a: number) {}'],
    { error: /^cell 1:1:\d+: /, problems: ["1:12 Duplicate identifier 'a'.", "1:23 Duplicate identifier 'a'."] },
  ],
  [
    'a private name outside',
    ['const o = {}\n  o.#x'],
    { error: /^cell 1:2:[45]: /, problems: ["2:5 Property '#x' does not exist on type '{}'."] },
  ],
  [
    'a label that is not there',
    ['for (;;) { break nowhere }'],
    {
      problems: ["1:12 A 'break' statement can only jump to a label of an enclosing statement."],
      error: /^cell 1:1:\d+: Undefined label 'nowhere'/,
    },
  ],
  [
    'assigning an import',
    ["import { one } from './lib.js'", 'one = 2'],
    {
      problems: ["1:1 Cannot assign to 'one' because it is an import of cell 1."],
      error: "cell 2:1:1: Cannot assign to 'one' because it is an import of cell 1.",
    },
  ],
  [
    'assigning a const of the same cell',
    ['const a = 1\na = 2'],
    {
      problems: ["2:1 Cannot assign to 'a' because it is a constant."],
      error: 'cell 1:2:3: TypeError: Assignment to constant variable.',
    },
  ],
  [
    'assigning a frozen property',
    ['const o = Object.freeze({ a: 1 }) as { a: number }\no.a = 2'],
    { error: "cell 1:2:5: TypeError: Cannot assign to read only property 'a' of object '#<Object>'" },
  ],
  [
    'BigInt mixed with a number',
    ['const n: any = 1\nn + 1n'],
    { error: 'cell 1:2:3: TypeError: Cannot mix BigInt and other types, use explicit conversions' },
  ],
  [
    'behind text of other scripts',
    ["const a = '日本語 ✓', b: any = null; b.c"],
    { error: "cell 1:1:37: TypeError: Cannot read properties of null (reading 'c')" },
  ],
  [
    'behind an emoji',
    ["const a = '🚀🚀'; (null as any).c"],
    { error: "cell 1:1:33: TypeError: Cannot read properties of null (reading 'c')" },
  ],
  ['behind tabs and Windows line ends', ['const a = 1\r\n\t\tthrow new Error("x")'], { error: 'cell 1:2:9: Error: x' }],
  ['behind a hash-bang', ['#!/usr/bin/env muster\nthrow new Error("x")'], { error: 'cell 1:2:7: Error: x' }],
  [
    'behind an enum and a namespace',
    ['enum E { A }\nnamespace N { export const n = 1 }\nconst e = E.A\nthrow new Error("x" + e)'],
    { error: 'cell 1:4:7: Error: x0' },
  ],
  [
    'behind a const x = f(x)',
    ['const x = 1', 'const x = x + 1; throw new Error("x")'],
    { error: 'cell 2:1:24: Error: x' },
  ],
  [
    'in the middle of a long cell',
    [`${'// line\n'.repeat(300)}throw new Error('here')\n${'// line\n'.repeat(300)}`],
    { error: 'cell 1:301:7: Error: here' },
  ],
  [
    'using that cannot be disposed of',
    ["{\n  using r = { [Symbol.dispose]() { throw new Error('stuck') } }\n  void r\n}"],
    { error: /^cell 1:2:42: Error: stuck$/ },
  ],
  [
    'using something that is not disposable',
    ['using r: any = {}'],
    {
      problems: [
        "1:16 The initializer of a 'using' declaration must be either an object with a '[Symbol.dispose]()' method, or be 'null' or 'undefined'.\n  Property '[Symbol.dispose]' is missing in type '{}' but required in type 'Disposable'.",
      ],
      error: /^cell 1(?::1:\d+)?: TypeError: /,
    },
  ],
]
