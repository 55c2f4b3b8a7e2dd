import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import ts from 'typescript'
import { afterAll, expect, test } from 'vitest'
import { OWN_TYPES } from '../own-types.js'
import { promptDeclaration } from '../prompt-types.js'
import { LanguageSession } from './session.js'

const cwd = realpathSync(mkdtempSync(path.join(tmpdir(), 'muster-commands-')))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))
const { muster } = OWN_TYPES
const language = new LanguageSession(ts, { cwd, packages: { muster } })
language.declare('prompt.d.ts', promptDeclaration([]))
language.knows({ hosts: ['gate', 'web-1'], groups: { web: ['web-1'] } })
language.commit(1, "const cmd = 'uptime'\nconst mine = (text: string) => text")

const uptime = '$`uptime`'
const root = 'focus.with({ sudo: true }).$`uptime`'
const behind = (text: string) => `A command goes behind $ in backticks, without parentheses: ${text}.`
const inFront = (text: string) => `Options go in front of $: ${text}.`
const each = (answer: string) => `${answer}.values().map(each => each.stdout)`
const onHosts = (text: string) => `The hosts run what stands in backticks behind $: ${text}.`

const cases: readonly (readonly [typed: string, said: string, fixed?: string])[] = [
  ["$('uptime')", behind(uptime), uptime],
  ['$(`uptime`)', behind(uptime), uptime],
  ['$(`ls ${cmd}`)', behind('$`ls ${cmd}`'), '$`ls ${cmd}`'],
  ["$('echo `id` ${HOME} \\\\')", behind('$`echo \\`id\\` \\${HOME} \\\\`'), '$`echo \\`id\\` \\${HOME} \\\\`'],
  ["fleet.$('uptime')", behind('fleet.$`uptime`').replace('$', 'fleet.$'), 'fleet.$`uptime`'],
  ["fleet.each(host => host.$('id'))", behind('host.$`id`').replace('$', 'host.$'), 'fleet.each(host => host.$`id`)'],
  ['$({ sudo: true })', inFront(root)],
  ['$({ sudo: true })`uptime`', inFront(root), root],
  ['$`uptime`({ sudo: true })', inFront(root), root],
  ["$('uptime', { sudo: true })", inFront(root), root],
  [
    "fleet.$('uptime', { sudo: true })",
    inFront('fleet.with({ sudo: true }).$`uptime`'),
    'fleet.with({ sudo: true }).$`uptime`',
  ],
  [
    '$(cmd)',
    '$ takes a command in backticks; one that is made elsewhere is run by focus.script(cmd).',
    'focus.script(cmd)',
  ],
  ['$(7)', '$ takes a command in backticks: $`uptime`.'],
  ['$()', '$ is not called: a command goes behind it in backticks, $`uptime`.'],
  ['$.uptime', '$ has no uptime: a command goes behind it in backticks, $`uptime`.', uptime],
  ['$', 'A command goes behind $ in backticks: $`uptime`.'],
  ['await fleet.$', 'A command goes behind fleet.$ in backticks: fleet.$`uptime`.'],
  // what each host answered
  ['$`uptime`.stdout', `Each host has a stdout of its own: ${each('(await $`uptime`)')}.`, each('(await $`uptime`)')],
  [
    '(await $`uptime`).stdout',
    `Each host has a stdout of its own: ${each('(await $`uptime`)')}.`,
    each('(await $`uptime`)'),
  ],
  [
    'const all = await $`uptime`\nall.stdout',
    `Each host has a stdout of its own: ${each('all')}.`,
    `const all = await $\`uptime\`\n${each('all')}`,
  ],
  [
    'await $`uptime`.stdout',
    `Each host has a stdout of its own: ${each('(await $`uptime`)')}.`,
    each('(await $`uptime`)'),
  ],
  [
    "host('a').$`id`.stdout",
    "stdout is known once the answer is awaited: (await host('a').$`id`).stdout.",
    "(await host('a').$`id`).stdout",
  ],
  [
    '$`uptime`.failed',
    'failed is known once the answer is awaited: (await $`uptime`).failed.',
    '(await $`uptime`).failed',
  ],
  // a group, and a host, as if it were a variable
  ['web.$`id`', "There is no variable web; the group is group('web').", "group('web').$`id`"],
  ['await gate.facts', "There is no variable gate; the host is host('gate').", "await host('gate').facts"],
  // what is pasted or typed as in a shell
  ['$ uptime', onHosts(uptime), uptime],
  ['systemctl status nginx', onHosts('$`systemctl status nginx`'), '$`systemctl status nginx`'],
  ['echo "a b" ${HOME}', onHosts('$`echo "a b" \\${HOME}`'), '$`echo "a b" \\${HOME}`'],
  [
    ' df -h | grep /dev ',
    "Cannot find name 'df'. To run it on the hosts: $`df -h | grep /dev`.",
    ' $`df -h | grep /dev` ',
  ],
  ['uptime', "Cannot find name 'uptime'. To run it on the hosts: $`uptime`.", uptime],
  // what is no command is not taken for one
  ['let x y', "',' expected."],
  ['cmd foo', 'Unexpected keyword or identifier.'],
  ['other.thing', "Cannot find name 'other'."],
  ['other + 1', "Cannot find name 'other'."],
  ["mine('x')", ''],
  ['const run = $\nrun`uptime`', ''],
]

test.each(cases.map(([typed, said, fixed]) => ({ typed, said, fixed })))('$typed', ({ typed, said, fixed }) => {
  const found = language.check(typed)
  expect(found.map(({ message }) => message).join('\n')).toBe(said)
  const fix = found[0]?.fix
  expect(fix && typed.slice(0, fix.start) + fix.text + typed.slice(fix.end)).toBe(fixed)
})
