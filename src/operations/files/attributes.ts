import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { operation } from '../../engine/operation.js'
import { file } from '../../facts/files.js'
import { remotePath } from '../../facts/remote-path.js'
import { settleBelow } from './directory.js'
import { modeText, ownership } from './path-state.js'
import { settlePath } from './settle.js'
import { writtenPlace } from './surroundings.js'
import { isSymbolic, withSymbolicMode } from './symbolic-mode.js'

/**
 * What stands at a path, whatever it is, has this mode, owner and group. Links are followed. For a path that is to be made where
 * it is missing, files.file and files.directory say more.
 *
 * @example
 * await web.files.attributes({ path: '/usr/local/bin/backup', mode: 'a+x' })
 * await web.files.attributes({ path: '/srv/app', owner: 'deploy', group: 'deploy', recursive: true })
 */
export const attributes = operation({
  name: 'files.attributes',
  summary: 'What stands at a path has this mode, owner and group.',
  args: z
    .strictObject({
      path: remotePath.describe('Absolute path on the host.'),
      mode: z
        .union([z.string().refine(isSymbolic), modeText], "expected permission bits: '0644', 'u+x'")
        .optional()
        .describe("Permission bits, octal or symbolic: '0644', 'a+x'. Default: left as they are."),
      ...ownership,
      recursive: z.boolean().default(false).describe('Give them to everything below a directory too.'),
    })
    .refine(({ mode, owner, group }) => (mode ?? owner ?? group) !== undefined, 'give mode, owner or group')
    .refine(({ mode, recursive }) => !recursive || mode === undefined || !isSymbolic(mode), {
      path: ['mode'],
      error: 'goes with recursive only in octal',
    }),
  async *plan(host, { path, mode: given, owner, group, recursive }) {
    const place = await writtenPlace(host, path)
    const status = await host.fact(file, { path: place })
    if (!status) throw new UsageError(`${path} is not there.`)
    if (status.type !== 'file' && status.type !== 'directory')
      throw new UsageError(`${path} is a ${status.type}, neither a file nor a directory.`)
    const isDirectory = status.type === 'directory'
    const mode = given !== undefined && isSymbolic(given) ? withSymbolicMode(status.mode, given, isDirectory) : given
    yield* settlePath(host, place, { type: status.type, mode, owner, group })
    if (recursive && isDirectory) yield* settleBelow(host, place, { mode, owner, group })
  },
})
