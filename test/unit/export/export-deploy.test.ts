import fc from 'fast-check'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { type ExportedDeploy, exportDeploy } from '../../../src/repl/export/export-deploy.js'
import { HOSTS, type SessionScript, sessionCells } from '../session-script.js'
import { typeCheck } from '../type-check.js'
import { CASES, type ExportCase } from './cases.js'

function exported({
  typed,
  shellLines = 'keep',
  reads = 'conditions',
  held = {},
}: Pick<ExportCase, 'typed' | 'held'> & {
  shellLines?: 'keep' | 'drop'
  reads?: 'conditions' | 'constants'
}): ExportedDeploy {
  return exportDeploy(ts, sessionCells(typed), {
    session: '2026-11-22-1402',
    at: Date.UTC(2026, 10, 22, 14, 30),
    inventory: { hosts: HOSTS, groups: { web: ['web-1', 'web-2', 'web-3'], db: ['db-1'] } },
    domains: ['apt', 'files', 'server', 'systemd'],
    move: { from: '/home/ada/fleet', to: '/home/ada/fleet/deploys' },
    shellLines,
    reads,
    valueOf: ({ name }) => held[name],
  })
}

const FUNCTION = /^export default async function deploy\(\s*\w+: Fleet(?:,([^{]*?),?\s*)?\) \{\n([\s\S]*)\}\n$/m

/** What the cells import. */
const MODULES = {
  'lib/tune.ts':
    "import type { Fleet } from 'muster'\nexport const tune = (fleet: Fleet) => fleet.files.line({ path: '/a', line: 'x' })\nexport const look = (fleet: Fleet) => fleet.size\nexport const unused = 1\n",
  'lib/a.ts': "export const text = 'a'\n",
  'lib/b.ts': "export const text = 'b'\n",
}

/** Several sessions at one prompt: cells of each in their order, mixed. Numbered values would mean other cells there. */
const mixtures: fc.Arbitrary<SessionScript> = fc
  .subarray(
    Object.values(CASES).filter(({ typed }) => !JSON.stringify(typed).match(/_1|:undo/)),
    { minLength: 3, maxLength: 6 },
  )
  .chain(chosen => {
    const turns = chosen.flatMap(({ typed }, index) => typed.map(() => index))
    return fc.shuffledSubarray(turns, { minLength: turns.length }).map(order => {
      const queues = chosen.map(({ typed }) => [...typed])
      return order.flatMap(index => queues[index]?.splice(0, 1) ?? [])
    })
  })

describe('an exported session', () => {
  test.each(Object.entries(CASES))('%s', (_, { imports = '', parameters = [], body, notes = [], ...session }) => {
    const { source, notes: said } = exported(session)
    const [, given = '', inside = ''] = FUNCTION.exec(source) ?? []
    const unindented = inside
      .split('\n')
      .map(line => line.replace(/^ {2}/, ''))
      .filter(line => !/^\/\/ Cells? \d+/.test(line))
      .join('\n')
    const [, top = ''] = /UTC\.\n([\s\S]*)export default/.exec(source) ?? []
    expect(said).toEqual(notes)
    expect(given === '' ? [] : given.split(',').map(text => text.trim())).toEqual(parameters)
    expect(unindented.trimEnd()).toBe(body)
    expect(
      top
        .split('\n')
        .filter(line => line.startsWith('import'))
        .slice(1)
        .join('\n'),
    ).toBe(imports)
    for (const note of notes) expect(source).toContain(`// ${note}\n`)
  })

  test('says where each step comes from', () => {
    const typed: SessionScript = [
      "const name = 'ntp'",
      { source: `$\`apt-get install -y \${name}\``, commands: ['apt-get install -y ntp'] },
      { source: "files.put({ dest: '/a', content: name })", operations: { 'files.put': ['/a'] } },
      { source: '$`ntpdate -u pool`', commands: ['ntpdate -u pool'] },
    ]
    expect(exported({ typed }).source).toContain(`
  // Cell 1
  const name = 'ntp'
  // Cell 2: apt-get install -y \${name}
  await fleet.apt.packages({ packages: [...[name].flat()] })
  // Cell 3
  await fleet.files.put({ dest: '/a', content: name })
  // Cell 4: a shell line, run each time; what it leaves is not proven.
  await fleet.$\`ntpdate -u pool\`
`)
  })

  test('leaves the text in templates as it is', () => {
    const content = 'one\n    two\n\n\n  ; three ;\n'
    const typed = [{ source: `files.put({dest:'/a',content:\`${content}\`})`, operations: { 'files.put': ['/a'] } }]
    expect(exported({ typed }).source).toContain(`content: \`${content}\``)
  })

  test('keeps names apart and finds them all, whatever sessions are mixed', { timeout: 120_000 }, () => {
    const mixed = fc.sample(mixtures, { numRuns: 40, seed: 7 })
    const files = mixed.map((typed, index): [string, string] => [
      `deploys/mixed-${index}.ts`,
      exported({ typed, shellLines: index % 2 === 0 ? 'keep' : 'drop' }).source,
    ])
    const wrong =
      /redeclare|Duplicate|Cannot find name|before its declaration|before being assigned|expected|never read/
    expect(typeCheck({ ...MODULES, ...Object.fromEntries(files) }).filter(text => wrong.test(text))).toEqual([])
  })

  test('type-checks under our strict options', { timeout: 120_000 }, () => {
    const files = Object.entries(CASES).map(([name, session]): [string, string] => [
      `deploys/${name.replaceAll(/\W+/g, '-')}.ts`,
      exported(session).source,
    ])
    expect(typeCheck({ ...MODULES, ...Object.fromEntries(files) })).toEqual([])
  })
})
