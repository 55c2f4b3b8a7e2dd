import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { CommandLine } from './command.js'

const cli = new CommandLine()
afterAll(() => cli.remove())

const sentence = (text: string): string => text.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, 'TIME').trim()

test('muster export proves a session by its record and on its hosts; --verify finds a drifted host and a changed script', async () => {
  cli.write('app.conf', 'old\n')
  const conf = cli.path('app.conf')
  mkdirSync(cli.path('history'))
  await cli.type(':focus web-1', `files.put({ dest: '${conf}', content: 'level 1\\n' })`, `$\`cat ${conf}\``)

  const recorded = await cli.run(['export', 'last', '--output', 'deploy.ts'])
  expect(sentence(recorded.err)).toBe(
    'exported deploy.ts: type-checked, and planned against what was recorded of web-[1-3],db-1 on TIME: nothing to change.',
  )
  expect(recorded.code).toBe(0)
  const deploy = readFileSync(cli.path('deploy.ts'), 'utf8')
  expect(deploy).toMatch(/^\/\/ Proof: type-checked, .* sha256:[0-9a-f]{16}$/m)
  expect(deploy).toContain(`await fleet.match('web-1').files.put({ dest: '${conf}', content: 'level 1\\n' })`)

  const verify = async (): Promise<[number | null, string, string]> => {
    const { code, out, err } = await cli.run(['export', '--verify', 'deploy.ts', 'inventory.ts'])
    return [code, sentence(out), sentence(err)]
  }
  expect(await verify()).toEqual([
    0,
    'deploy.ts: type-checked, and planned on web-[1-3],db-1 on TIME: nothing to change.',
    '',
  ])

  // without hosts named, as it was proven: by the record
  const again = await cli.run(['export', '--verify', 'deploy.ts'])
  expect([again.code, sentence(again.out)]).toEqual([
    0,
    'deploy.ts: type-checked, and planned against what was recorded of web-[1-3],db-1 on TIME: nothing to change.',
  ])

  cli.write('app.conf', 'level 9\n')
  expect(await verify()).toEqual([2, 'deploy.ts: not proven (TIME): on web-1 it would change something.', ''])

  cli.write('app.conf', 'level 2\n')
  writeFileSync(cli.path('deploy.ts'), deploy.replace('level 1', 'level 2'))
  expect(await verify()).toEqual([
    2,
    'deploy.ts: type-checked, and planned on web-[1-3],db-1 on TIME: nothing to change.',
    'deploy.ts was changed since it was exported: its header speaks of another text.',
  ])

  // by hand: not lost unasked
  const over = await cli.run(['export', 'last', '--output', 'deploy.ts'])
  expect([over.code, over.err]).toEqual([
    2,
    expect.stringMatching(/edited since muster wrote it, which would be lost: --force /),
  ])
  expect(readFileSync(cli.path('deploy.ts'), 'utf8')).toContain('level 2')
  await cli.run(['export', 'last', '--output', 'deploy.ts', '--force'])
  expect(readFileSync(cli.path('deploy.ts'), 'utf8')).toContain('level 1')
}, 300_000)

test(':export shows what reads decide before it saves, and has secrets as parameters that it knows while it proves', async () => {
  const place = (name: string): string => JSON.stringify(cli.path(name))
  const said = await cli.type(
    "const password = 'plant-export-9Zx'",
    "const kind = (await host('web-1').facts.server.os()).family",
    ':focus web-1',
    `files.put({ dest: ${place('secret.conf')}, content: \`password = \${password}\\n\`, mode: '0600' })`,
    `files.put({ dest: ${place('kind.conf')}, content: kind })`,
    ':export made.ts',
    ':export made.ts constants',
  )
  const [choice = '', exported = ''] = said.slice(-2)
  expect(choice).toContain('Nothing is written yet')
  expect(choice).toMatch(/^- {3}const kind = \(await fleet\.host\('web-1'\)\.facts\.server\.os\(\)\)\.family$/m)
  expect(choice).toMatch(/^\+ {3}const kind = '\w+'$/m)
  expect(exported).toMatch(
    /^exported made\.ts\ntype-checked, and planned on web-\[1-3\],db-1 .*: nothing to change\.\nNeeds PASSWORD /,
  )
  const made = readFileSync(cli.path('made.ts'), 'utf8')
  expect(made).toContain("password = secret.env('PASSWORD').reveal(),")
  expect(made + said.join()).not.toContain('plant-export')
  expect(process.env.PASSWORD).toBeUndefined()
}, 120_000)
