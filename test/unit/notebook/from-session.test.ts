import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { notebookFromSession } from '../../../src/repl/notebook/from-session.js'
import { printNotebook } from '../../../src/repl/notebook/percent.js'
import { promptNames } from '../../../src/repl/notebook/prompt-names.js'
import { type SessionScript, sessionCells } from '../session-script.js'
import { typeCheck } from '../type-check.js'

const NAMES = promptNames(['apt', 'files', 'server', 'systemd'])

function save(script: SessionScript): string {
  const { notebook } = notebookFromSession(ts, sessionCells(script), {
    session: 's',
    meta: {},
    promptNames: NAMES,
    move: { from: '/home/ada/fleet', to: '/home/ada/fleet/history' },
  })
  const text = printNotebook(notebook)
  return text.slice(text.indexOf('// ---\n', 5) + 7).replace(/ id="\w+"/g, '')
}

/** What was typed, cell by cell, and the notebook's text below its front matter. */
const TABLE: Record<string, { typed: SessionScript; saved: string }> = {
  'writes the await that the prompt supplied': {
    typed: ['facts.server.os()', 'const x = 1', '$`uptime`;', 'await fleet.connect()'],
    saved: `import { $, facts, fleet } from 'muster/session'

// %%
await facts.server.os()

// %%
const x = 1

// %%
await $\`uptime\`;

// %%
await fleet.connect()
`,
  },
  'does not await what is plain': {
    typed: ["console.log('x')", "group('web')", 'fleet.size', "[1, 2].map(n => n + 1).join(',')", '1 + 1'],
    saved: `import { fleet, group } from 'muster/session'

// %%
console.log('x')

// %%
group('web')

// %%
fleet.size

// %%
;[1, 2].map(n => n + 1).join(',')

// %%
1 + 1
`,
  },
  'awaits what chooses between promises, in parentheses': {
    typed: ['fleet.size > 2 ? facts.server.os() : undefined'],
    saved: `import { facts, fleet } from 'muster/session'

// %%
await (fleet.size > 2 ? facts.server.os() : undefined)
`,
  },
  'numbers what was declared again, each use keeping its own': {
    typed: ['const n = 1', 'const f = () => n', 'const n = n + 1', 'f() + n', '({ n })', 'let { n } = { n: 5 }; n++'],
    saved: `export {}

// %%
const n = 1

// %%
const f = () => n

// %%
const n2 = n + 1

// %%
f() + n2

// %%
;({ n: n2 })

// %%
let { n: n3 } = { n: 5 }; n3++
`,
  },
  'keeps the values that later cells used': {
    typed: ['facts.server.os()', '_.size', '_1.ok', '_'],
    saved: `import { facts } from 'muster/session'

// %%
const result1 = await facts.server.os()

// %%
result1.size

// %%
const result3 = result1.ok

// %%
result3
`,
  },
  'gives way to the names of the prompt and of JavaScript': {
    typed: [
      "files.line({ path: '/x', line: 'y' })",
      "const files = ['a']",
      'new URL("a:b").href',
      'const URL = 1',
      'URL',
    ],
    saved: `import { files } from 'muster/session'

// %%
await files.line({ path: '/x', line: 'y' })

// %%
const files2 = ['a']

// %%
new URL("a:b").href

// %%
const URL2 = 1

// %%
URL2
`,
  },
  'keeps what did not succeed, in comments': {
    typed: [
      { source: "throw new Error('x')\n1", end: 'error' },
      { source: 'fleet.lin()', end: 'refused' },
      { source: 'await forever()', end: 'interrupted' },
      { source: "files.line({ path: '/x', line: 'y' })", end: 'declined' },
      ':undo 4',
      '   ',
    ],
    saved: `export {}

// %% [failed]
// throw new Error('x')
// 1

// %% [refused]
// fleet.lin()

// %% [interrupted]
// await forever()

// %% [declined]
// files.line({ path: '/x', line: 'y' })
`,
  },
  'finds the same modules from where it lies': {
    typed: ["import { f } from './lib/f.js'", "(await import('../g.js')).g", "export { h } from 'node:fs'"],
    saved: `export {}

// %%
import { f } from '../lib/f.js'

// %%
;(await import('../../g.js')).g

// %%
export { h } from 'node:fs'
`,
  },
  'imports the same name twice': {
    typed: ["import { a } from './a.js'", 'a', "import { a, b as c } from './b.js'", 'a + c'],
    saved: `export {}

// %%
import { a } from '../a.js'

// %%
a

// %%
import { a as a2, b as c } from '../b.js'

// %%
a2 + c
`,
  },
  'an object is an object, not a block': {
    typed: ['{ a: 1 }'],
    saved: 'export {}\n\n// %%\n;({ a: 1 })\n',
  },
}

describe('a saved session', () => {
  test.each(Object.entries(TABLE))('%s', (_, { typed, saved }) => expect(save(typed)).toBe(saved))

  test('is a module that type-checks', { timeout: 120_000 }, () => {
    const files = Object.entries(TABLE).map(([name, { saved }]): [string, string] => [
      `history/${name.replaceAll(/\W+/g, '-')}.ts`,
      saved,
    ])
    const modules = {
      'lib/f.ts': 'export const f = 1\n',
      '../g.ts': 'export const g = 1\n',
      'a.ts': 'export const a = 1\n',
      'b.ts': 'export const a = 1\nexport const b = 1\n',
    }
    const known = /is declared but|Left side of comma|does not have any exports? member|has no exported member 'h'/
    expect(typeCheck({ ...modules, ...Object.fromEntries(files) }).filter(text => !known.test(text))).toEqual([])
  })
})
