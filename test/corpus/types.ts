import type { Sequence } from './sequence.js'

/** What the type checker says before a cell is run; these cells are not run. */
export const types: readonly Sequence[] = [
  ['a wrong type', ["const n: number = 'x'"], { problems: ["1:7 Type 'string' is not assignable to type 'number'."] }],
  [
    'a member that is not there',
    ['const a = 1\n  a.toUppercase()'],
    { problems: ["2:5 Property 'toUppercase' does not exist on type '1'."] },
  ],
  ['in the value', ['\n  [1].map(n => n.x)'], { problems: ["2:18 Property 'x' does not exist on type 'number'."] }],
  [
    'an earlier name of the wrong type',
    ['const a = 1', 'const s: string = a'],
    { problems: ["1:7 Type 'number' is not assignable to type 'string'."] },
  ],
  [
    'the newest type of a name',
    ['const a = 1', "const a = 'x'", 'const n: number = a'],
    { problems: ["1:7 Type 'string' is not assignable to type 'number'."] },
  ],
  [
    'behind const x = f(x)',
    ["const x = '1'", 'const x = Number(x); x.length'],
    { problems: ["1:24 Property 'length' does not exist on type 'number'."] },
  ],
  [
    'inside const x = f(x)',
    ['const x = 1', 'const x = x.length'],
    { problems: ["1:13 Property 'length' does not exist on type '1'."] },
  ],
  [
    'a let assigned a wrong type',
    ['let n = 1', "\n n = 'x'"],
    { problems: ["2:2 Type 'string' is not assignable to type 'number'."] },
  ],
  [
    'a const assigned',
    ['const n = 1', 'n = 2'],
    { problems: ["1:1 Cannot assign to 'n' because it is a const of cell 1."] },
  ],
  [
    'a private field',
    ['class C { #p = 1 }', 'new C().#p'],
    { problems: ["1:9 Property '#p' is not accessible outside class 'C' because it has a private identifier."] },
  ],
  ['an implicit any', ['const f = x => x'], { problems: ["1:11 Parameter 'x' implicitly has an 'any' type."] }],
  [
    'possibly undefined',
    ['const list: number[] = []', 'list.at(0).toFixed()'],
    { problems: ["1:1 Object is possibly 'undefined'."] },
  ],
  [
    'a missing argument',
    ['const f = (a: number, b: string) => a + b', 'f(1)'],
    { problems: ['1:1 Expected 2 arguments, but got 1.'] },
  ],
  [
    'a missing key',
    ['interface I { a: number; b: string }', 'const i: I = { a: 1 }'],
    { problems: ["1:7 Property 'b' is missing in type '{ a: number; }' but required in type 'I'."] },
  ],
  [
    'a key too many',
    ['interface I { a: number }', 'const i: I = { a: 1, c: 2 }'],
    { problems: ["1:22 Object literal may only specify known properties, and 'c' does not exist in type 'I'."] },
  ],
  [
    'no overload',
    ['function f(a: string): void\nfunction f(a: number): void\nfunction f() {}', 'f(true)'],
    { problems: [/^1:3 No overload matches this call/] },
  ],
  [
    'satisfies that is not',
    ['const a = { n: 1 } satisfies { n: string }'],
    { problems: ["1:13 Type 'number' is not assignable to type 'string'."] },
  ],
  [
    'a literal that is none of a union',
    ["type Guard = 'open' | 'confirm'", "const g: Guard = 'opne'"],
    { problems: ["1:7 Type '\"opne\"' is not assignable to type 'Guard'. Did you mean 'open'?"] },
  ],
  [
    'a switch that forgets one',
    ["type S = 'a' | 'b'\nconst f = (s: S): number => { switch (s) { case 'a': return 1 } }"],
    { problems: ["2:19 Function lacks ending return statement and return type does not include 'undefined'."] },
  ],
  [
    'a class that does not implement',
    ['interface Speaks { say(): string }', 'class Cat implements Speaks {}'],
    {
      problems: [
        "1:7 Class 'Cat' incorrectly implements interface 'Speaks'.\n  Property 'say' is missing in type 'Cat' but required in type 'Speaks'.",
      ],
    },
  ],
  [
    'a constraint that is not met',
    ['const size = <T extends { length: number }>(t: T) => t.length', 'size(5)'],
    { problems: ["1:6 Argument of type 'number' is not assignable to parameter of type '{ length: number; }'."] },
  ],
  [
    'an import that leads nowhere',
    ["import { a } from './nowhere.js'"],
    { problems: ["1:19 Cannot find module './nowhere.js' or its corresponding type declarations."] },
  ],
  [
    'a name that a module does not export',
    ["import { two } from './lib.js'"],
    {
      problems: [
        "1:10 Module '\"./lib.js\"' has no exported member 'two'. Did you mean to use 'import two from \"./lib.js\"' instead?",
      ],
    },
  ],
  [
    'a module with a type error',
    ["import { wrong } from './wrong.js'\nwrong"],
    { problems: ["1:23 wrong.ts:1:14: Type 'string' is not assignable to type 'number'."] },
  ],
  ['a type used as a value', ['interface I { a: 1 }', 'I'], { problems: ["1:1 Cannot find name 'I'."] }],
  [
    'the value before',
    ["'text'", '_1.toFixed()'],
    { problems: ["1:4 Property 'toFixed' does not exist on type '\"text\"'. Did you mean 'fixed'?"] },
  ],
  [
    'two faults',
    ['const a: number = "x"\nconst b: string = 1'],
    {
      problems: [
        "1:7 Type 'string' is not assignable to type 'number'.",
        "2:7 Type 'number' is not assignable to type 'string'.",
      ],
    },
  ],
  [
    'twenty cells later',
    ['const a = { b: 1 }', ...Array.from({ length: 20 }, (_, n) => `const c${n} = a.b`), 'c19 + a.b.x'],
    { problems: ["1:11 Property 'x' does not exist on type 'number'."] },
  ],
]
