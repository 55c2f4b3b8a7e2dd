import type { Sequence } from './sequence.js'

/** What can be completed at `|` in the last cell, which is not run. */
export const completion: readonly Sequence[] = [
  ['a name of an earlier cell', ['const website = 1', 'web|'], { completes: ['website'] }],
  [
    'names of all kinds',
    ['function weigh() {}\nclass Wert {}\nenum Week { Mo }', 'We|'],
    { completes: ['Wert', 'Week', 'weigh'] },
  ],
  ['members of an earlier value', ["const web = { size: 1, names: ['a'] }", 'web.|'], { completes: ['size', 'names'] }],
  [
    'members after a part',
    ["const web = { size: 1, names: ['a'] }", 'web.na|'],
    { completes: ['names'], completesNot: ['size'] },
  ],
  [
    'members of the newest',
    ['const a = { old: 1 }', 'const a = { young: 1 }', 'a.|'],
    { completes: ['young'], completesNot: ['old'] },
  ],
  ['members of the result of a call', ['const f = () => ({ deep: { er: 1 } })', 'f().deep.|'], { completes: ['er'] }],
  ['members of what is awaited', ['const p = Promise.resolve({ got: 1 })', '(await p).|'], { completes: ['got'] }],
  ['members inside an unfinished call', ['const web = { size: 1 }', 'console.log(web.|'], { completes: ['size'] }],
  ['members in a template', ['const web = { size: 1 }', '`${web.|}`'], { completes: ['size'] }],
  ['members behind ?.', ['const o: { deep?: { er: 1 } } = {}', 'o.deep?.|'], { completes: ['er'] }],
  [
    'members of a class',
    ['class A { #hidden = 1; shown = 2; static made = 3 }', 'new A().|'],
    { completes: ['shown'], completesNot: ['#hidden', 'made'] },
  ],
  [
    'static members',
    ['class A { shown = 2; static made = 3 }', 'A.|'],
    { completes: ['made'], completesNot: ['shown'] },
  ],
  ['members of an enum', ['enum Level { Low, High }', 'Level.|'], { completes: ['High', 'Low'] }],
  ['members of a namespace', ['namespace N { export const n = 1; export type T = 1 }', 'N.|'], { completes: ['n'] }],
  [
    'argument keys',
    ['const f = (args: { path: string; mode?: number }) => args', 'f({ | })'],
    { completes: ['path', 'mode'] },
  ],
  [
    'argument keys that are left',
    ['const f = (args: { path: string; mode?: number }) => args', "f({ path: 'x', | })"],
    { completes: ['mode'], completesNot: ['path'] },
  ],
  [
    'literals of a union',
    ["const guard = (g: 'open' | 'confirm') => g", "guard('|')"],
    { completes: ['open', 'confirm'] },
  ],
  [
    'literals in an object',
    ["const f = (a: { state: 'up' | 'down' }) => a", "f({ state: '|' })"],
    { completes: ['up', 'down'] },
  ],
  ['keys of a destructuring', ['const o = { alpha: 1, beta: 2 }', 'const { | } = o'], { completes: ['alpha', 'beta'] }],
  ['a parameter of a callback', ["const all = [{ name: 'a' }]", 'all.map(one => one.|)'], { completes: ['name'] }],
  ['a type of an earlier cell', ['interface Hosting { a: 1 }', 'const h: Hos|'], { completes: ['Hosting'] }],
  ['exports of a user file', ["import { | } from './lib.js'"], { completes: ['one'] }],
  ['members of a namespace import', ["import * as lib from './lib.js'", 'lib.|'], { completes: ['one', 'default'] }],
  ['files beside', ["import './|'"], { completes: ['lib.js', 'thrower.js'] }],
  ['Node’s modules', ["import 'node:|'"], { completes: ['node:fs', 'node:path'] }],
  ['packages that are installed', ["import 'small|'"], { completes: ['small-package'] }],
  ['a file of a dynamic import', ["await import('./|')"], { completes: ['lib.js'] }],
  ['what was last', ['({ height: 1 })', '_1.|'], { completes: ['height'] }],
  [
    'after a failed cell, not its names',
    ["const goner = 1; throw new Error('no')", 'gon|'],
    { completesNot: ['goner'] },
  ],
  ['on a line of a longer draft', ['const web = { size: 1 }', 'const a = web\nif (a.|) {\n}'], { completes: ['size'] }],
]
