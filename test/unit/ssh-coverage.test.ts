import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const text = readFileSync(new URL('docs/ssh-coverage.md', root), 'utf8')
/** What was asked for, and the lines below it: a file and titles of tests in it. */
const phrases = text
  .split(/^- /m)
  .slice(1)
  .map(each => {
    const [asked = '', ...proofs] = each.split(/\n#/)[0]?.trimEnd().split('\n') ?? []
    return [asked, proofs] as const
  })

describe('docs/ssh-coverage.md', () => {
  test.each(phrases)('%s', (_, proofs) => {
    expect(proofs.length).toBeGreaterThan(0)
    for (const line of proofs) {
      const [, file = '', titles = ''] = /^ {2}- `([^`]+)` (.+)$/.exec(line) ?? []
      expect(existsSync(new URL(file, root)), `no file in: ${line}`).toBe(true)
      const source = readFileSync(new URL(file, root), 'utf8')
      const named = [...titles.matchAll(/“([^”]+)”|«([^»]+)»/g)].map(([, one, other]) => one ?? other ?? '')
      expect(named.length, `no title in: ${line}`).toBeGreaterThan(0)
      for (const title of named) expect(source.includes(title), `${file} has no “${title}”`).toBe(true)
    }
  })

  test('has every phrase of the issue', () => {
    expect(phrases.length).toBeGreaterThan(100)
  })
})
