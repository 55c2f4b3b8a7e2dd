import nunjucks from 'nunjucks'
import { UsageError } from '../../engine/errors.js'

/** Sources of a template and of all it includes, by the names they are included by. */
export type TemplateSources = ReadonlyMap<string, string>

/**
 * Renders a template in Jinja2's syntax (nunjucks). Writing out an undefined variable is an error; conditions may ask for one.
 * Nothing is escaped: these are configuration files, not HTML.
 *
 * @throws {UsageError} one sentence with file and line
 * @example
 * renderTemplate('motd.j2', new Map([['motd.j2', 'Hello {{ name }}\n']]), { name: 'web-1' }) // 'Hello web-1\n'
 */
export function renderTemplate(
  name: string,
  sources: TemplateSources,
  variables: Readonly<Record<string, unknown>>,
): string {
  const environment = new nunjucks.Environment(new SourceLoader(sources), { autoescape: false, throwOnUndefined: true })
  try {
    return environment.render(name, variables)
  } catch (thrown) {
    throw new UsageError(templateError(thrown instanceof Error ? thrown.message : String(thrown), sources), {
      cause: thrown,
    })
  }
}

/** Names of the templates that one includes, extends or imports from, where they are written out. */
export function includedNames(source: string): string[] {
  const tags = source.matchAll(/\{%-?\s*(?:include|extends|import|from)\s+(?:"([^"]+)"|'([^']+)')/g)
  return [...tags].flatMap(([, double, single]) => double ?? single ?? [])
}

class SourceLoader extends nunjucks.Loader implements nunjucks.ILoader {
  readonly #sources: TemplateSources

  constructor(sources: TemplateSources) {
    super()
    this.#sources = sources
  }

  getSource(name: string): nunjucks.LoaderSource {
    const src = this.#sources.get(name)
    if (src === undefined) throw new Error(`there is no template “${name}” beside it`)
    return { src, path: name, noCache: true }
  }
}

/**
 * nunjucks says `(outer.j2)\n  Template render error: (inner.j2) [Line 3, Column 5]\n  the reason`: the innermost place counts.
 */
function templateError(message: string, sources: TemplateSources): string {
  const places = [...message.matchAll(/\((?<name>[^()]+)\)(?: \[Line (?<line>\d+), Column (?<column>\d+)\])?\n/g)]
  const { name = 'template', line, column } = places.at(-1)?.groups ?? {}
  const reason =
    message
      .split('\n')
      .at(-1)
      ?.trim()
      .replace(/^Error: /, '') ?? message
  const place = line ? `${name}:${line}` : name
  if (!reason.includes('null or undefined')) return `${place}: ${reason}.`
  const expression = expressionAt(sources.get(name) ?? '', Number(line), Number(column))
  return `${place}: ${expression || 'a variable'} is undefined.`
}

/** The text between the `{{` and `}}` around a place; lines and columns count from 1, as the column of nunjucks' messages does. */
function expressionAt(source: string, line: number, column: number): string {
  const text = source.split('\n')[line - 1] ?? ''
  const start = text.lastIndexOf('{{', column)
  return /^\{\{-?\s*(.*?)\s*-?\}\}/.exec(text.slice(Math.max(0, start)))?.[1] ?? ''
}
