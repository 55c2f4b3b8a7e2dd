import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { operation } from '../../engine/operation.js'
import { content, file } from '../../facts/files.js'
import { remotePath } from '../../facts/remote-path.js'
import { keptBytes } from './content.js'
import { settlePath } from './settle.js'
import { writtenPlace } from './surroundings.js'
import { textEdits, withEdits } from './text-edits.js'

/**
 * A file of the host has the content of another file of the same host. A new one gets the mode of the other; with `preserve`, mode,
 * owner and group are always the other's. Files up to 1 MiB, so that the plan shows what changes.
 *
 * @example
 * await web.files.copy({ src: '/etc/ssh/sshd_config', dest: '/etc/ssh/sshd_config.before' })
 */
export const copy = operation({
  name: 'files.copy',
  summary: 'A file has the content of another file of the same host.',
  args: z.strictObject({
    src: remotePath.describe('Absolute path of the file that is copied.'),
    dest: remotePath.describe('Absolute path of the copy, not of a directory.'),
    edits: textEdits,
    preserve: z.boolean().default(false).describe('Give the copy mode, owner and group of the other, too.'),
    createParents: z.boolean().default(true).describe('Create missing directories above it.'),
  }),
  async *plan(host, { src, dest, edits, preserve, createParents }) {
    const from = await writtenPlace(host, src)
    const status = await host.fact(file, { path: from })
    if (status?.type !== 'file') throw new UsageError(`${src} is ${status ? `a ${status.type}` : 'not there'}.`)
    const held = await host.fact(content, { path: from })
    const bytes = held && keptBytes(held)
    if (bytes === undefined) throw new UsageError(`${src} is larger than 1 MiB, the most that is copied with a diff.`)
    const path = await writtenPlace(host, dest)
    const before = await host.fact(file, { path })
    const { mode, owner, group } = status
    const attributes = preserve ? { mode, owner, group } : before ? {} : { mode: mode.replace(/^./, '0') }
    const options = { parents: createParents, ...(path === dest ? {} : { alias: dest }) }
    yield* settlePath(host, path, { type: 'file', content: withEdits(bytes, edits, src), ...attributes }, options)
  },
})
