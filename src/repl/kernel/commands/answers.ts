import { cellsIn, compareAnswers } from '../../answers/compare.js'
import { compare } from '../../replay/commands.js'
import { type ColonCommands, text } from './colon-command.js'

/** What is told of answers again. */
export const ANSWER_COMMANDS: ColonCommands = {
  compare: {
    usage: '[CELL|HOST] [CELL|HOST] [HOST]',
    summary:
      'Show the diff of an answer to what most hosts said and to the same cell before (:compare [CELL] HOST), of two hosts (:compare [CELL] HOST HOST), or of two cells (:compare CELL CELL [HOST]); in a replay, of what facts and files were then.',
    async run(argument, { kernel, log, workspace: { engine } }) {
      if (kernel.isReplay) return text(compare(argument, kernel.inReplay()))
      return text(compareAnswers(argument, cellsIn(log.records), engine.universe.hosts))
    },
  },
}
