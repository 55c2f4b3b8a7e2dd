import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import ts from 'typescript'
import { afterAll, describe, expect, test } from 'vitest'
import { valuesDeclaration } from '../prompt-types.js'
import { documentRegistry } from './registry.js'
import { LanguageSession } from './session.js'

const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'muster-language-')))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const cwd = path.join(root, 'work')
const packages = { muster: path.join(root, 'muster', 'dist', 'index.d.ts') }
const write = (file: string, text: string): void => {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}
write(
  packages.muster,
  `export interface Register {}
   type Names = Register extends { groups: infer G } ? G : string
   export interface Fleet { readonly size: number; group(name: Names): Fleet; 
/** Many packages. */
packages(args: { packages: string[]; update?: boolean }): Promise<{ changed: boolean }> }
   export declare function inventory<T>(spec: T): T`,
)
write(
  path.join(cwd, 'lib.ts'),
  'export const one = 1\nexport type Pair = [number, number]\nexport default class Lib { n = 7 }',
)
write(path.join(cwd, 'data.json'), '{ "port": 22 }')

const PROMPT =
  "declare const fleet: import('muster').Fleet\ndeclare const $: (s: TemplateStringsArray, ...v: unknown[]) => Promise<string>"
const REGISTER = "export {}\ndeclare module 'muster' { interface Register { groups: 'web' | 'db' } }"

/** Shared, so that the libraries are parsed once for all tests. */
const registry = documentRegistry(ts, cwd)

function session(...cells: readonly string[]): LanguageSession {
  const language = new LanguageSession(ts, { cwd, packages }, registry)
  language.declare('.prompt.d.ts', PROMPT)
  language.declare('muster.generated.d.ts', REGISTER)
  for (const [index, source] of cells.entries()) language.commit(index + 1, source)
  return language
}

/** Diagnostics as `line:column+length code`. */
const check = (language: LanguageSession, source: string): string[] =>
  language.check(source).map(({ line, column, length, code }) => `${line}:${column}+${length} ${code}`)

describe('check', () => {
  const cases: readonly (readonly [title: string, cells: readonly string[], problems: readonly string[]])[] = [
    ['nothing', [''], []],
    ['an expression', ['1 + 1'], []],
    ['unused names', ['const a = 1; let b: number; function f(x: number) {}'], []],
    ['top-level await and for await', ['const a = await Promise.resolve(1)\nfor await (const n of [a]) n'], []],
    ['Node', ["import { readFileSync } from 'node:fs'\nreadFileSync(process.argv[0] ?? '')"], []],
    ['a wrong call', ['const a = 1\n  a.toUppercase()'], ['2:5+11 2339']],
    ['a wrong call in the value', ['\n  [1].map(n => n.x)'], ['2:18+1 2339']],
    ['a syntax error', ['const a = = 1'], ['1:11+1 1109']],
    ['a name from before', ['const web = fleet.group("web")', 'web.size.toFixed()'], []],
    ['the type of a name from before', ['const a = 1', 'const s: string = a'], ['1:7+1 2322']],
    ['the newest type of a name', ['const a = 1', "const a = 'x'", 'const n: number = a'], ['1:7+1 2322']],
    ['const x = f(x)', ["const x = '1'", 'const x = Number(x)', 'x.toFixed()'], []],
    ['const x = f(x) over a prompt binding', ['const fleet = fleet.group("web")', 'fleet.size'], []],
    ['const x = f(x) with an error after x', ['const x = 1', 'const x = x + nope'], ['1:15+4 2304']],
    ['a let assigned', ['let n = 1', 'n = 2', 'n++'], []],
    ['a let assigned a wrong type', ['let n = 1', "\n n = 'x'"], ['2:2+1 2322']],
    ['a const assigned', ['const n = 1', 'n = 2'], ['1:1+1 2588']],
    [
      'types, enums, namespaces, classes',
      [
        'interface I { n: number }\ntype T<A> = A[]\nenum E { A }\nnamespace N { export type U = string }\nclass C { #p = 1 }',
        "const i: I = { n: 1 }; const t: T<I> = [i]; const e: E = E.A; const u: N.U = ''; new C()",
      ],
      [],
    ],
    ['a private field', ['class C { #p = 1 }', 'new C().#p'], ['1:9+2 18013']],
    ['a type over a const', ['const Foo = 1', 'type Foo = string', 'const f: Foo = String(Foo.toFixed())'], []],
    [
      'imports',
      [
        "import Lib, { one, type Pair } from './lib.js'\nimport data from './data.json'",
        'const p: Pair = [one, data.port]; new Lib().n.toFixed()',
      ],
      [],
    ],
    ['an import that leads nowhere', ["import { a } from './nowhere.js'"], ['1:19+14 2307']],
    ['a name an import does not have', ["import { two } from './lib.js'"], ['1:10+3 2614']],
    ['the prompt', ['fleet.group("web").size', '$`uptime`'], []],
    ['a group that is not in the inventory', ['fleet.group("wbe")'], ['1:13+5 2345']],
    ['an argument that does not exist', ['await fleet.packages({ packages: ["x"], presnt: true })'], ['1:41+6 2353']],
    [
      'muster itself',
      ["import { inventory, type Fleet } from 'muster'\nexport default (fleet: Fleet) => fleet.size\ninventory({}) "],
      [],
    ],
    ['exports', ['export const a = 1\nexport { a as b }', 'a.toFixed()'], []],
    ['an object literal', ['{ a: 1, b: fleet.size }'], []],
    ['an implicit any', ['const f = x => x'], ['1:11+1 7006']],
    ['using', ['{ using a = { [Symbol.dispose]() {} }; a }'], []],
    ['typeof import()', ["type L = typeof import('./lib.js')", "const l: L['one'] = 1"], []],
    [
      'a very old cell',
      ['const a = { b: 1 }', ...Array.from({ length: 20 }, (_, n) => `const c${n} = a.b`), 'c19 + a.b.x'],
      ['1:11+1 2339'],
    ],
  ]
  test.each(cases)('%s', (_title, cells, problems) => {
    expect(check(session(...cells.slice(0, -1)), cells.at(-1) ?? '')).toEqual(problems)
  })

  test.each<[what: string, call: string, message: string, fix?: string]>([
    [
      'a slip in a key, with the fix',
      "fleet.packages({ packages: ['x'], updat: true })",
      'fleet.packages has no argument updat; did you mean update?',
      'update',
    ],
    [
      'a key like none',
      "fleet.packages({ packages: ['x'], 'b-c': 1 })",
      'fleet.packages has no argument b-c. It takes packages, update.',
    ],
    [
      'a key like one that is there already',
      "fleet.packages({ packages: ['x'], package: 1 })",
      'fleet.packages has no argument package. It takes packages, update.',
    ],
    [
      'a key that lacks',
      'fleet.packages({ update: true })',
      'fleet.packages needs packages. It takes packages, update.',
    ],
    ['nothing given', 'fleet.packages({})', 'fleet.packages needs packages. It takes packages, update.'],
    ['one that may be spread into it', 'const o = {}\nfleet.packages({ ...o })', 'Argument of type'],
    ['a wrong value', 'fleet.packages({ packages: 1 })', "Type 'number' is not assignable to type 'string[]'."],
    ['no call', 'const o: { a: number } = { a: 1, b: 2 }', 'Object literal may only specify'],
  ])('the object of a call: %s', (_what, call, message, fix) => {
    const [first] = session().check(`void ${call}`.replace('void const', 'const'))
    expect(first?.message.slice(0, message.length)).toBe(message)
    expect(first?.fix?.text).toBe(fix)
  })

  test('says what is wrong in one piece', () => {
    expect(session().check("const n: number = 'x'")).toEqual([
      { line: 1, column: 7, length: 1, code: 2322, message: "Type 'string' is not assignable to type 'number'." },
    ])
  })

  test('sees a user file change, appear and go', () => {
    const language = session()
    const source = "import { late } from './late.js'\nlate.toFixed()"
    const file = path.join(cwd, 'late.ts')
    expect(check(language, source)).toEqual(['1:22+11 2307'])
    write(file, 'export const late = 1')
    expect(check(language, source)).toEqual([])
    write(file, "export const late = 'x'")
    expect(check(language, source)).toEqual(['2:6+7 2551'])
    rmSync(file)
    expect(check(language, source)).toEqual(['1:22+11 2307'])
  })

  test('an error in a file that is imported, also by way of another, is named at the import', () => {
    const wrong = "export const a: number = 'x'\nexport const b: number = 'y'\n"
    write(path.join(cwd, 'deep', 'wrong.ts'), wrong)
    write(path.join(cwd, 'deep', 'broken.ts'), 'export const c = = 1\n')
    write(path.join(cwd, 'way.ts'), "import { one } from './lib.js'\nexport * from './deep/wrong.js'\nexport { one }\n")
    write(path.join(cwd, 'deep', 'round.ts'), "import { e } from '../ring.js'\nexport const d = e\n")
    write(path.join(cwd, 'ring.ts'), "import { d } from './deep/round.js'\nexport const e: number = 1\nd.toFixed()\n")
    const messages = (source: string) =>
      session()
        .check(source)
        .map(({ line, column, length, message }) => `${line}:${column}+${length} ${message}`)
    const type = "Type 'string' is not assignable to type 'number'."
    expect(messages("\nimport { a } from './way.js'\na")).toEqual([
      `2:19+8 deep/wrong.ts:1:14: ${type} (and 1 more in this file)`,
    ])
    expect(messages("const { c } = await import('./deep/broken.js')\nc")).toEqual([
      '1:28+16 deep/broken.ts:1:18: Expression expected.',
    ])
    expect(messages("import { d } from './deep/round.js'\nd")).toEqual([])
    expect(messages('const s = "import { a } from \'./way.js\'"')).toEqual([])
  })

  test('sees a declaration replaced', () => {
    const language = session()
    expect(check(language, 'fleet.group("edge")')).toEqual(['1:13+6 2345'])
    language.declare('muster.generated.d.ts', REGISTER.replace("'db'", "'edge'"))
    expect(check(language, 'fleet.group("edge")')).toEqual([])
  })

  test('knows the type of the last value', () => {
    const language = session()
    const module = language.commit(1, 'Promise.resolve([1])')
    language.declare('values.d.ts', valuesDeclaration([{ cell: 1, module }]))
    expect(check(language, '_[0]?.toUpperCase()')).toEqual(['1:7+11 2339'])
  })
})

describe('complete', () => {
  const names = (language: LanguageSession, source: string): string[] => {
    const position = source.indexOf('|')
    return language.complete(source.replace('|', ''), position).entries.map(({ name }) => name)
  }

  test.each([
    ['members', 'fleet.|', ['group', 'packages', 'size']],
    ['members after a part', 'fleet.gr|', ['group', 'packages', 'size']],
    ['group names', 'fleet.group("|")', ['db', 'web']],
    ['argument keys', 'fleet.packages({ | })', ['packages', 'update?']],
    ['members inside an unfinished call', 'console.log(fleet.|', ['group', 'packages', 'size']],
  ])('%s', (_title, source, expected) => {
    expect(
      names(session(), source)
        .map(name => name)
        .sort(),
    ).toEqual([...expected].map(name => name.replace('?', '')).sort())
  })

  test('names of earlier cells, by their kind', () => {
    const language = session('const website = 1\nfunction weigh() {}\nclass Wert {}', 'let week = 2')
    const { from, entries } = language.complete('1 + we', 6)
    expect(from).toBe(4)
    const kinds = Object.fromEntries(entries.map(({ name, kind }) => [name, kind]))
    expect(kinds).toMatchObject({ website: 'const', weigh: 'function', Wert: 'class', week: 'let' })
  })

  test('on a line of a longer draft', () => {
    expect(names(session('const web = fleet'), 'const a = web\nif (a.|) {\n}')).toContain('size')
  })
})

test('quick info tells type and documentation of what it is about', () => {
  const language = session('const web = fleet')
  expect(language.quickInfo('1;  web.packages', 10)).toEqual({
    text: expect.stringContaining('packages(args: {'),
    documentation: 'Many packages.',
    examples: [],
    start: 8,
    length: 8,
  })
  expect(language.quickInfo('  ', 1)).toBeUndefined()
})

test('signature help tells the parameters and which one is due', () => {
  const signature = session().signature('Math.pow(2, )', 12)
  expect(signature).toMatchObject({ label: 'pow(x: number, y: number): number', active: 1 })
  expect(signature?.parameters.map(({ label }) => label)).toEqual(['x: number', 'y: number'])
  expect(session().signature('1', 1)).toBeUndefined()
})

describe('definition', () => {
  const at = (language: LanguageSession, marked: string) =>
    language.definition(marked.replace('|', ''), marked.indexOf('|'))

  test.each<[draft: string, place: object | undefined]>([
    ['on|e + 1', { kind: 'cell', cell: 1, line: 2, column: 7 }],
    ['one| + 1', { kind: 'cell', cell: 1, line: 2, column: 7 }],
    ['const two = 2\ntw|o', { kind: 'draft', offset: 6 }],
    ["import { one as uno } from './lib'\nun|o", { kind: 'file', file: path.join(cwd, 'lib.ts'), line: 1, column: 14 }],
    ['fleet.pack|ages', { kind: 'file', file: packages.muster, line: 5, column: 1 }],
    ['flee|t', { kind: 'file', file: packages.muster, line: 3, column: 21 }],
    ['[1].ma|p(n => n)', { kind: 'file', file: expect.stringMatching(/\/lib\.es5\.d\.ts$/), line: 1468, column: 5 }],
    [
      'process.exi|t(1)',
      { kind: 'file', file: expect.stringMatching(/\/node\/process\.d\.ts$/), line: expect.any(Number), column: 17 },
    ],
    ['1 +| 1', undefined],
  ])('%j', (draft, place) => {
    const language = session('// one\nconst one = 1')
    language.fold()
    expect(at(language, draft)).toEqual(place)
    expect(language.check('one.x')).toHaveLength(1)
  })
})

test('of a folded cell all is seen that was before, and its code is not looked at again', () => {
  const cells = [
    'class Hidden { #x = 1; get y() { return this.#x } }\nenum Size { S, L }\ntype Pair<T> = [T, T]',
    'function over(x: string): 1\nfunction over(x: number): 2\nfunction over(x: unknown) { return typeof x === "string" ? 1 : 2 }',
    "import { one } from './lib'\nconst { a, ...rest } = { a: new Hidden(), size: Size.S, pair: [one, 1] as Pair<number> }",
    'const made = (() => { class Local { private p = 1; q = 2 } return new Local() })()\nlet count = 0',
    'rest.pair',
  ]
  const [whole, folded] = [session(...cells), session(...cells)]
  expect(folded.fold()).toBe(false)
  const drafts = [
    'a.#x',
    'a.y.x',
    'over(true)',
    'over("").x',
    'rest.size.x',
    'made.p',
    'made.q.x',
    'count = ""',
    'one.x',
    'new Hidden().z',
  ]
  for (const draft of drafts) {
    expect(folded.check(draft)).toEqual(whole.check(draft))
    expect(folded.check(draft)).not.toEqual([])
  }
  const names = (language: LanguageSession, draft: string) => language.complete(draft, draft.length).entries
  for (const draft of ['rest.', 'a.', 'made.', 'over(', 'Siz'])
    expect(names(folded, draft)).toEqual(names(whole, draft))
})

test('what stands behind the cursor is told with its examples', () => {
  const language = session('/**\n * Says.\n * @example\n * say(1)\n */\nfunction say(n: number) { return n }')
  const found = language.quickInfo('say', 3)
  expect(found).toMatchObject({ documentation: 'Says.', examples: ['say(1)'], start: 0, length: 3 })
  expect(found?.text).toContain('function say(n: number): number')
  expect(language.quickInfo(' 1', 0)).toBeUndefined()
})

describe('what fits', () => {
  const names = (language: LanguageSession, draft: string): string[] => {
    const position = draft.indexOf('▏')
    const { entries } = language.complete(draft.replace('▏', ''), position)
    return entries.flatMap(({ name, fits }) => (fits ? [name] : []))
  }
  const language = session(
    "const spot = 5; let spat = '/etc/motd'; const spit = () => 'x'; const sput = async () => 7",
    'class Spy { n = 1; s = "a"; spell() { return "b" } }; const spy = new Spy()\nfunction takes(text: string, n: number) {}',
  )
  test.each([
    ['what is assigned', 'const n: number = sp▏', ['spot', 'sput']],
    ['an argument', 'takes(sp▏', ['spat', 'spit']],
    ['the second', "takes('a', sp▏)", ['spot', 'sput']],
    ['an argument before anything is written', "takes('', ▏", ['spot', 'sput']],
    ['a key', 'const o: { a: string } = { a: sp▏ }', ['spat', 'spit']],
    ['a key before anything is written', 'const o: { a: boolean } = { a: ▏ }', ['false', 'true']],
    ['a member', 'const n: number = spy.▏', ['n']],
    ['a method', 'const n: string = spy.▏', ['s', 'spell']],
    ['beside a comparison', 'if (spot === sp▏', ['spot', 'sput']],
    ['what is awaited', 'const n: number = await sp▏', ['spot', 'sput']],
    ['nothing is wanted', 'sp▏', []],
    ['anything is wanted', 'const n: unknown = sp▏', []],
  ])('%s', (_what, draft, wanted) => {
    expect(names(language, draft)).toEqual(expect.arrayContaining(wanted))
    expect(
      names(language, draft)
        .filter(name => name.startsWith('sp'))
        .sort(),
    ).toEqual(wanted.filter(name => name.startsWith('sp')).sort())
  })
})
