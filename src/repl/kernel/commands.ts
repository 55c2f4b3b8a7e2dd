import { UsageError } from '../../engine/errors.js'
import { suggest } from '../../engine/nodeset/pattern.js'
import { definitionViews } from '../definitions.js'
import { ANSWER_COMMANDS } from './commands/answers.js'
import { CHANGE_COMMANDS } from './commands/changes.js'
import { type ColonCommand, type ColonCommands, type CommandContext, text } from './commands/colon-command.js'
import { HOST_COMMANDS } from './commands/hosts.js'
import { KERNEL_COMMANDS } from './commands/kernel.js'
import { NOTEBOOK_COMMANDS } from './commands/notebook.js'
import { REPLAY_COMMANDS } from './commands/replay.js'
import { commandsHelp, definitionHelp } from './help-text.js'
import { refuseToCutOff, refuseToEndTasks } from './losses.js'
import type { KernelReply } from './messages.js'

/** Every colon command, by name. */
export const COLON_COMMANDS: ColonCommands = {
  ...HOST_COMMANDS,
  ...ANSWER_COMMANDS,
  ...CHANGE_COMMANDS,
  ...NOTEBOOK_COMMANDS,
  ...KERNEL_COMMANDS,
  ...REPLAY_COMMANDS,
  help: {
    usage: '[COMMAND|DEFINITION]',
    summary: 'Say what the colon commands do, or what a fact or an operation is; NAME? says so of anything.',
    async run(argument) {
      const asked = argument.replace(/^:/, '').replace(/(?<!^run)!$/, '')
      const chosen = Object.entries(COLON_COMMANDS).filter(([name]) => asked === '' || name === asked)
      if (chosen.length === 0) return text(definitionHelp(asked, definitionViews()))
      const told = chosen.map(
        ([name, { usage, summary, destroys }]) =>
          [`:${name}${destroys ? '[!]' : ''} ${usage}`.trim(), summary] as const,
      )
      return text(commandsHelp(told))
    },
  },
  quit: {
    usage: '',
    summary: 'End the session; everything is in the journal.',
    destroys: true,
    async run(_, { kernel, sure }) {
      if (!sure) {
        refuseToCutOff(kernel, ':quit! ends the session')
        refuseToEndTasks(kernel, ':quit! ends the session')
      }
      return { kind: 'quit' }
    },
  },
}

/**
 * Runs a colon command, given without its colon; a name may be shortened as far as it stays clear. One that would destroy something
 * says what, and does it when it is written with a `!`.
 *
 * @throws {UsageError} when there is no such command, or it cannot do what is asked.
 */
export async function runCommandLine(line: string, context: Omit<CommandContext, 'sure'>): Promise<KernelReply> {
  const [, written = '', argument = ''] = /^\s*(\S*)\s*([\s\S]*?)\s*$/.exec(line) ?? []
  const sure = written.endsWith('!') && !Object.hasOwn(COLON_COMMANDS, written)
  const [name, command] = commandNamed(sure ? written.slice(0, -1) : written)
  if (sure && !command.destroys) throw new UsageError(`:${name} destroys nothing: write it without the !.`)
  if (command.usage === '' && argument !== '')
    throw new UsageError(`Nothing goes behind :${name}: write it without ${argument}.`)
  return command.run(argument, { ...context, sure })
}

/** The command of a name, which may be shortened, in small letters or capitals. @throws {UsageError} */
function commandNamed(written: string): readonly [string, ColonCommand] {
  if (written === '') throw new UsageError('Write a command behind the colon; :help lists them.')
  const name = written.toLowerCase()
  const commands = Object.entries(COLON_COMMANDS)
  const exact = commands.filter(([each]) => each === name)
  const matching = exact.length > 0 ? exact : commands.filter(([each]) => each.startsWith(name))
  const [only] = matching
  if (only && matching.length === 1) return only
  throw new UsageError(
    matching.length > 1
      ? `:${name} may be ${matching.map(([each]) => `:${each}`).join(' or ')}.`
      : `There is no command :${name}${suggest(name, Object.keys(COLON_COMMANDS), ':').replace(/\.$/, '; :help lists them.')}`,
  )
}
