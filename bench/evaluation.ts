/**
 * What Node's own REPL, ts-node's REPL and muster make of the corpus of `test/corpus/`: writes docs/evaluation.md.
 *
 *     npm run corpus
 */
import { type ChildProcess, fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { corpus } from '../test/corpus/corpus.js'
import { corpusFolder } from '../test/corpus/folder.js'
import { inMuster, runs } from '../test/corpus/in-muster.js'
import { differences, type Seen } from '../test/corpus/seen.js'
import type { Sequence } from '../test/corpus/sequence.js'

const folder = corpusFolder()
const muster = inMuster(folder.path)

type Verdict = 'passes' | 'fails' | 'cannot'
const OTHERS = ['node', 'ts-node'] as const

/** A REPL in a process of its own: a cell may hang or end it. */
class Other {
  #child: ChildProcess | undefined
  constructor(readonly name: (typeof OTHERS)[number]) {}

  run(sequence: Sequence): Promise<Seen> {
    this.#child ??= fork(fileURLToPath(new URL('other-repl.ts', import.meta.url)), [this.name, folder.path], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    const child = this.#child
    return new Promise(resolve => {
      const done = (seen: Seen) => {
        clearTimeout(late)
        child.removeAllListeners()
        resolve(seen)
      }
      const end = (error: string) => {
        child.kill('SIGKILL')
        this.#child = undefined
        done({ error })
      }
      const late = setTimeout(() => end('no answer'), 30_000)
      child.once('message', (seen: Seen) => done(seen))
      child.once('exit', () => end('the process ended'))
      child.send({ cells: sequence[1], runsLast: runs(sequence[2]) })
    })
  }

  close(): void {
    this.#child?.kill('SIGKILL')
  }
}

/** Another prompt names places its own way; that they are the same line and column is what counts. */
function verdictOf([, , expected]: Sequence, seen: Seen): Verdict {
  if (!runs(expected) && !expected.completes && !expected.completesNot && seen.problems === undefined) return 'cannot'
  const { console: _, late: __, problems, frames: ___, ...shared } = expected
  const own = expected.console !== undefined || (expected.late?.length ?? 0) > 0
  if (own) return 'cannot'
  const wanted = runs(expected) ? shared : { ...shared, ...(problems ? { problems } : {}) }
  return differences(wanted, seen).length === 0 ? 'passes' : 'fails'
}

const SIGNS: Readonly<Record<Verdict, string>> = { passes: '✓', fails: '✗', cannot: '–' }
const others = OTHERS.map(name => new Other(name))
const sections: string[] = []
const totals: string[] = []
const sums = { muster: 0, node: 0, 'ts-node': 0, all: 0 }
process.on('unhandledRejection', () => {})
process.on('uncaughtException', () => {})

for (const [area, sequences] of Object.entries(corpus)) {
  const rows: string[] = []
  const passed = { muster: 0, node: 0, 'ts-node': 0 }
  for (const sequence of sequences) {
    const own = differences({ problems: [], late: [], ...sequence[2] }, await muster(sequence)).length === 0
    if (own) passed.muster += 1
    const verdicts: Verdict[] = []
    for (const other of others) {
      const verdict = verdictOf(sequence, await other.run(sequence))
      if (verdict === 'passes') passed[other.name] += 1
      verdicts.push(verdict)
    }
    rows.push(
      `| ${sequence[0].replaceAll('|', '\\|')} | ${own ? '✓' : '✗'} | ${verdicts.map(each => SIGNS[each]).join(' | ')} |`,
    )
  }
  sections.push(`## ${area}\n\n| sequence | muster | Node | ts-node |\n| --- | :-: | :-: | :-: |\n${rows.join('\n')}\n`)
  totals.push(`| ${area} | ${sequences.length} | ${passed.muster} | ${passed.node} | ${passed['ts-node']} |`)
  sums.all += sequences.length
  for (const name of ['muster', ...OTHERS] as const) sums[name] += passed[name]
  console.error(totals.at(-1))
}
for (const other of others) other.close()
folder.remove()

writeFileSync(
  fileURLToPath(new URL('../docs/evaluation.md', import.meta.url)),
  `# What the prompt evaluates

The corpus in \`test/corpus/\` holds sequences of cells, each with what the last one must come to: a value, an error with its line,
column and message, what the type checker says, or what can be completed. \`npm test\` holds muster against it. This page shows it beside
Node's own REPL and that of ts-node, given the same cells; ts-node checks types only where they are the point (else \`ts-node -T\`, so that
no type error counts against it). It is made by

\`\`\`
npm run corpus
\`\`\`

Node ${process.versions.node}. ✓ as expected, ✗ something else, – nothing that this prompt could show (types in Node; output by cell).
Of an error, its words must be the same, and its place where the prompt names one for what was typed; frames and console are not asked of
the others. Node's REPL knows no TypeScript, so cells with types are ✗ there. A promise as the last value is awaited by muster alone.

| area | sequences | muster | Node | ts-node |
| --- | --: | --: | --: | --: |
${totals.join('\n')}
| all | ${sums.all} | ${sums.muster} | ${sums.node} | ${sums['ts-node']} |

${sections.join('\n')}`,
)
process.exit(0)
