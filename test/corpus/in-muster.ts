import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import ts from 'typescript'
import { CellError } from '../../src/repl/cells/cell-error.js'
import { Evaluator } from '../../src/repl/cells/evaluator.js'
import { ranked } from '../../src/repl/completion/rank.js'
import { KeptValues } from '../../src/repl/kernel/kept-values.js'
import { LanguageSession } from '../../src/repl/language/session.js'
import { valuesDeclaration } from '../../src/repl/prompt-types.js'
import { bindings, declaration } from './prompt.js'
import { type Seen, shown } from './seen.js'
import type { Sequence } from './sequence.js'

/** Runs sequences through muster's evaluator and type checker, as a session does, each in a session of its own. */
export function inMuster(cwd: string): (sequence: Sequence) => Promise<Seen> {
  const language = new LanguageSession(ts, { cwd, packages: {} })
  language.declare('prompt.d.ts', declaration)
  return async ([, cells, expected]) => {
    const said: string[] = []
    const late: string[] = []
    language.forget()
    language.declare('values.d.ts', valuesDeclaration([]))
    const evaluator = new Evaluator({
      cwd,
      onOutput: (cell, stream, text) =>
        said.push(`${cell} ${stream === 'stdout' ? 'out' : 'err'} ${text.replace(/\n$/, '')}`),
      onUncaught: (error, thrown) => late.push(error?.message ?? String(thrown)),
    })
    const globals = bindings()
    const values = new KeptValues()
    const kept: { cell: number; module: string }[] = []
    let seen: Seen = {}
    try {
      for (const [index, source] of cells.slice(0, runs(expected) ? undefined : -1).entries()) {
        const cell = index + 1
        const problems = cell === cells.length ? problemsOf(language, source) : []
        try {
          const { value } = await evaluator.run(source, { id: cell, globals })
          seen = { value: shown(value), problems }
          values.keep(cell, value, globals)
          const module = language.commit(cell, source)
          language.fold() // as the language worker does while nothing is asked
          if (value !== undefined) kept.push({ cell, module })
          if (value !== undefined) language.declare('values.d.ts', valuesDeclaration(kept))
        } catch (error) {
          if (!(error instanceof CellError)) throw error
          const frames = error.frames.map(at => `${path.basename(at.source)}:${at.line}:${at.column}`)
          seen = { error: error.message, frames, problems }
        }
      }
      await setImmediate() // rejections are told when all that is due has run
    } finally {
      evaluator.close()
    }
    const last = cells.at(-1) ?? ''
    if (expected.completes || expected.completesNot) {
      const [source, position] = [last.replace('|', ''), last.indexOf('|')]
      const { from, entries } = language.complete(source, position)
      seen = { completions: ranked(entries, source.slice(from, position)).map(({ name }) => name) }
    } else if (!runs(expected)) seen = { problems: problemsOf(language, last) }
    return { ...seen, console: said, late }
  }
}

/** Whether the last cell is run: not where only completion or types are asked about. */
export function runs(expected: Sequence[2]): boolean {
  return Object.keys(expected).some(key => !['problems', 'completes', 'completesNot'].includes(key))
}

function problemsOf(language: LanguageSession, source: string): string[] {
  return language.check(source).map(({ line, column, message }) => `${line}:${column} ${message}`)
}
