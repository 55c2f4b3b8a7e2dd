import type { Problem } from '../../repl/protocol.js'
import { isComplete } from '../editor/complete.js'
import { offsetOf } from './prompt.js'
import type { Prompt, View } from './view.js'

const NONE: readonly Problem[] = []

/** What is wrong with the draft: found when it was entered, else while it is typed, once nothing in it is left open. */
export function knownProblems({ problems, assist, editor }: Prompt): readonly Problem[] {
  if (problems.length > 0) return problems
  return assist && assist.problems.length > 0 && isComplete(editor.text) ? assist.problems : NONE
}

/** The problem that is meant: the one the cursor is at, else the first. */
export function problemMeant(prompt: Prompt): Problem | undefined {
  const { text, cursor } = prompt.editor
  const known = knownProblems(prompt)
  const isHere = (problem: Problem) => {
    const start = offsetOf(text, problem)
    return start <= cursor && cursor <= start + Math.max(1, problem.length)
  }
  return known.find(isHere) ?? known[0]
}

/** What of it the help beside the draft shows, while that is in view. */
export const problemsInHelp = ({ side, prompt }: View): readonly Problem[] =>
  side.tab === 'help' ? knownProblems(prompt) : NONE
