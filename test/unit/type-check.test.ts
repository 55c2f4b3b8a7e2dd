import { expect, test } from 'vitest'
import { typeCheck } from './type-check.js'

test('the check that other tests rely on finds what is wrong, in strict terms, and nothing else', {
  timeout: 120_000,
}, () => {
  const files = {
    'good.ts': "import type { Fleet } from 'muster'\nexport const size = (fleet: Fleet): number => fleet.size\n",
    'session.ts': "import { files } from 'muster/session'\nawait files.line({ path: '/x', line: 'y' })\n",
    'bad.ts': "import { files } from 'muster/session'\nawait files.line({ path: '/x', lin: 'y' })\n",
    'unused.ts': 'export const f = (): void => {\n  const x = 1\n}\n',
    'missing.ts': "export { x } from './nowhere.js'\n",
  }
  expect(typeCheck(files)).toEqual([
    expect.stringContaining("'lin' does not exist in type"),
    "unused.ts: 'x' is declared but its value is never read.",
    "missing.ts: Cannot find module './nowhere.js' or its corresponding type declarations.",
  ])
})
