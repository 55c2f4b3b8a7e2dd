import { z } from 'zod'
import { REBOOT_COMMAND } from '../../engine/connect/link/reboot.js'
import { operation } from '../../engine/operation.js'

/**
 * The host is rebooted and waited for: what follows finds it up, with another boot id. Everything known of it is read anew.
 *
 * @example
 * const kernel = await web.apt.packages({ packages: ['linux-image-amd64'], latest: true })
 * await kernel.changed.with({ sudo: true, serial: true }).server.reboot()
 * @see pyinfra's server.reboot
 */
export const reboot = operation({
  name: 'server.reboot',
  summary: 'The host is rebooted and waited for.',
  args: z.strictObject({
    delay: z.number().min(0).optional().describe('Seconds after the command until the host is looked for; default 0.'),
    timeout: z
      .number()
      .positive()
      .optional()
      .describe('Seconds from the command until the host must be up again; default 300.'),
    command: z.string().optional().describe("What reboots it; default: the way of the host's init."),
  }),
  imperative: true,
  async *plan(_host, { delay = 0, timeout = 300, command = REBOOT_COMMAND }) {
    yield {
      summary: 'reboot',
      diff: { kind: 'command', subject: 'reboot', command },
      steps: [{ kind: 'reboot', command, delay: delay * 1000, timeout: timeout * 1000 }],
      touches: ['*'],
      irreversible: 'a reboot cannot be taken back: what runs on the host is ended',
    }
  },
})
