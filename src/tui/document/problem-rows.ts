import type { Problem } from '../../repl/protocol.js'
import { widthOf } from '../text/width.js'
import { hostLine } from './host-text.js'
import type { Theme } from './theme.js'
import { wrap } from './wrap.js'

/** What the rows of problems are made for. */
export interface ProblemRoom {
  readonly width: number
  /** Rows for all of them. */
  readonly most: number
  /** What can be done about them, behind the last. */
  readonly keys: string
  /** How what has no room here is seen. */
  readonly seeAll: string
}

/** Problems below the draft, each whole as long as there is room, what can be done behind the last. */
export function problemRows(problems: readonly Problem[], room: ProblemRoom, theme: Theme): string[] {
  const { width, most, keys, seeAll } = room
  const rows = problems.flatMap(problem => sentenceRows(problem, width, theme))
  const beside = [...rows.slice(0, -1), `${rows.at(-1) ?? ''}  ${keys}`]
  if (beside.length <= most && widthOf(beside.at(-1) ?? '') <= width) return beside
  if (rows.length < most) return [...rows, keys]
  const shown = Math.max(1, most - 1)
  return [...rows.slice(0, shown), `${theme.faint(`… ${seeAll} · `)}${keys}`]
}

/** All of what is wrong, with the line of each, as the side pane shows it. */
export function problemList(problems: readonly Problem[], width: number, theme: Theme): string[] {
  return problems.flatMap(problem => [
    ...sentenceRows(problem, width, theme),
    ...(problem.fix ? wrap(`  fix: ${hostLine(problem.fix.title)}`, width).map(theme.faint) : []),
  ])
}

function sentenceRows({ line, column, message }: Problem, width: number, theme: Theme): string[] {
  const rows = wrap(`${line}:${column} ${hostLine(message)}`, Math.max(10, width - 2))
  return rows.map((row, index) => `${index === 0 ? theme.bad('✗ ') : '  '}${theme.bad(row)}`)
}
