import { z } from 'zod'
import { operation } from '../../engine/operation.js'
import { text } from '../../facts/files.js'
import { remotePath } from '../../facts/remote-path.js'
import { editLines } from './edit-lines.js'
import { settlePath } from './settle.js'
import { writtenPlace } from './surroundings.js'

const oneLine = z.string().refine(line => !/[\r\n]/.test(line), 'expected a single line')
const pattern = z.union([oneLine, z.instanceof(RegExp)], 'expected a line or a regular expression')

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
  args: z
    .strictObject({
      path: remotePath.describe('Absolute path on the host.'),
      line: pattern.describe(
        'The line, without its line end; with present: false also a pattern of lines to take out.',
      ),
      present: z.boolean().default(true).describe('Whether the line is to be there.'),
      replace: pattern.optional().describe('Lines that become the line.'),
      after: pattern.optional().describe('A new line goes after the last of these.'),
      before: pattern.optional().describe('A new line goes before the first of these.'),
    })
    .refine(({ line, present }) => typeof line === 'string' || !present, {
      path: ['line'],
      error: 'a regular expression needs present: false',
    })
    .refine(({ present, replace, after, before }) => present || (replace ?? after ?? before) === undefined, {
      path: ['present'],
      error: 'false goes with line alone: replace, after and before say where a line comes',
    })
    .refine(({ after, before }) => after === undefined || before === undefined, 'give either after or before'),
  async *plan(host, { path, ...edit }) {
    const place = await writtenPlace(host, path)
    const held = await host.fact(text, { path: place })
    const content = editLines(held, edit)
    if (content === undefined || content === held) return
    yield* settlePath(host, place, { type: 'file', content }, place === path ? {} : { alias: path })
  },
})
