import { dirname, join } from 'node:path'
import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { operation, type PlanHost } from '../../engine/operation.js'
import { Secret } from '../../engine/secret.js'
import { remotePath } from '../../facts/remote-path.js'
import { attributes } from './path-state.js'
import { settlePath } from './settle.js'
import { writtenPlace } from './surroundings.js'
import { textEdits, withEdits } from './text-edits.js'

/** Makes the text of a file from variables. */
export type TemplateFunction = (variables: Readonly<Record<string, unknown>>) => string | Promise<string>

const templateFunction = z.custom<TemplateFunction>(value => typeof value === 'function', 'expected a function')

/**
 * A file made from a template: a local `.j2` file in Jinja2's syntax (rendered by nunjucks), or a function. Both see `vars` and
 * `host` with its name, groups and data. An undefined variable is an error that names file and line.
 *
 * @example
 * await web.files.template(h => ({ src: 'nginx.conf.j2', dest: '/etc/nginx/nginx.conf', vars: { workers: h.data.workers } }))
 * await web.files.template({ src: ({ port }) => `listen ${port}\n`, dest: '/etc/app.conf', vars: { port: 80 } })
 */
export const template = operation({
  name: 'files.template',
  summary: 'A file made from a template and variables.',
  args: z.strictObject({
    src: z
      .union(
        [z.string().min(1).meta({ names: 'local path' }), templateFunction],
        'expected the path of a template or a function',
      )
      .describe('Local template file (.j2), or a function from variables to text.'),
    dest: remotePath.describe('Absolute path on the host.'),
    vars: z.record(z.string(), z.unknown()).default({}).describe('Variables the template sees.'),
    edits: textEdits,
    createParents: z.boolean().default(true).describe('Create missing directories above it.'),
    ...attributes,
  }),
  async *plan(host, { src, dest, vars, edits, createParents, mode, owner, group }) {
    const variables = revealed({ host: { name: host.name, groups: host.groups, data: host.data }, ...vars })
    const text = typeof src === 'string' ? await renderFile(host, src, variables) : await src(variables)
    if (typeof text !== 'string') throw new UsageError('files.template: src: the function gave no text.')
    const content = withEdits(text, edits, 'the text')
    const path = await writtenPlace(host, dest)
    const options = { parents: createParents, ...(path === dest ? {} : { alias: dest }) }
    yield* settlePath(host, path, { type: 'file', content, mode, owner, group }, options)
  },
})

/** Variables as the host is to get them: what is shown and kept of the text is redacted on its way. */
function revealed<T>(value: T): T
function revealed(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal()
  if (Array.isArray(value)) return value.map(item => revealed(item))
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, revealed(item)]))
}

/** Renders a local template; what it includes is looked for beside it. */
async function renderFile(host: PlanHost, src: string, variables: Readonly<Record<string, unknown>>): Promise<string> {
  const { includedNames, renderTemplate } = await import('./render-template.js') // brings nunjucks, which few need
  const sources = new Map([[src, (await host.readLocal(src)).toString('utf8')]])
  const waiting = includedNames(sources.get(src) ?? '')
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (sources.has(name)) continue
    const source = (await host.readLocal(join(dirname(src), name))).toString('utf8')
    sources.set(name, source)
    waiting.push(...includedNames(source))
  }
  return renderTemplate(src, sources, variables)
}
