import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { keysPage } from '../../../scripts/keys-page.js'

/** Tables are the same however their columns are filled up. */
const tight = (page: string): string[] => page.split('\n').map(row => row.replace(/ +/g, ' ').replace(/-{3,}/g, '---'))

test('docs/keys.md is what npm run keys writes', () => {
  expect(tight(readFileSync('docs/keys.md', 'utf8'))).toEqual(tight(keysPage))
})
