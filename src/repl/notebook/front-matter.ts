import { isMap, parseDocument, stringify } from 'yaml'

/** What a notebook says of itself before its first cell. */
export interface FrontMatter {
  readonly title?: string
  /** The inventory it was written for, as given on the command line. */
  readonly inventory?: string
  /** The focus it ended with: a node-set pattern. */
  readonly focus?: string
  /** The session it was saved from. */
  readonly session?: string
  /** Fields of someone else's, kept as text. */
  readonly more?: Readonly<Record<string, unknown>>
}

const FENCE = '// ---'
const OWN = ['title', 'inventory', 'focus', 'session'] as const

/**
 * The comment block that carries the front matter, each line ended; `''` when there is nothing to say.
 *
 * @param next what follows it: text that looks like front matter itself gets an empty block before it
 */
export function printFrontMatter({ more, ...own }: FrontMatter, next = ''): string {
  const fields = { ...own, ...more }
  if (Object.keys(fields).length === 0) return next.startsWith(FENCE) ? `${FENCE}\n${FENCE}\n` : ''
  // a line separator inside a value must not end the comment
  const yaml = stringify(fields, { lineWidth: 0 }).replace(/[\u2028\u2029]/g, ' ')
  const lines = yaml.replace(/\n$/, '').split('\n')
  return [FENCE, ...lines.map(line => (line === '' ? '//' : `// ${line}`)), FENCE, ''].join('\n')
}

/** Takes the front matter off a notebook's text. A block that is not YAML is left where it is: an ordinary comment. */
export function takeFrontMatter(text: string): { readonly meta: FrontMatter; readonly rest: string } {
  const none = { meta: {}, rest: text }
  if (!text.startsWith(`${FENCE}\n`)) return none
  const lines = text.split('\n')
  const close = lines.indexOf(FENCE, 1)
  const inside = lines.slice(1, close)
  if (close < 0 || inside.some(line => !line.startsWith('//'))) return none
  const fields = parseFields(inside.map(line => line.replace(/^\/\/ ?/, '')).join('\n'))
  return fields ? { meta: metaOf(fields), rest: lines.slice(close + 1).join('\n') } : none
}

function parseFields(yaml: string): Readonly<Record<string, unknown>> | undefined {
  const document = parseDocument(yaml, { schema: 'failsafe' })
  if (document.errors.length > 0) return undefined
  if (document.contents === null) return {}
  return isMap(document.contents) ? document.toJS() : undefined
}

function metaOf(fields: Readonly<Record<string, unknown>>): FrontMatter {
  const own = OWN.flatMap(name => (typeof fields[name] === 'string' ? [[name, fields[name]]] : []))
  const ownNames = new Set(own.map(([name]) => name))
  const more = Object.entries(fields).filter(([name]) => !ownNames.has(name))
  return { ...Object.fromEntries(own), ...(more.length > 0 ? { more: Object.fromEntries(more) } : {}) }
}
