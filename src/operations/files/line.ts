import { z } from 'zod'
import { operation } from '../../engine/operation.js'
import { text } from '../../facts/files.js'
import { remotePath } from '../../facts/remote-path.js'
import { editLines } from './edit-lines.js'
import { settlePath } from './settle.js'
import { writtenPlace } from './surroundings.js'
import { lineFields, lineRules } from './text-edits.js'

/**
 * A line in a text file, or none such. If lines match `replace`, they become the line; else, if no line equals it, it is added:
 * after the last line that matches `after`, before the first that matches `before`, or at the end. A text means a whole line
 * equal to it, a regular expression any line it finds something in. A missing file is created.
 *
 * @example
 * await web.files.line({ path: '/etc/ntp.conf', line: 'server new.example', replace: /^server / })
 * await web.files.line({ path: '/etc/hosts', line: /\sold-name$/, present: false })
 */
export const line = operation({
  name: 'files.line',
  summary: 'A line in a text file is there, replaces others, or is gone.',
  args: lineRules(z.strictObject({ path: remotePath.describe('Absolute path on the host.'), ...lineFields })),
  async *plan(host, { path, ...edit }) {
    const place = await writtenPlace(host, path)
    const held = await host.fact(text, { path: place })
    const content = editLines(held, edit)
    if (content === undefined || content === held) return
    yield* settlePath(host, place, { type: 'file', content }, place === path ? {} : { alias: path })
  },
})
