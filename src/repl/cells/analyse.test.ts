import ts from 'typescript'
import { expect, test } from 'vitest'
import { analyse } from './analyse.js'

test.each([
  ['const a = 1, { b, c: [d, ...e], ...f } = x', 'const a, const b, const d, const e, const f'],
  ['let a; var b; using c = x; await using d = y', 'let a, var b, using c, using d'],
  ['function f(p) { var inner } async function* g() {}', 'function f, function g'],
  [
    'class C {} enum E {} const enum F {} namespace N {} interface I {} type T = 1',
    'class C, enum E, enum F, namespace N, type I, type T',
  ],
  ['if (x) { var a; let b } for (var c of d) var e', 'var a, var c, var e'],
  [
    'import a, { b as c, type D } from "m"; import * as e from "m"; import f = require("m")',
    'import a, import c, import D, import e, import f',
  ],
  ['declare const a: number; export const b = 1', 'const a, const b'],
  ['{ let a; const b = 1; function c() {} }', ''],
])('declares: %s', (source, names) => {
  const { declarations } = analyse(ts, source)
  expect(declarations.map(({ kind, name }) => `${kind} ${name}`).join(', ')).toBe(names)
})

test.each([
  ['a + b.c + d[e] + f()', 'a b d e f'],
  ['({ a: b, c, [d]: e })', 'b c d e'],
  ['(a, b = c) => a + b + d', 'c d'],
  ['function f(x) { var y; let z; return x + y + z + a }', 'a'],
  ['for (const a of b) { a; c }', 'b c'],
  ['try { a } catch (e) { e } finally { b }', 'a b'],
  ['const g = function h() { return h }', ''],
  ['class A extends B { [c] = d; m() { return super.x } }', 'B c d'],
  ['label: for (;;) { break label }', ''],
  ['type T<A> = A extends infer U ? U | B : typeof c', 'B c'],
  ['let x: N.T = v as M.U', 'N M v'],
  ['const { a: b = c } = d', 'c d'],
  ['import.meta.url', ''],
  ['tag`a$' + '{b}`', 'tag b'],
])('refers to: %s', (source, names) => {
  const used = analyse(ts, source).references.map(({ name }) => name)
  expect([...new Set(used)].sort().join(' ')).toBe(names.split(' ').sort().join(' '))
})

test.each([
  ['a = 1', 'a'],
  ['a.b = 1; c[d] = 2', ''],
  ['a++; --b; c += d', 'a b c'],
  ['[a, ...b] = [c]; ({ d, e: f, ...g } = h)', 'a b d f g'],
  ['for (a of b); for (c in d);', 'a c'],
  ['[a = b] = c', 'a'],
  ['(a) = b', 'a'],
  ['(a => { a = 1 })(b)', ''],
])('assigns: %s', (source, names) => {
  const assigned = analyse(ts, source).references.filter(reference => reference.assigned)
  expect(assigned.map(({ name }) => name).join(' ')).toBe(names)
})

test.each([
  ['const x = x + 1', 1],
  ['const x = () => x', 0],
  ['const x = (() => x)()', 1],
  ['const x = f(() => x)', 0],
  ['const x = class extends x { p = x; static q = x }', 2],
  ['class x extends x { m() { return x } }', 1],
  ['{ const x = x + 1 }', 0],
  ['const [x] = x, y = x', 1],
])('means an older name: %s', (source, count) => {
  expect(analyse(ts, source).references.filter(({ older }) => older)).toHaveLength(count)
})
