import { z } from 'zod'
import { operation } from '../../engine/operation.js'
import { brief } from '../../engine/text/brief.js'

const command = z.string().refine(text => text.trim() !== '', 'expected a command')

/**
 * Shell commands, run each time, one after the other until one fails. What they alter nobody can tell beforehand, so every plan
 * after them is unknown, and there is no undo: where another operation says the same, it says it better.
 *
 * @example
 * await web.server.shell({ commands: ['systemd-tmpfiles --create', 'sysctl --system'] })
 */
export const shell = operation({
  name: 'server.shell',
  summary: 'Shell commands are run.',
  args: z.strictObject({
    commands: z.union([command, z.array(command).min(1)]).describe('POSIX sh commands, run in order.'),
  }),
  imperative: true,
  async *plan(_host, { commands }) {
    for (const script of [commands].flat()) {
      yield {
        summary: `run ${brief(script)}`,
        diff: { kind: 'command', subject: 'shell', command: script },
        steps: [{ kind: 'run', script }],
        touches: ['*'],
        irreversible: 'what a command does cannot be taken back',
      }
    }
  },
})
