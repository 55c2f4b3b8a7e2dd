import { afterAll, describe, expect, test } from 'vitest'
import { conformanceFolder } from './cases.js'
import { checkFacts, checkOperations, report } from './run.js'

const folder = conformanceFolder()

describe.skipIf(folder === undefined)(
  'recorded cases of pyinfra (skipped where CONFORMANCE_DIR leads to none)',
  async () => {
    const facts = folder === undefined ? [] : await checkFacts(folder)
    const operations = folder === undefined ? [] : await checkOperations(folder)
    afterAll(() => console.log(report(facts, operations)))

    const covered = [...facts, ...operations].filter(({ verdict }) => verdict.kind !== 'uncovered')
    test.each(covered.map(({ id, verdict }) => ({ id, verdict })))('$id', ({ verdict }) => {
      expect(['equal', 'deviation'], JSON.stringify(verdict)).toContain(verdict.kind)
    })

    test('there are cases, and our facts and operations are among them', () => {
      expect(covered.length).toBeGreaterThan(50)
    })
  },
)
