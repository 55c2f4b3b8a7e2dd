import { mkdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CommandLine } from './command.js'

const cli = new CommandLine()
afterAll(() => cli.remove())

beforeAll(() => {
  cli.write('empty.ts', 'export const hosts = {}\n')
  cli.write(
    'throws.ts',
    "const token: string | undefined = undefined\nif (!token) throw new Error('CLOUD_TOKEN is not set')\nexport default {}\n",
  )
  cli.write('syntax.ts', "export default {\n  hosts: { 'web-1': {} \n")
  cli.write('odd.ts', 'export default { servers: [] }\n')
  cli.write('lost.ts', "import { hosts } from './nowhere.js'\nexport default { hosts }\n")
  cli.write('no-hosts.ts', 'export default { hosts: {} }\n')
  cli.write('hosts.txt', '[web]\nweb-1\n')
  mkdirSync(cli.path('bare'))
  mkdirSync(cli.path('prod'))
  cli.write('prod/inventory.ts', 'export default { hosts: {} }\n')
  cli.write('deploy.ts', 'export default async () => {}\n')
  cli.write('no-deploy.ts', 'export default 42\n')
  cli.write('broken-deploy.ts', 'export default async fleet => {\n  await fleet.(1)\n}\n')
})

/** Each is one sentence on stderr, nothing on stdout, and the exit code of wrong usage (2) or of broken code (1). */
test.each<readonly [title: string, args: readonly string[], code: number, sentence: string | RegExp]>([
  [
    'a host in --limit that is not there',
    ['exec', 'inventory.ts', '--limit', 'web-11', '--', 'true'],
    2,
    'There is no host web-11; did you mean web-1?',
  ],
  [
    'a group in --limit that is not there',
    ['exec', 'inventory.ts', '--limit', '@wbe', '--', 'true'],
    2,
    'There is no group @wbe; did you mean @web?',
  ],
  [
    'a group written as a host',
    ['exec', 'inventory.ts', '--limit', 'web', '--', 'true'],
    2,
    'There is no host web; for the group write @web.',
  ],
  [
    'a limit that leaves nobody',
    ['exec', 'inventory.ts', '--limit', '@web&@db', '--', 'true'],
    2,
    'The pattern @web&@db selects no host of inventory.ts.',
  ],
  [
    'an inventory file that is missing',
    ['exec', 'hosts.ts', '--', 'true'],
    2,
    /There is no inventory file hosts\.ts in /,
  ],
  [
    'an inventory without a default export',
    ['exec', 'empty.ts', '--', 'true'],
    2,
    'empty.ts has no default export: write export default inventory({ hosts: { … } }).',
  ],
  [
    'an inventory of another shape',
    ['exec', 'odd.ts', '--', 'true'],
    2,
    'odd.ts does not export an inventory: write export default inventory({ hosts: { … } }).',
  ],
  ['an inventory that throws', ['exec', 'throws.ts', '--', 'true'], 1, 'throws.ts:2:19: CLOUD_TOKEN is not set'],
  ['an inventory with a syntax error', ['exec', 'syntax.ts', '--', 'true'], 1, "syntax.ts:3:1: '}' expected."],
  [
    'an inventory with an import that leads nowhere',
    ['exec', 'lost.ts', '--', 'true'],
    1,
    /^muster: lost\.ts:1:2\d: cannot find '\.\/nowhere\.js'$/m,
  ],
  ['the same in a session', ['throws.ts', '--plain'], 1, 'throws.ts:2:19: CLOUD_TOKEN is not set'],
  [
    'an inventory with no hosts',
    ['exec', 'no-hosts.ts', '--', 'true'],
    2,
    'no-hosts.ts has no hosts: nothing was done.',
  ],
  ['the same for a deploy', ['run', 'no-hosts.ts', 'deploy.ts'], 2, 'no-hosts.ts has no hosts: nothing was done.'],
  ['a directory with an inventory file', ['exec', './prod', '--', 'true'], 2, 'inventory.ts has no hosts'],
  ['a directory without one', ['exec', './bare', '--', 'true'], 2, /\/bare has no inventory\.ts\./],
  ['a file in another language', ['exec', 'hosts.txt', '--', 'true'], 2, 'hosts.txt cannot be read as an inventory'],
  [
    'an ssh_config that is missing',
    ['exec', '--ssh-config=nope', 'a', '--', 'true'],
    2,
    'There is no ssh_config nope.',
  ],
  ['a deploy that is a directory', ['run', '@local', 'prod'], 2, 'prod is a directory: name the deploy in it.'],
  ['a deploy that is missing', ['run', '@local', 'nope.ts'], 2, /There is no deploy nope\.ts in /],
  [
    'a deploy that is no function',
    ['run', '@local', 'no-deploy.ts'],
    2,
    'no-deploy.ts does not export a deploy: write export default async (fleet: Fleet) => { … }.',
  ],
  [
    'a deploy with a syntax error',
    ['run', '@local', 'broken-deploy.ts'],
    1,
    'broken-deploy.ts:2:15: Identifier expected.',
  ],
  [
    'an option that is not there',
    ['exec', '@local', '--paralel', '3', '--', 'true'],
    2,
    "unknown option '--paralel' (Did you mean --parallel?)",
  ],
  ['an option without its number', ['exec', '@local', '--timeout', 'soon', '--', 'true'], 2, '--timeout'],
  ['a command that is not there', ['rnu', '@local', 'deploy.ts'], 2, 'There is no command rnu; did you mean run?'],
  [
    'an argument that is missing',
    ['exec', '@local'],
    2,
    "missing required argument 'command'. See muster exec --help.",
  ],
  ['a list entry that is no host', ['exec', 'a b', '--', 'true'], 2, '“a b” in a b is not a host'],
  ['a range that is none', ['exec', 'web-[3-', '--', 'true'], 2, 'web-[3-'],
])('%s', async (_title, args, code, sentence) => {
  const ran = await cli.run(args)
  expect({ code: ran.code, out: ran.out }).toEqual({ code, out: '' })
  if (typeof sentence === 'string') expect(ran.err).toContain(sentence)
  else expect(ran.err).toMatch(sentence)
  expect(ran.err.trimEnd().split('\n')).toHaveLength(1)
})
