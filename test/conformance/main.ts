// Prints the conformance report; its last two lines are for a program. Exits with 1 when a case differs that nobody said should.
import { conformanceFolder } from './cases.js'
import { checkFacts, checkOperations, report } from './run.js'

const folder = conformanceFolder()
if (folder === undefined) {
  console.error('no recorded cases: set CONFORMANCE_DIR, or put shared/conformance beside this repository')
  process.exit(2)
}
const [facts, operations] = [await checkFacts(folder), await checkOperations(folder)]
console.log(report(facts, operations))
if ([...facts, ...operations].some(({ verdict }) => verdict.kind === 'different')) process.exitCode = 1
