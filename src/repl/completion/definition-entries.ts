import type { CompletionEntry } from '../language/requests.js'
import type { ArgumentView, CompletionView, DefinitionView } from '../protocol.js'
import { callSnippet, keySnippet } from './snippet.js'

type Definitions = Readonly<Record<string, DefinitionView>>

/** The fact or operation of that name, which may stand behind a fleet: `web.files.line`. */
export function definitionNamed(definitions: Definitions, name: string): DefinitionView | undefined {
  if (Object.hasOwn(definitions, name)) return definitions[name]
  const known = Object.keys(definitions).find(each => name.endsWith(`.${each}`))
  return known === undefined ? undefined : definitions[known]
}

/** Keys of an argument in the order of its definition, those that it must have first. */
export function inOrderOf(definition: DefinitionView, entries: readonly CompletionEntry[]): readonly CompletionEntry[] {
  const { args } = definition
  const place = (name: string) => {
    const at = args.findIndex(each => each.name === name)
    return at < 0 ? Number.POSITIVE_INFINITY : at + (args[at]?.optional ? args.length : 0)
  }
  return entries.toSorted((a, b) => place(a.name) - place(b.name) || 0)
}

/** What there is to say of a completion, and to insert with it, where it is a fact, an operation or a key of its argument. */
export function ofDefinition(
  { name }: CompletionEntry,
  {
    definitions,
    keysOf,
    before,
    after,
  }: {
    readonly definitions: Definitions
    /** The call of which the entries are keys. */
    readonly keysOf: string | undefined
    /** The draft as far as the name, and behind the cursor. */
    readonly before: string
    readonly after: string
  },
): Pick<CompletionView, 'detail' | 'snippet'> {
  const key = keysOf === undefined ? undefined : argumentOf(definitions, keysOf, name)
  if (key) {
    const detail = `${key.type} · ${key.description}`
    return /^[\w$]*\s*:/.test(after) ? { detail } : { detail, snippet: keySnippet(key) }
  }
  const domain = /[\w$]+(?:\.[\w$]+)*\.$/.exec(before)?.[0]
  const definition = domain === undefined ? undefined : definitionNamed(definitions, domain + name)
  if (!definition) return {}
  const snippet = /^[\w$]*\s*[(`]/.test(after) ? undefined : callSnippet(name, definition.args)
  return { detail: definition.summary, ...(snippet ? { snippet } : {}) }
}

function argumentOf(definitions: Definitions, called: string, name: string): ArgumentView | undefined {
  return definitionNamed(definitions, called)?.args.find(argument => argument.name === name)
}
