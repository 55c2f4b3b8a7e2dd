import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const rows = readFileSync(new URL('docs/ssh-coverage.md', root), 'utf8')
  .split('\n')
  .flatMap(line => {
    const [, asked = '', proof = ''] = /^\| (.+) \| (.+) \|$/.exec(line) ?? []
    return asked === '' || asked === 'asked for' || /^-+$/.test(asked) ? [] : [[asked, proof] as const]
  })

describe('docs/ssh-coverage.md', () => {
  test.each(rows)('%s', (_, proof) => {
    const cited = proof.split('<br>').map(each => /^`([^`]+)` (.+)$/.exec(each))
    for (const [, file = '', titles = ''] of cited.map(each => each ?? [])) {
      expect(existsSync(new URL(file, root)), `there is no ${file}`).toBe(true)
      const source = readFileSync(new URL(file, root), 'utf8')
      const named = [...titles.matchAll(/“([^”]+)”|«([^»]+)»/g)].map(([, one, other]) => one ?? other ?? '')
      expect(named.length, `no title of ${file}`).toBeGreaterThan(0)
      for (const title of named) expect(source.includes(title), `${file} has no “${title}”`).toBe(true)
    }
  })

  test('has all sections of the issue', () => {
    expect(rows.length).toBeGreaterThan(100)
  })
})
