import { dirname } from 'node:path'
import type { Engine } from '../engine/engine.js'
import { MusterError, UsageError } from '../engine/errors.js'
import type { EngineEvent } from '../engine/events.js'
import { displayPath } from '../engine/modules/compiler.js'
import { PlanUnknown } from '../engine/plan/host-plan.js'
import type { Deploy } from '../engine/run/deploy.js'
import { CellError } from './cells/cell-error.js'
import { type OutputStream, outsideCells } from './cells/context.js'
import { Evaluator } from './cells/evaluator.js'
import { CellHosts } from './kernel/cell-hosts.js'
import { PromptGlobals } from './kernel/prompt-globals.js'
import { openNotebook } from './notebook/notebook-file.js'
import { cellPlaces } from './notebook/percent.js'

/** Whether the text of a module is a notebook and no deploy: it has cells, or speaks as the prompt does, and exports no function. */
export function isNotebook(text: string): boolean {
  if (/^export\s+default\b/m.test(text)) return false
  return /^\/\/[ \t]*%%/m.test(text) || /\bfrom\s+['"]muster\/session['"]/.test(text)
}

/** A notebook as a deploy. */
export interface NotebookDeploy {
  readonly deploy: Deploy
  /** To be told of all that happens: `failed`, `changed` and `unreachable` are hosts of the cell before. */
  see(event: EngineEvent): void
}

/** Code that is run: a cell, or what stands before the first. */
interface Part {
  readonly source: string
  readonly focus?: string
  /** The line before its first, counted from 1. */
  readonly line: number
}

/**
 * Makes a deploy of a notebook: its cells one after the other, in which names mean what they mean at the prompt. Cells that are kept in
 * comments are not run.
 *
 * @param print takes what cells write to the console; cells are counted from 1, what stands before the first is 0
 * @throws {UsageError} when it cannot be read, or holds a merge conflict
 */
export async function notebookDeploy(
  path: string,
  engine: Engine,
  print: (stream: OutputStream, text: string, cell: number) => void,
): Promise<NotebookDeploy> {
  const { notebook, conflict, text } = await openNotebook(path)
  if (conflict !== undefined) throw new UsageError(conflict)
  const places = cellPlaces(text)
  const parts = notebook.cells.flatMap(({ kind, source, focus }, i): Part[] =>
    kind === 'code' ? [{ source, line: places[i]?.first ?? 0, ...(focus === undefined ? {} : { focus }) }] : [],
  )
  const { head, meta } = notebook
  const before = { source: ownCode(head), line: text.slice(0, Math.max(0, text.indexOf(head))).split('\n').length - 1 }
  let hosts = new CellHosts()
  return {
    see: event => hosts.see({ ...event, at: Date.now() }, undefined),
    async deploy() {
      const evaluator = new Evaluator({
        cwd: dirname(path),
        provide: new Map([['muster', await import('../index.js')]]),
        onOutput: (cell, stream, written) => outsideCells(() => print(stream, written, cell)),
      })
      const globals = new PromptGlobals(engine)
      try {
        if (meta.focus !== undefined) globals.setFocus(meta.focus)
        for (const [i, part] of [before, ...parts].entries()) {
          hosts = new CellHosts()
          await runPart(part, i, path, { evaluator, globals, engine })
          if (hosts.asked) globals.keepHosts(hosts.last())
        }
      } finally {
        evaluator.close()
      }
    },
  }
}

async function runPart(
  { source, focus, line }: Part,
  id: number,
  path: string,
  { evaluator, globals, engine }: { evaluator: Evaluator; globals: PromptGlobals; engine: Engine },
): Promise<void> {
  const { groups } = engine.universe
  const focused = focus === undefined ? globals.focus : (groups.get(focus) ?? engine.fleet.match(focus).names)
  try {
    await globals.focused(focused, async () => {
      const { value } = await evaluator.run(source, { id, globals: globals.bindings })
      globals.keep(id, value)
    })
  } catch (error) {
    if (!(error instanceof CellError)) throw error
    throw placed(error, displayPath(path), line)
  }
}

/** The error of a cell, at its place in the file; what makes the rest of a plan unknown still does. */
function placed({ reason, line, column, cause }: CellError, file: string, before: number): Error {
  const place = line === undefined ? file : `${file}:${before + line}:${column}`
  if (cause instanceof PlanUnknown) return new PlanUnknown(`${cause.message} (${place})`)
  return new MusterError(`${place}: ${reason}`, { cause })
}

/** Without the import that only tells editors of the prompt's names. */
function ownCode(head: string): string {
  return head.replace(/^import\s[^;]*?from\s+['"]muster\/session['"];?[ \t]*$/gm, match => match.replace(/[^\n]/g, ''))
}
