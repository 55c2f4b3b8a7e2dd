import { UsageError } from '../../../engine/errors.js'
import { cellLabel } from '../../cells/cell-error.js'
import { keysText } from '../../keys/keymap.js'
import { SETTINGS_USAGE, settingsText, withSetting } from '../../settings/settings.js'
import { keepSettings, readSettings } from '../../settings/settings-file.js'
import { refuseToCutOff } from '../losses.js'
import { type ColonCommands, text } from './colon-command.js'

const NOTHING_LEFT = 'Nothing that a cell started is running.'

/** Settings, and what runs in the kernel. */
export const KERNEL_COMMANDS: ColonCommands = {
  set: {
    usage: SETTINGS_USAGE,
    summary: 'Show or set what counts for all of your sessions: colours, signs, the keys of prompt and screen.',
    async run(argument, { kernel }) {
      const [name, value, ...keys] = argument.split(/\s+/).filter(word => word !== '')
      if (name === 'key' && keys.length === 0) return text(keysText(readSettings().keys, value))
      if (name === undefined || value === undefined) return text(settingsText(readSettings()))
      const settings = withSetting(readSettings(), name, [value, ...keys].join(' '))
      keepSettings(settings)
      kernel.emit({ type: 'session.settings', settings })
      return text(name === 'key' ? keysText(settings.keys, value) : `${name} ${value}`)
    },
  },
  tasks: {
    usage: '',
    summary: 'List what cells left running: timers, servers, sockets, processes.',
    async run(_, { kernel }) {
      const all = kernel.left.all()
      if (all.length === 0) return text(NOTHING_LEFT)
      const rows = all.map(({ id, cell, what, place, since }) => [
        String(id),
        cellLabel(cell),
        what,
        place ?? '',
        `${Math.round((Date.now() - since) / 1000)} s`,
      ])
      return { kind: 'display', display: { kind: 'table', columns: ['task', 'by', 'what', 'at', 'for'], rows } }
    },
  },
  stop: {
    usage: 'TASK|all',
    summary: 'Stop something that a cell left running, by its number in :tasks, or all of it.',
    async run(argument, { kernel }) {
      const running = kernel.left.all()
      if (running.length === 0 && argument !== '') return text(NOTHING_LEFT)
      const chosen = argument === 'all' ? running : running.filter(({ id }) => String(id) === argument)
      if (chosen.length === 0)
        throw new UsageError(
          argument === ''
            ? 'Say what to stop: :stop 3, or :stop all.'
            : `There is no task ${argument}; :tasks lists them.`,
        )
      for (const { id } of chosen) kernel.left.stop(id)
      return text(chosen.map(({ id, what }) => `stopped ${id}: ${what}`).join('\n'))
    },
  },
  restart: {
    usage: '',
    summary: 'Start the kernel anew: declarations and reads come back, what changed hosts is never run again.',
    destroys: true,
    async run(_, { kernel, sure }) {
      if (!sure) refuseToCutOff(kernel, ':restart! starts the kernel anew')
      return { kind: 'restart', sure }
    },
  },
}
