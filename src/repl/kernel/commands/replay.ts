import { goTo, play, step, timelineText } from '../../replay/commands.js'
import { type ColonCommands, text } from './colon-command.js'

/** Going through a recorded session. */
export const REPLAY_COMMANDS: ColonCommands = {
  timeline: {
    usage: '',
    summary: 'In a replay: the cells of the session, which moment it is, and what was asked that is not recorded.',
    run: async (_, { kernel }) => text(timelineText(kernel.inReplay())),
  },
  at: {
    usage: 'CELL|HH:MM|start|end',
    summary: 'In a replay: go to the end of a cell, or to a time; facts and commands answer as they did by then.',
    run: async (argument, { kernel }) => text(goTo(argument, kernel.inReplay())),
  },
  next: {
    usage: '',
    summary: 'In a replay: one cell on.',
    run: async (_, { kernel }) => text(step(1, kernel.inReplay())),
  },
  back: {
    usage: '',
    summary: 'In a replay: one cell back.',
    run: async (_, { kernel }) => text(step(-1, kernel.inReplay())),
  },
  play: {
    usage: '[SPEED]',
    summary: 'In a replay: what follows, as it happened, SPEED times as fast; Ctrl-C stops.',
    run: async (argument, { kernel }) => text(await play(argument, kernel.inReplay())),
  },
}
