import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import type { LocalFile } from '../../engine/transfer/local-file.js'
import { decodeUtf8 } from '../../facts/file-content.js'
import { editLines } from './edit-lines.js'
import { replaceInLines } from './replace-in-lines.js'

const oneLine = z.string().refine(line => !/[\r\n]/.test(line), 'expected a single line')
const pattern = z.union([oneLine, z.instanceof(RegExp)], 'expected a line or a regular expression')

/** What files.line is told of a line, but for the path. */
export const lineFields = {
  line: pattern.describe('The line, without its line end; with present: false also a pattern of lines to take out.'),
  present: z.boolean().default(true).describe('Whether the line is to be there.'),
  replace: pattern.optional().describe('Lines that become the line.'),
  after: pattern.optional().describe('A new line goes after the last of these.'),
  before: pattern.optional().describe('A new line goes before the first of these.'),
}

/** What files.replace is told, but for the path. */
export const replaceFields = {
  pattern: z
    .instanceof(RegExp, { error: 'expected a regular expression' })
    .describe('What is looked for, line by line.'),
  replacement: z.string().describe('What takes its place: $1 and $& are what was found.'),
}

/** Which of the {@link lineFields} go together. */
export function lineRules<S extends z.ZodType<z.output<z.ZodObject<typeof lineFields>>>>(schema: S): S {
  return schema
    .refine(({ line, present }) => typeof line === 'string' || !present, {
      path: ['line'],
      error: 'a regular expression needs present: false',
    })
    .refine(({ present, replace, after, before }) => present || (replace ?? after ?? before) === undefined, {
      path: ['present'],
      error: 'false goes with line alone: replace, after and before say where a line comes',
    })
    .refine(({ after, before }) => after === undefined || before === undefined, 'give either after or before')
}

const textEdit = z.union(
  [lineRules(z.strictObject(lineFields)), z.strictObject(replaceFields)],
  'expected what files.line or files.replace are given, without a path',
)

/** An argument of the operations that write a file whole. */
export const textEdits = z
  .array(textEdit)
  .default([])
  .describe('Edits of the content before it is written, in order: each as files.line or files.replace have it.')

/**
 * A content with edits made, in order.
 *
 * @param what names it in the error: `the content`, `motd`
 * @throws {UsageError} it is no text, or too large to be edited
 */
export function withEdits<C extends string | Uint8Array | LocalFile>(
  content: C,
  edits: z.output<typeof textEdits>,
  what: string,
): C | string {
  if (edits.length === 0) return content
  const text = textOf(content)
  if (text === undefined) throw new UsageError(`${what} is no text of at most 1 MiB, which alone can be edited.`)
  return edits.reduce(
    (held, edit) =>
      'pattern' in edit ? replaceInLines(held, edit.pattern, edit.replacement) : (editLines(held, edit) ?? held),
    text,
  )
}

function textOf(content: string | Uint8Array | LocalFile): string | undefined {
  if (typeof content === 'string') return content
  return content instanceof Uint8Array ? decodeUtf8(content) : undefined
}
