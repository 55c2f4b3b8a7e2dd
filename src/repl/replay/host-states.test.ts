import { expect, test } from 'vitest'
import { RecordedAnswers } from '../../journal/replay/answers.js'
import { compareStates } from './compare.js'
import { HostStates } from './host-states.js'

const login = { kind: 'login' }
const answered = (key: string, output: string) => ({
  ...{ type: 'answer.fact', at: 1, host: 'web-1', identity: login, key },
  answer: { output, stderr: '', exitCode: 0 },
})
const stat = (seconds: number, mode = '-rw-r--r--'): string =>
  `user=root group=root mode=${mode} atime=${seconds} mtime=${seconds} ctime=${seconds} size=4 uid=0 gid=0\n`
const edited = (before: string | null, after: string | null) => ({
  ...{ type: 'change.applied', at: 1, task: 1, host: 'web-1' },
  change: { summary: 'edit /etc/motd', diff: { kind: 'text', subject: '/etc/motd', before, after } },
})

const records = [
  answered('files.text {"path":"/etc/motd"}', 'bytes\nold\n'),
  answered('files.sha256 {"path":"/etc/motd"}', `${'a'.repeat(64)}  -\n`),
  answered('files.file {"path":"/etc/motd"}', stat(1)),
  answered('server.hostname', 'web-1\n'),
  edited('old\n', 'new\n'),
  answered('files.sha256 {"path":"/etc/motd"}', `${'b'.repeat(64)}  -\n`),
  answered('files.file {"path":"/etc/motd"}', stat(2)),
  answered('shop.version', 'of the person’s own\n'),
  edited('new\n', null),
  answered('files.file {"path":"/etc/motd"}', 'absent\n'),
  answered('apt.simulation {"action":"install","packages":["ntp"]}', 'Inst ntp\n'),
]
const states = new HostStates(records, new RecordedAnswers(records))
const known = (within: number): Record<string, string> => Object.fromEntries(states.at('web-1', within))

test('a file is told once, by its text, whichever facts asked about it; times of files are no state', () => {
  expect(known(4)).toMatchObject({ 'file /etc/motd': 'old\n', 'server.hostname': 'web-1' })
  expect(Object.keys(known(4)).sort()).toEqual(['attributes of /etc/motd', 'file /etc/motd', 'server.hostname'])
  expect(known(8)).toMatchObject({ 'file /etc/motd': 'new\n', 'shop.version': 'of the person’s own\n' })
  const between = compareStates(states.at('web-1', 4), states.at('web-1', 8), ['cell 1', 'cell 2'])
  expect(between).toEqual([
    'file /etc/motd',
    '  @@ -1,1 +1,1 @@',
    '  - old',
    '  + new',
    'known only at cell 2: shop.version',
  ])
})

test('what is gone is gone; what only would be is no state; before anything was asked, what a change found is what was there', () => {
  expect(known(11)).toMatchObject({ 'file /etc/motd': 'there is none\n', 'attributes of /etc/motd': 'there is none\n' })
  expect(Object.keys(known(11)).filter(name => name.startsWith('apt'))).toEqual([])
  expect(known(0)).toEqual({ 'file /etc/motd': 'old\n' })
})
