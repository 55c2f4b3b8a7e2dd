import { expect, test } from 'vitest'
import type { PlanView } from '../../engine/events.js'
import type { Diff } from '../../engine/plan/diff.js'
import { ignored, withoutIgnored } from './ignore.js'

const mode: Diff = {
  kind: 'fields',
  subject: 'file /etc/motd',
  fields: { mode: { before: '0644', after: '0600' }, owner: { before: 'a', after: 'b' } },
}
const text: Diff = { kind: 'text', subject: '/etc/issue', before: 'a', after: 'b' }
const packages: Diff = {
  kind: 'set',
  subject: 'packages',
  added: [{ name: 'linux-image-6' }, { name: 'jq' }],
  removed: [],
  altered: [],
}

const plan = (...diffs: Diff[]): PlanView => ({
  operation: 'x',
  label: 'x',
  groups: [
    {
      hosts: ['a'],
      outcome: 'change',
      changes: diffs.map(diff => ({ summary: 's', diff, commands: [], undoable: true })),
    },
    { hosts: ['b'], outcome: 'unknown', changes: [], reason: 'r' },
  ],
})

/** What is left of the differences: outcome, and subjects with their fields. */
function left(diffs: readonly Diff[], ...ignores: string[]): string {
  const [group] = withoutIgnored([plan(...diffs)], ignored(ignores))[0]?.groups ?? []
  const told = group?.changes.map(({ diff }) =>
    diff.kind === 'fields'
      ? Object.keys(diff.fields).join('+')
      : diff.kind === 'set'
        ? diff.added.map(({ name }) => name).join('+')
        : diff.subject,
  )
  return `${group?.outcome} ${told?.join(' ')}`.trim()
}

test.each([
  [[], 'change mode+owner /etc/issue linux-image-6+jq'],
  [[':mode'], 'change owner /etc/issue linux-image-6+jq'],
  [['/etc/motd:mode', '/etc/motd:owner'], 'change /etc/issue linux-image-6+jq'],
  [['/etc/*'], 'change linux-image-6+jq'],
  [['packages:linux-*'], 'change mode+owner /etc/issue jq'],
  [['packages', '/etc/issue', 'file /etc/motd'], 'same'],
  [['/etc/issue:mode'], 'change mode+owner /etc/issue linux-image-6+jq'],
  [['/etc/issue:content', '/nowhere'], 'change mode+owner linux-image-6+jq'],
])('ignoring %j leaves %s', (ignores, expected) => {
  expect(left([mode, text, packages], ...ignores)).toBe(expected)
})

test('what is unknown is never called the same, and an empty wish is refused', () => {
  expect(withoutIgnored([plan(mode)], ignored(['*']))[0]?.groups.map(({ outcome }) => outcome)).toEqual([
    'same',
    'unknown',
  ])
  expect(() => ignored([''])).toThrow('Say what to ignore')
})
