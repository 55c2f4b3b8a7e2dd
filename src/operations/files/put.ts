import { z } from 'zod'
import { operation, type PlanHost } from '../../engine/operation.js'
import type { LocalFile } from '../../engine/transfer/local-file.js'
import { LARGE } from '../../facts/file-content.js'
import { remotePath } from '../../facts/remote-path.js'
import { attributes, givenContent } from './path-state.js'
import { settlePath } from './settle.js'
import { writtenPlace } from './surroundings.js'
import { textEdits, withEdits } from './text-edits.js'

/**
 * A file with this content. Written as a whole, beside its place, then renamed: nobody ever sees half of it. Where `dest` is a
 * link, the file it leads to is written. A new file gets mode 0644 unless another is given.
 *
 * @example
 * await web.files.put({ src: 'files/motd', dest: '/etc/motd', mode: '0644' })
 * await web.files.put({ content: 'tinker panic 0\n', dest: '/etc/ntp.local' })
 * await web.files.put({ src: 'files/ntp.conf', dest: '/etc/ntp.conf', edits: [{ line: 'server new.example', replace: /^server / }] })
 */
export const put = operation({
  name: 'files.put',
  summary: 'A file with the content of a local file or with the content given.',
  args: z
    .strictObject({
      src: z.string().min(1).meta({ names: 'local path' }).optional().describe('Local file whose content it gets.'),
      content: givenContent
        .optional()
        .describe('The content itself: text, bytes, or a secret text that is shown nowhere.'),
      dest: remotePath.describe('Absolute path on the host.'),
      edits: textEdits,
      createParents: z.boolean().default(true).describe('Create missing directories above it.'),
      ...attributes,
    })
    .refine(({ src, content }) => (src === undefined) !== (content === undefined), 'give either src or content'),
  async *plan(host, { src, content = '', dest, edits, createParents, mode, owner, group }) {
    const given = src === undefined ? content : await localContent(host, src)
    const bytes = withEdits(given, edits, src ?? 'the content')
    const path = await writtenPlace(host, dest)
    const options = { parents: createParents, ...(path === dest ? {} : { alias: dest }) }
    yield* settlePath(host, path, { type: 'file', content: bytes, mode, owner, group }, options)
  },
})

/** The bytes of a local file; a large one is told by size and hash, as on the host, and streamed when it is applied. */
async function localContent(host: PlanHost, src: string): Promise<Buffer | LocalFile> {
  const file = await host.localFile(src)
  return file.size > LARGE ? file : host.readLocal(src)
}
