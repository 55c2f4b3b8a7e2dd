import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { newSession } from '../../journal/place.js'
import { pruneIn } from './history.js'

test('prune says what would be lost, and removes it only with --yes', () => {
  const where = mkdtempSync(join(tmpdir(), 'muster-prune-'))
  onTestFinished(() => rmSync(where, { recursive: true }))
  const [old, young] = [1, 2].map(day => {
    const { session, directory } = newSession(where, new Date(2026, 0, day))
    writeFileSync(join(directory, 'journal.jsonl'), '{}\n')
    return session
  })
  const said: string[] = []
  const write = (lines: string | readonly string[]): void => void said.push(...[lines].flat())
  const prune = (flags: Parameters<typeof pruneIn>[1]): string[] => {
    said.length = 0
    pruneIn(where, flags, { data: write, talk: write })
    return said
  }
  expect(() => prune({ yes: true })).toThrow('Say what is to go: --older-than 90d')
  expect(prune({ keep: 1 })).toEqual([
    expect.stringMatching(`^${old}  \\d+\\.?\\d* k?B$`),
    expect.stringMatching(
      `^1 session, \\d+\\.?\\d* k?B would go from ${where}, and with them :undo and :who of what they did; --yes removes them\\.$`,
    ),
  ])
  expect(readdirSync(where).sort()).toEqual([old, young].sort())
  prune({ keep: 1, yes: true })
  expect(readdirSync(where)).toEqual([young])
})
