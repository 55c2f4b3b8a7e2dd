import { expect, test } from 'vitest'
import type { DeployReport, HostReport } from '../../../src/engine/run/deploy.js'
import { headerOf } from '../../../src/repl/export/header.js'
import { isAsProven, type Proof, proofOf, withProof } from '../../../src/repl/export/proof.js'

const AT = Date.UTC(2026, 10, 22, 14, 30)

const report = (hosts: Record<string, HostReport>, error?: Error): DeployReport => ({
  plans: [],
  hosts: new Map(Object.entries(hosts)),
  applied: false,
  declined: false,
  ...(error ? { error } : {}),
})

test('says where it comes from, whatever the texts are', () => {
  const notes = ['Not exported: cell 4, $`a\nb\u2028c`.']
  expect(headerOf({ session: 's', at: AT, cells: [1, 2, 3, 7], notes })).toBe(
    `// Exported by muster from session s (cells 1-3,7) on 2026-11-22 14:30 UTC.
// Proof: none yet: it was not planned against any host.
// Not exported: cell 4, $\`a b c\`.
`,
  )
})

const SAME: HostReport = { status: 'same' }
const TABLE: readonly (readonly [string, DeployReport, string])[] = [
  [
    'all the same',
    report({ 'web-1': SAME, 'web-2': SAME }),
    '// Proof: type-checked, and planned on web-[1-2] on 2026-11-22 14:30 UTC: nothing to change.',
  ],
  [
    'a host that would change',
    report({ 'web-1': SAME, 'web-2': { status: 'would-change' } }),
    '// Proof: not proven (2026-11-22 14:30 UTC): on web-2 it would change something.',
  ],
  [
    'hosts of which it is not known',
    report({
      'web-1': { status: 'unknown', reason: 'it needs “uptime”' },
      'web-2': { status: 'unknown', reason: 'it needs “uptime”' },
    }),
    '// Proof: not proven (2026-11-22 14:30 UTC): on web-[1-2] unknown: it needs “uptime”.',
  ],
  [
    'a deploy that throws',
    report({ 'web-1': SAME }, new Error('There is no group wbe.')),
    '// Proof: not proven (2026-11-22 14:30 UTC): planning it failed: There is no group wbe.',
  ],
  ['no hosts', report({}), '// Proof: not proven (2026-11-22 14:30 UTC): there was no host to plan it against.'],
]

test.each(TABLE)('%s', (_, dryRun, line) => {
  const source = `${headerOf({ session: 's', at: AT, cells: [1], notes: [] })}export {}\n`
  const once = withProof(source, proofOf(dryRun, AT))
  expect(once.replace(/ sha256:[0-9a-f]{16}$/m, '').split('\n')).toEqual([source.split('\n')[0], line, 'export {}', ''])
  const proven: Proof = { kind: 'proven', hosts: ['a'], at: AT }
  expect(withProof(once, proven)).toContain('// Proof: type-checked, and planned on a on')
  expect(withProof(withProof(once, proven), proofOf(dryRun, AT))).toBe(once)
})

test('a source without a header gets one', () => {
  expect(withProof('export {}\n', { kind: 'proven', hosts: ['a'], at: AT })).toMatch(/^\/\/ Proof: .*\nexport \{\}\n$/)
})

test('what can only be run is told, and does not keep the rest from being proven', () => {
  const hosts = new Map<string, HostReport>([['a', { status: 'unknown', reason: 'it needs the answer of “x”' }]])
  const plan = (outcome: 'same' | 'change') => ({
    operation: 'files.line',
    label: '',
    groups: [{ hosts: ['a'], outcome, changes: [] }],
  })
  const dryRun = (outcome: 'same' | 'change') => ({ ...report({}), hosts, plans: [plan(outcome)] })
  expect(withProof('export {}\n', proofOf(dryRun('same'), AT))).toContain(
    'nothing to change, beside what can only be run (on a unknown: it needs the answer of “x”).',
  )
  expect(proofOf(dryRun('change'), AT).kind).toBe('not-proven')
})

test('a text that was changed since is known', () => {
  const source = `${headerOf({ session: 's', at: AT, cells: [1], notes: [] })}export {}\n`
  const proven = withProof(source, { kind: 'proven', hosts: ['a'], at: AT })
  expect(isAsProven(source)).toBe(undefined)
  expect(isAsProven(proven)).toBe(true)
  expect(isAsProven(proven.replace('export {}', 'export { }'))).toBe(false)
  expect(isAsProven(withProof(proven, { kind: 'not-proven', reason: 'x', at: AT }))).toBe(true)
})
