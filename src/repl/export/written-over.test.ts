import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { headerOf } from './header.js'
import { withProof } from './proof.js'
import { refuseWriteOver } from './written-over.js'

const folder = mkdtempSync(join(tmpdir(), 'muster-written-over-'))
const path = join(folder, 'deploy.ts')
afterAll(() => rmSync(folder, { recursive: true }))

const look = (text: string | undefined, sure = false) => {
  if (text !== undefined) writeFileSync(path, text)
  refuseWriteOver(path, 'deploy.ts', { session: '2026-11-28-1000', sure, surely: ':export! deploy.ts' })
}
const exported = (session: string): string =>
  withProof(`${headerOf({ session, at: 0, cells: [1], notes: [] })}\nexport default async () => {}\n`, {
    kind: 'not-proven',
    reason: 'no host',
    at: 0,
  })
const mine = exported('2026-11-28-1000')
const edited = mine.replace('async () => {}', 'async () => { /* by hand */ }')

test('what this session exported is written over, what somebody else wrote never', () => {
  look(undefined)
  look(mine)
  look(headerOf({ session: '2026-11-28-1000', at: 0, cells: [1], notes: [] }))
  for (const sure of [false, true])
    expect(() => look('export default 1', sure)).toThrow('deploy.ts is there and was not exported by muster')
})

test('what another session exported, and what was edited by hand, is lost only on purpose', () => {
  expect(() => look(exported('2026-11-28-1000-2'))).toThrow(
    'deploy.ts is what session 2026-11-28-1000-2 exported, which would be lost: :export! deploy.ts writes over it all the same.',
  )
  expect(() => look(edited)).toThrow(
    'deploy.ts was edited since muster wrote it, which would be lost: :export! deploy.ts',
  )
  look(edited, true)
  look(exported('2026-11-28-1000-2'), true)
})
