import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { CommandLine, records } from './command.js'

const cli = new CommandLine()
afterAll(() => cli.remove())

/** All hosts are this machine, so each has a file of its own. */
const DEPLOY = `import type { Fleet } from 'muster'
import { content } from 'a-package'
export default async (fleet: Fleet) => {
  await fleet.files.put(host => ({ content, dest: '${cli.directory}/' + host.name + '.conf' }))
}
`
const files = ['web-1', 'web-2', 'web-3', 'db-1'].map(host => cli.path(`${host}.conf`))

beforeEach(() => {
  cli.write('deploy.ts', DEPLOY)
  cli.write('node_modules/a-package/package.json', '{ "name": "a-package", "type": "module", "exports": "./index.js" }')
  cli.write('node_modules/a-package/index.js', "export const content = 'new\\n'\n")
  for (const file of files) rmSync(file, { force: true })
})

describe('muster run', () => {
  test('--dry-run shows the plan with its diff, says how it would end, and touches nothing', async () => {
    const { code, out, err } = await cli.run(['run', 'inventory.ts', 'deploy.ts', '--dry-run', '--limit', '@web'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('files.put')
    expect(out).toContain('3 change')
    expect(out).toContain('+ new')
    expect(out).toContain('▸ would change web-[1-3] (3)\n')
    expect(files.filter(file => existsSync(file))).toEqual([])
  })

  test('without a terminal and without --yes it declines', async () => {
    const { code, out, err } = await cli.run(['run', 'inventory.ts', 'deploy.ts'])
    expect(code).toBe(1)
    expect(out).toContain('4 change')
    expect(err).toBe('Nothing was applied: without a terminal, --yes approves the plan.\n')
    expect(files.filter(file => existsSync(file))).toEqual([])
  })

  test('--yes applies, and finds nothing to do the second time', async () => {
    const first = await cli.run(['run', 'inventory.ts', 'deploy.ts', '--yes'])
    expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: '' })
    expect(first.out).toContain('● changed      web-[1-3],db-1 (4)\n')
    expect(files.map(file => readFileSync(file, 'utf8'))).toEqual(['new\n', 'new\n', 'new\n', 'new\n'])
    const again = await cli.run(['run', 'inventory.ts', 'deploy.ts', '--yes'])
    expect(again.code).toBe(0)
    expect(again.out).toContain('= same         web-[1-3],db-1 (4)\n')
  })

  test('--json gives events and a report, a record a line', async () => {
    const { code, out, err } = await cli.run(['run', 'inventory.ts', 'deploy.ts', '--yes', '--json', '--limit', 'db-1'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const all = records(out)
    expect(all.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['task.start', 'approval.asked', 'change.applied', 'report']),
    )
    expect(all.find(({ type }) => type === 'report')).toMatchObject({
      applied: true,
      hosts: { 'db-1': { status: 'changed' } },
    })
  })

  test('a host that fails leaves the run; the others go on; the exit code is 1', async () => {
    cli.write(
      'deploy.ts',
      `export default async fleet => {
  await fleet.server.shell(host => ({ commands: [host.name === 'web-2' ? 'exit 4' : ': > ${cli.directory}/' + host.name + '.conf'] }))
}
`,
    )
    const { code, out } = await cli.run(['run', 'inventory.ts', 'deploy.ts', '--yes'])
    expect(code).toBe(1)
    expect(out).toContain('● changed      web-[1,3],db-1 (3)\n')
    expect(out).toMatch(/✗ failed {7}web-2: .*exited with 4/)
  })

  test('--max-failures stops a run that goes wrong', async () => {
    cli.write(
      'deploy.ts',
      `export default async fleet => {
  for (const host of fleet) await host.server.shell({ commands: ['exit 4'] }).catch(() => {})
}
`,
    )
    const { code, out } = await cli.run(['run', 'inventory.ts', 'deploy.ts', '--yes', '--max-failures', '1'])
    expect(code).toBe(1)
    expect(out).toContain('exited with 4')
    const wrong = await cli.run(['run', 'inventory.ts', 'deploy.ts', '--max-failures', 'few'])
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain('--max-failures takes a count or a share such as 10%, not few.')
  })

  test('an error thrown in the deploy names file, line and column', async () => {
    cli.write('deploy.ts', "export default async fleet => {\n  throw new Error('no such luck')\n}\n")
    const { code, err } = await cli.run(['run', 'inventory.ts', 'deploy.ts', '--yes'])
    expect(code).toBe(1)
    expect(err).toBe('deploy.ts:2:9: no such luck\n')
  })

  test('so does a name that is not in the inventory', async () => {
    cli.write('deploy.ts', "export default async fleet => {\n  await fleet.group('wbe').$`true`\n}\n")
    const { code, err } = await cli.run(['run', 'inventory.ts', 'deploy.ts', '--yes'])
    expect(code).toBe(1)
    expect(err).toMatch(/^deploy\.ts:2:15: There is no group @?wbe; did you mean @?web\?\n$/)
  })
})

test('a notebook runs as it is: planned whole, then applied; cells in comments are not run; an error has its place in the file', async () => {
  cli.write(
    'notebook.ts',
    `// ---
// title: As it is
// ---
import { changed, files, focus } from 'muster/session'

// %% [markdown]
// Words.

// %% id="1"
const put = await files.put(host => ({ content: 'noted\\n', dest: '${cli.directory}/' + host.name + '.conf' }))

// %% [failed] id="2"
// throw new Error('not run')

// %% focus="web"
if (changed.size) console.log(focus.names.join(), 'of', put.changed.size)
`,
  )
  const planned = await cli.run(['run', 'inventory.ts', 'notebook.ts', '--dry-run'])
  expect({ code: planned.code, err: planned.err }).toEqual({ code: 0, err: '' })
  expect(planned.out).toContain('▸ would change web-[1-3],db-1 (4)\n')
  expect(files.filter(file => existsSync(file))).toEqual([])
  const checked = await cli.run(['check', 'inventory.ts', 'notebook.ts', '--quiet'])
  expect(checked.code).toBe(2)
  const applied = await cli.run(['run', 'inventory.ts', 'notebook.ts', '--yes', '--json'])
  expect({ code: applied.code, err: applied.err }).toEqual({ code: 0, err: '' })
  const told = records(applied.out)
  expect(told.filter(({ type }) => type === 'cell.console')).toEqual([
    { type: 'cell.console', cell: 2, stream: 'out', text: 'web-1,web-2,web-3 of 4\n', at: expect.any(Number) },
  ])
  expect(told.find(({ type }) => type === 'report')).toMatchObject({
    ...{ applied: true, declined: false },
    hosts: { 'web-1': { status: 'changed' }, 'db-1': { status: 'changed' } },
  })
  expect(files.map(file => readFileSync(file, 'utf8'))).toEqual(files.map(() => 'noted\n'))
  cli.write(
    'notebook.ts',
    "import { $ } from 'muster/session'\n\n// %%\n1 + 1\n\n// %%\n\nthrow new Error('no such luck')\n",
  )
  const failed = await cli.run(['run', 'inventory.ts', 'notebook.ts', '--yes'])
  expect([failed.code, failed.err]).toEqual([1, 'notebook.ts:8:7: Error: no such luck\n'])
}, 180_000)

describe('muster check', () => {
  test('exits with 2 for changes, 0 when all is the same, 1 for an error', async () => {
    const changes = await cli.run(['check', 'inventory.ts', 'deploy.ts', '--limit', 'db-1'])
    expect(changes.code).toBe(2)
    expect(changes.out).toContain('▸ would change db-1\n')
    await cli.run(['run', 'inventory.ts', 'deploy.ts', '--yes', '--limit', 'db-1'])
    const same = await cli.run(['check', 'inventory.ts', 'deploy.ts', '--limit', 'db-1', '--json'])
    expect(same.code).toBe(0)
    expect(records(same.out)).toEqual([expect.objectContaining({ hosts: { 'db-1': { status: 'same' } } })])
    const quiet = await cli.run(['check', 'inventory.ts', 'deploy.ts', '--limit', 'db-1', '--quiet'])
    expect([quiet.code, quiet.out, quiet.err]).toEqual([0, '', ''])
    cli.write('deploy.ts', 'export default () => { throw new Error("bad") }\n')
    const error = await cli.run(['check', 'inventory.ts', 'deploy.ts'])
    expect(error.code).toBe(1)
    expect(error.err).toContain('deploy.ts:1:30: bad')
  })
})

test('a run is journaled: audited by host, path and time, checked by its session, and taken back in a session later', async () => {
  mkdirSync(cli.path('history'))
  onTestFinished(() => rmSync(cli.path('history'), { recursive: true }))
  cli.write('db-1.conf', 'as it was\n')
  const ran = await cli.run(['run', 'inventory.ts', 'deploy.ts', '--yes', '--because', 'the mail of Tuesday'])
  expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: '' })
  const [session = ''] = readdirSync(cli.path('history'))

  const audited = async (...about: string[]): Promise<string> => (await cli.run(['history', ...about])).out
  const [here, other, before] = await Promise.all([
    audited('--host', 'db-*', '--path', cli.path('db-1.conf'), '--since', '1h'),
    audited('--host', 'web-1', '--path', cli.path('db-1.conf')),
    audited('--until', '1d', '--path', cli.directory),
  ])
  expect(here).toMatch(new RegExp(`^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d {2}\\S+@\\S+ {2}${session} {2}db-1\\n`))
  expect(here).toContain('  because the mail of Tuesday\n    @@ -1,1 +1,1 @@\n    - as it was\n    + new\n')
  for (const none of [other, before])
    expect(none).toMatch(/^No session changed \S+ here, as far as the journals know\.\n$/)

  const checked = async (): Promise<[number | null, string]> => {
    const { code, out } = await cli.run(['check', 'inventory.ts', session, '--quiet'])
    return [code, out]
  }
  expect(await checked()).toEqual([0, ''])
  cli.write('web-2.conf', 'drifted\n')
  const [code, said] = await checked()
  expect(code).toBe(2)
  expect(said).toMatch(/- drifted\n {6}\+ new\n[\s\S]*would change web-2\n$/)

  // a run has no cells: it goes by its session's name
  expect((await cli.run(['run', 'inventory.ts', 'deploy.ts', '--yes'])).code).toBe(0)
  const [later = ''] = readdirSync(cli.path('history')).filter(name => name !== session)
  await expect(cli.type(`:undo ${session}`)).rejects.toThrow(
    new RegExp(`alone: run ${later} \\(files\\.\\w+.*\\) depends on it.* first: :undo ${later}\\.$`),
  )

  await cli.type(`:undo ${later}`, `:undo ${session}`)
  expect(files.map(file => existsSync(file) && readFileSync(file, 'utf8'))).toEqual([
    ...[false, false, false],
    'as it was\n',
  ])
  expect(await audited('--path', cli.path('db-1.conf'))).toMatch(/taken back since[\s\S]*took \S+ back/)
}, 300_000)
