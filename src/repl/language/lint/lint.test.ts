import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import ts from 'typescript'
import { afterAll, describe, expect, test } from 'vitest'
import { OWN_TYPES } from '../../own-types.js'
import { promptDeclaration } from '../../prompt-types.js'
import { documentRegistry } from '../registry.js'
import { LanguageSession } from '../session.js'
import { LINT_CODES } from './rule.js'
import { unguardedRemoval } from './unguarded-removal.js'

const cwd = realpathSync(mkdtempSync(path.join(tmpdir(), 'muster-lint-')))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))
const registry = documentRegistry(ts, cwd)
const { muster } = OWN_TYPES

/** A session over muster's own types. */
function session(...cells: readonly string[]): LanguageSession {
  const language = new LanguageSession(ts, { cwd, packages: { muster } }, registry)
  language.declare('prompt.d.ts', promptDeclaration(['apt', 'files', 'server', 'systemd']))
  language.knows({ hosts: ['web-1', 'web-2', 'db-1'], groups: { web: ['web-1', 'web-2'], db: ['db-1'] } })
  for (const [index, source] of cells.entries()) language.commit(index + 1, source)
  return language
}

const NAMES = new Map<number, string>(Object.entries(LINT_CODES).map(([name, code]) => [code, name]))

type Found = readonly [what: string, place: string, fixed?: string]

/** What is found, where, and the source once the fix is made. */
function found(source: string, ...cells: readonly string[]): Found[] {
  return session(...cells)
    .check(source)
    .map(({ code, line, column, length, fix, message }): Found => {
      const what = NAMES.get(code) ?? message
      const text = source.split('\n')[line - 1]?.slice(column - 1, column - 1 + length) ?? ''
      const place = `${line}:${column} ${text}`
      return fix ? [what, place, source.slice(0, fix.start) + fix.text + source.slice(fix.end)] : [what, place]
    })
}

const cases: readonly (readonly [title: string, source: string, ...found: Found[]])[] = [
  [
    'an operation in the middle of a cell',
    "files.directory({ path: '/srv' })\nawait $`ls /srv`",
    [
      'notAwaited',
      "1:1 files.directory({ path: '/srv' })",
      "await files.directory({ path: '/srv' })\nawait $`ls /srv`",
    ],
  ],
  ['the last expression is awaited anyway', "files.directory({ path: '/srv' })"],
  ['a command in the middle', '$`true`\n1', ['notAwaited', '1:1 $`true`', 'await $`true`\n1']],
  [
    'in an async function',
    "fleet.each(async host => {\n  host.systemd.service({ service: 'ntp' })\n})",
    [
      'notAwaited',
      "2:3 host.systemd.service({ service: 'ntp' })",
      "fleet.each(async host => {\n  await host.systemd.service({ service: 'ntp' })\n})",
    ],
  ],
  ['in a function that cannot await', 'const f = () => { $`true` }', ['notAwaited', '1:19 $`true`']],
  ['meant, taken care of, kept, returned', 'void $`a`\n$`b`.catch(() => {})\nconst p = $`c`\nconst f = () => $`d`\n1'],
  ['a plain call', 'console.log(1)\n1'],
  [
    'results as a condition',
    "const r = await $`test -e /srv`\nif (r) console.log('there')",
    ['alwaysTrue', '2:5 r', "const r = await $`test -e /srv`\nif (r.ok.size > 0) console.log('there')"],
  ],
  [
    'an operation as a condition',
    "if (await files.directory({ path: '/srv' })) 1",
    [
      'alwaysTrue',
      "1:5 await files.directory({ path: '/srv' })",
      "if ((await files.directory({ path: '/srv' })).changed.size > 0) 1",
    ],
  ],
  [
    'not a fleet',
    "const r = await $`true`\nif (!r.failed) 'all well'",
    ['alwaysTrue', '2:6 r.failed', "const r = await $`true`\nif (!(r.failed.size > 0)) 'all well'"],
  ],
  ['a fleet, or else', 'failed || changed', ['alwaysTrue', '1:1 failed', 'failed.size > 0 || changed']],
  [
    'the command of one host',
    "(await host('web-1').$`true`) ? 1 : 2",
    ['alwaysTrue', "1:1 (await host('web-1').$`true`)", "(await host('web-1').$`true`).exitCode === 0 ? 1 : 2"],
  ],
  [
    'the operation of one host',
    "const r = await host('web-1').files.directory({ path: '/srv' })\nr && 1",
    ['alwaysTrue', '2:1 r', "const r = await host('web-1').files.directory({ path: '/srv' })\nr.changed && 1"],
  ],
  [
    'conditions that ask',
    "const r = await $`true`\nif (r.changed.size > 0 && r.get('web-1').exitCode) 1\nwhile (!sel.size) break",
  ],
  [
    'an operation as a condition that is not awaited',
    "if (files.directory({ path: '/srv' })) 1",
    [
      'alwaysTrue',
      "1:5 files.directory({ path: '/srv' })",
      "if ((await files.directory({ path: '/srv' })).changed.size > 0) 1",
    ],
  ],
  [
    'a promise of one kept for later',
    'const r = $`true`\nif (!r) 1\nif (r) 2',
    ['alwaysTrue', '2:6 r', 'const r = $`true`\nif (!((await r).ok.size > 0)) 1\nif (r) 2'],
    ['alwaysTrue', '3:5 r', 'const r = $`true`\nif (!r) 1\nif ((await r).ok.size > 0) 2'],
  ],
  [
    'one in a function that cannot await',
    "const f = () => (host('web-1').$`true` ? 1 : 2)",
    ['alwaysTrue', "1:18 host('web-1').$`true`"],
  ],
  ['a promise of something else', 'const p = Promise.resolve(1)\np instanceof Promise ? 1 : 2'],
  // web-2 is as near: the first counts
  ['an unknown host', "match('web-1,web-3')", ['unknownPattern', "1:7 'web-1,web-3'", "match('web-1,web-1')"]],
  [
    'an unknown group',
    "fleet.match('@wbe&web-1').size",
    ['unknownPattern', "1:13 '@wbe&web-1'", "fleet.match('@web&web-1').size"],
  ],
  ['a group without its sign', "match('db')", ['unknownPattern', "1:7 'db'", "match('@db')"]],
  ['a pattern that is none', "match('web-[1-')", ['unknownPattern', "1:7 'web-[1-'"]],
  ['patterns that are right, or of another', "match('web-*,!@db')\n'web-9'.match('9')"],
  [
    'a value that may not be there',
    'const units: { ntp?: string } = {}\n$`systemctl stop ${units.ntp}`',
    ['emptyValue', '2:20 units.ntp', 'const units: { ntp?: string } = {}\n$`systemctl stop ${units.ntp!}`'],
  ],
  [
    'a value that may be null',
    'const found = /a/.exec("b")\n$`stop ${found && found[0]}`',
    ['emptyValue', '2:10 found && found[0]', 'const found = /a/.exec("b")\n$`stop ${(found && found[0])!}`'],
  ],
  ['an empty text', "const none = ''\n$`ls ${none} /srv`", ['emptyValue', '2:8 none', "const none = ''\n$`ls  /srv`"]],
  ['an empty list', '$`ls ${[]} /srv`', ['emptyValue', '1:8 []', '$`ls  /srv`']],
  ['values that are there', "const a: string = 'x'\nawait $`ls ${a} ${[1, 2]} ${3}`;\n`${undefined}`"],
  [
    'a shell variable at the head of what is removed',
    '$`rm -rf $TMP/build`',
    ['removesTooMuch', '1:2 `rm -rf $TMP/build`', '$`rm -rf \\${TMP:?}/build`'],
  ],
  [
    'in braces, behind a value, with sudo',
    '$`cd ${"/srv"} && sudo rm -fr -- "\\${DIR}"/*`',
    [
      'removesTooMuch',
      '1:2 `cd ${"/srv"} && sudo rm -fr -- "\\${DIR}"/*`',
      '$`cd ${"/srv"} && sudo rm -fr -- "\\${DIR:?}"/*`',
    ],
  ],
  [
    'in a script',
    "fleet.script('cd /srv\\nrm -rf $TMP/build')",
    ['removesTooMuch', "1:14 'cd /srv\\nrm -rf $TMP/build'", "fleet.script('cd /srv\\nrm -rf ${TMP:?}/build')"],
  ],
  [
    'in a command of server.shell',
    'server.shell({ commands: ["true", `rm -r $A`] })',
    ['removesTooMuch', '1:35 `rm -r $A`', 'server.shell({ commands: ["true", `rm -r \\${A:?}`] })'],
  ],
  [
    'behind an escaped quote',
    'fleet.script("rm -rf \\"$TMP\\"/build")',
    ['removesTooMuch', '1:14 "rm -rf \\"$TMP\\"/build"', 'fleet.script("rm -rf \\"${TMP:?}\\"/build")'],
  ],
  ['the same in a text that nobody runs', "const text = 'rm -r $A'\nconsole.log('rm -r $A')"],
  ['guarded, set, quoted, or no removal', "$`d=/srv; rm -r $d; rm -r \\${e:?}; rm -r '$f'; rm $g; ls -r $h`"],
]

describe('lint', () => {
  test.each(cases.map(([title, source, ...expected]) => ({ title, source, expected })))(
    '$title',
    ({ source, expected }) => {
      expect(found(source)).toEqual(expected)
    },
  )

  test('names of earlier cells have their types', () => {
    expect(found('if (r) 1', 'const r = await $`true`')).toEqual([['alwaysTrue', '1:5 r', 'if (r.ok.size > 0) 1']])
  })

  test('types in messages go by their names, wherever they are declared', () => {
    const [fault] = session().check("const n: number = files.directory({ path: '/srv' })")
    expect(fault?.message).toMatch(/^Type '\w+<[^/]*' is not assignable to type 'number'/)
  })

  test('without an inventory no pattern is wrong', () => {
    const language = new LanguageSession(ts, { cwd, packages: { muster } }, registry)
    language.declare('prompt.d.ts', promptDeclaration([]))
    expect(language.check("match('nobody')")).toEqual([])
  })
})

test.each([
  ['rm -rf "$A"', 'A'],
  ['rm -rf $A/x', 'A'],
  ['rm -r /srv/$A', undefined],
  ['for d in a b; do rm -r $d; done', undefined],
  ['A=; rm -r $A', 'A'],
  ['A=$(mktemp -d); rm -r $A', undefined],
  ['read -r A; rm -r $A', undefined],
  ['/bin/rm --recursive ${A}', 'A'],
  ['env X=1 rm -R $A', 'A'],
  ['echo "rm -r $A"', undefined],
  ['rm -f $A', undefined],
  ['true\nrm -r "${A}/"', 'A'],
])('%s', (script, name) => {
  expect(unguardedRemoval(script)?.name).toBe(name)
})
