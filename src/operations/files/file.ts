import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { operation } from '../../engine/operation.js'
import { file as fileFact } from '../../facts/files.js'
import { remotePath } from '../../facts/remote-path.js'
import { attributes } from './path-state.js'
import { settlePath } from './settle.js'

/**
 * A regular file, whatever it holds (an empty one where there is none), or no file.
 *
 * @example
 * await web.files.file({ path: '/etc/cron.deny', mode: '0600' })
 * await web.files.file({ path: '/var/run/reboot-required', present: false })
 */
export const file = operation({
  name: 'files.file',
  summary: 'A regular file is there, with these attributes, or is gone.',
  args: z.strictObject({
    path: remotePath.describe('Absolute path on the host.'),
    present: z.boolean().default(true).describe('Whether it is to be there.'),
    createParents: z.boolean().default(true).describe('Create missing directories above it.'),
    ...attributes,
  }),
  async *plan(host, { path, present, createParents, mode, owner, group }) {
    if (present) {
      yield* settlePath(host, path, { type: 'file', mode, owner, group }, { parents: createParents })
      return
    }
    const status = await host.fact(fileFact, { path })
    if (status && status.type !== 'file') throw new UsageError(`${path} is a ${status.type}, not a file.`)
    yield* settlePath(host, path, { type: 'absent' })
  },
})
