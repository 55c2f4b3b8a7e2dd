import { definitionNamed } from './completion/definition-entries.js'
import { domainOf } from './completion/domain.js'
import type { LanguageClient } from './language/client.js'
import type { DefinitionView, HelpView } from './protocol.js'

type Language = Pick<LanguageClient, 'quickInfo' | 'signature' | 'definition'>
type Definitions = Readonly<Record<string, DefinitionView>>

/**
 * What there is to say about the thing at an offset of a draft: its type, its documentation with examples, its arguments where it
 * is a fact or an operation, where it comes from. Inside of the parentheses of a call, about what is called.
 */
export async function helpAt(
  language: Language,
  definitions: Definitions,
  source: string,
  position: number,
): Promise<HelpView | undefined> {
  const info = await language.quickInfo(source, position)
  if (!info) return helpOnCall(language, definitions, source, position)
  const place = await language.definition(source, info.start)
  const domain = domainOf(info.text, definitions)
  if (domain) {
    const args = Object.entries(domain.members).map(([name, { kind, summary }]) => ({
      name,
      type: kind,
      optional: false,
      description: summary,
    }))
    return { title: domain.title, documentation: info.documentation, examples: [], args, ...(place ? { place } : {}) }
  }
  const known = definitionNamed(definitions, dottedName(source, info.start + info.length))
  return {
    title: info.text,
    documentation: known?.summary ?? info.documentation,
    examples: info.examples,
    args: known?.args ?? [],
    ...(place ? { place } : {}),
  }
}

async function helpOnCall(
  language: Language,
  definitions: Definitions,
  source: string,
  position: number,
): Promise<HelpView | undefined> {
  const signature = await language.signature(source, position)
  if (!signature) return undefined
  const known = definitionNamed(definitions, signature.called)
  return {
    title: known ? `${signature.called}  (${known.kind})` : signature.label,
    documentation: known?.summary ?? signature.documentation,
    examples: [],
    args: known?.args ?? [],
  }
}

/** `files.line` of `web.files.line`, as far as an offset. */
const dottedName = (source: string, end: number): string => /[\w$.]*$/.exec(source.slice(0, end))?.[0] ?? ''
