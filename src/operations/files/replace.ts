import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { operation } from '../../engine/operation.js'
import { text } from '../../facts/files.js'
import { remotePath } from '../../facts/remote-path.js'
import { replaceInLines } from './replace-in-lines.js'
import { settlePath } from './settle.js'
import { writtenPlace } from './surroundings.js'
import { replaceFields } from './text-edits.js'

/**
 * In each line of a text file, what a regular expression finds is replaced: the first of it, or with the flag `g` all of it. The
 * replacement is that of String.replace: `$1`, `$&`. It settles only when the new text does not ask for the same again.
 *
 * @example
 * await web.files.replace({ path: '/etc/ssh/sshd_config', pattern: /^#?Port .*$/, replacement: 'Port 2222' })
 */
export const replace = operation({
  name: 'files.replace',
  summary: 'What a regular expression finds in the lines of a file is replaced.',
  args: z.strictObject({
    path: remotePath.describe('Absolute path on the host.'),
    ...replaceFields,
  }),
  async *plan(host, { path, pattern, replacement }) {
    const place = await writtenPlace(host, path)
    const held = await host.fact(text, { path: place })
    if (held === undefined) throw new UsageError(`${path} is not there.`)
    const content = replaceInLines(held, pattern, replacement)
    if (content === held) return
    if (replaceInLines(content, pattern, replacement) !== content)
      throw new UsageError(
        `${pattern} would find something again in what “${replacement}” leaves, each time: say what the line is to be.`,
      )
    yield* settlePath(host, place, { type: 'file', content }, place === path ? {} : { alias: path })
  },
})
