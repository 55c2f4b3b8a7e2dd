import { z } from 'zod'
import { Secret } from '../../engine/secret.js'
import { remotePath } from '../../facts/remote-path.js'

/** Octal permission bits, `644` or `0644`, brought to four digits. A number is refused: is 644 meant as octal? */
export const modeText = z
  .string({ error: "expected permission bits as octal text: '0644'" })
  .regex(/^[0-7]{3,4}$/, { error: "expected three or four octal digits: '0644'", abort: true })
  .overwrite(mode => mode.padStart(4, '0'))

const account = z.string().regex(/^[^:\s-][^:]*$/, 'expected a name')

/** Arguments that most file operations share. */
export const ownership = {
  owner: account.meta({ names: 'user' }).optional().describe('Owner: a user name. Default: left as it is.'),
  group: account.meta({ names: 'group' }).optional().describe('Group name. Default: left as it is.'),
}

export const attributes = {
  mode: modeText.optional().describe("Permission bits, octal: '0644'. Default: left as they are; 0644 for a new file."),
  ...ownership,
}

export const fileContent = z.custom<string | Uint8Array>(
  data => typeof data === 'string' || data instanceof Uint8Array,
  'expected text or bytes',
)

/** The same, or a text that is to be shown nowhere. */
export const givenContent = z
  .custom<string | Uint8Array | Secret>(
    data => typeof data === 'string' || data instanceof Uint8Array || (data instanceof Secret && isText(data)),
    'expected text, bytes or a secret text',
  )
  .transform(data => Secret.valueOf(data))

const isText = (secret: Secret): boolean => typeof secret.reveal() === 'string'

const path = remotePath.describe('Absolute path on the host.')

/** What is to stand at a path; what is left out stays as it is. */
export const pathState = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('absent').describe('Nothing is to be there.'),
    path,
    recursive: z.boolean().optional().describe('Remove a directory with all it holds.'),
  }),
  z.strictObject({
    type: z.literal('file').describe('A regular file.'),
    path,
    content: fileContent.optional().describe('All it holds.'),
    ...attributes,
  }),
  z.strictObject({ type: z.literal('directory').describe('A directory.'), path, ...attributes }),
  z.strictObject({
    type: z.literal('link').describe('A symbolic link.'),
    path,
    target: z.string().min(1).describe('What it points to.'),
    ...ownership,
  }),
])

export type PathState = z.infer<typeof pathState>
