// node .ci/tests.mjs FOLDER PARTS PROJECT...: runs vitest projects, so many parts of them at once, and writes `PASSED FAILED` to FOLDER/counts
// and what failed to FOLDER/failures. A skipped test is a failed one. Files in which a test failed are run once more, alone: a test
// that passes then is counted as passed and listed in FOLDER/unstable, so that it is mended. More than five such files get no second run.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const [folder, parts, ...projects] = process.argv.slice(2)
const count = Number(parts)
const of = projects.flatMap(project => ['--project', project])

/** One vitest: its output goes to a file, its report is returned; undefined where it wrote none. */
async function vitest(name, args) {
  const report = join(folder, `report-${name}.json`)
  const log = join(folder, `tests-${name}.log`)
  rmSync(report, { force: true })
  const out = openSync(log, 'w')
  const child = spawn(
    'npx',
    ['vitest', 'run', ...of, ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    { stdio: ['ignore', out, out] },
  )
  const status = await new Promise(resolve => child.on('close', resolve))
  closeSync(out)
  process.stdout.write(readFileSync(log))
  return { status, files: existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).testResults : undefined }
}

/** Seconds that test files take, those that are not short: parts are made of them that end together. */
const LONG = {
  'test/integration/export/recorded-sessions.test.ts': 199,
  'test/e2e/killed-often.test.ts': 152,
  'test/integration/identity-releases.test.ts': 121,
  'test/integration/openssh.test.ts': 80,
  'test/integration/known-hosts-oracle.test.ts': 79,
  'test/integration/session/lost-hosts.test.ts': 76,
  'test/integration/lab-faults.test.ts': 67,
  'test/integration/identity.test.ts': 51,
  'test/integration/faults.test.ts': 51,
  'test/integration/session/bad-input.test.ts': 49,
  'test/integration/cli/session.test.ts': 47,
  'test/integration/transfer-faults.test.ts': 41,
  'test/integration/session/undo.test.ts': 40,
  'test/e2e/session-screen.test.ts': 39,
  'test/integration/session/fleet-work.test.ts': 38,
  'test/integration/cli/deploy.test.ts': 35,
  'test/integration/refusals/servers.test.ts': 35,
  'test/e2e/screen.test.ts': 33,
  'test/integration/cli/export.test.ts': 32,
  'test/integration/lab.test.ts': 31,
  'test/integration/notebook-types.test.ts': 31,
  'test/e2e/plain.test.ts': 29,
  'test/integration/ssh-keys.test.ts': 26,
  'test/integration/cli/completion.test.ts': 26,
  'test/integration/connectors.test.ts': 25,
  'test/e2e/prompt-screen.test.ts': 25,
  'test/integration/lab-kinds.test.ts': 25,
  'test/e2e/killed.test.ts': 24,
  'test/integration/every-kind.test.ts': 20,
  'test/integration/transfer-lab.test.ts': 20,
  'test/e2e/saved-sessions.test.ts': 19,
  'test/integration/cli/exec.test.ts': 18,
  'test/integration/forward.test.ts': 18,
  'test/integration/jump-hosts.test.ts': 17,
  'test/integration/ssh-passwords.test.ts': 16,
  'test/integration/operations.test.ts': 16,
  'test/integration/ssh-commands.test.ts': 15,
  'test/integration/link-life.test.ts': 15,
  'test/integration/cli/bad-input.test.ts': 14,
  'test/integration/refusals/login-shells.test.ts': 14,
  'test/integration/reboot.test.ts': 13,
}
const SHORT = 6

/**
 * Test files in so many parts: the longest first, each to the part that has least to do. One vitest has a whole part, since each reads
 * all of the source anew.
 */
async function partsOf(count) {
  const list = join(folder, 'files.json')
  await new Promise(resolve =>
    spawn('npx', ['vitest', 'list', '--filesOnly', ...of, `--json=${list}`], { stdio: 'ignore' }).on('close', resolve),
  )
  const files = JSON.parse(readFileSync(list, 'utf8')).map(({ file }) => relative(process.cwd(), file))
  const takes = file => LONG[file] ?? SHORT
  const parts = Array.from({ length: count }, () => ({ seconds: 0, files: [] }))
  for (const file of files.sort((a, b) => takes(b) - takes(a))) {
    const least = parts.reduce((one, other) => (other.seconds < one.seconds ? other : one))
    least.seconds += takes(file)
    least.files.push(file)
  }
  return parts.map(part => part.files)
}

const passedIn = file => file.assertionResults.filter(test => test.status === 'passed').length
/** What is wrong in a file: failed and skipped tests, or the file itself when it did not load. */
const wrongIn = file => {
  const tests = file.assertionResults.filter(test => test.status !== 'passed')
  return tests.length === 0 && file.status === 'failed'
    ? [{ fullName: '(the whole file)', failureMessages: [file.message] }]
    : tests
}
const named = (file, test) => `${relative(process.cwd(), file.name)} › ${test.fullName}`
const told = (file, test) => {
  const message =
    test.status === 'skipped' || test.status === 'pending' ? 'skipped' : (test.failureMessages ?? []).join('\n')
  return `${named(file, test)}\n${message
    .split('\n')
    .slice(0, 12)
    .map(line => `    ${line}`)
    .join('\n')}`
}

const runs = await Promise.all(
  (count === 1 ? [[]] : await partsOf(count)).map((files, part) => vitest(String(part + 1), files)),
)
let files = runs.flatMap(run => run.files ?? [])
const failures = []
const unstable = []
const broken = files.filter(file => wrongIn(file).length > 0)
if (broken.length > 0 && broken.length <= 5) {
  const again = await vitest(
    'again',
    broken.map(file => relative(process.cwd(), file.name)),
  )
  if (again.files !== undefined) {
    for (const file of broken) {
      const second = again.files.find(({ name }) => name === file.name)
      if (second === undefined || wrongIn(second).length > 0) continue
      unstable.push(...wrongIn(file).map(test => told(file, test)))
      files = files.map(one => (one === file ? second : one))
    }
  }
}
for (const file of files) failures.push(...wrongIn(file).map(test => told(file, test)))
// Errors outside of all tests are in no report: a run that ends badly with nothing wrong in its files, or without a report.
for (const [index, run] of runs.entries()) {
  if (run.files === undefined || (run.status !== 0 && !run.files.some(file => wrongIn(file).length > 0))) {
    failures.push(
      `part ${index + 1} of ${projects.join(', ')} ended with ${run.status}: an error outside of all tests, see its output`,
    )
  }
}
writeFileSync(join(folder, 'counts'), `${files.reduce((sum, file) => sum + passedIn(file), 0)} ${failures.length}\n`)
writeFileSync(join(folder, 'failures'), failures.map(line => `failed: ${line}\n`).join(''))
writeFileSync(join(folder, 'unstable'), unstable.map(line => `unstable: ${line}\n`).join(''))
