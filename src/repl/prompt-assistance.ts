import { signatureView } from './assist.js'
import { helpAt } from './at-cursor.js'
import type { Candidates } from './completion/candidate.js'
import { definitionNamed, inOrderOf, ofDefinition } from './completion/definition-entries.js'
import { domainOf } from './completion/domain.js'
import { offsetInQuotes, writeInQuotes } from './completion/in-quotes.js'
import { hostCandidates, type InventoryNames, patternCandidates } from './completion/pattern.js'
import { ranked } from './completion/rank.js'
import { UsedNames } from './completion/used-names.js'
import type { KernelOpened, Replayed } from './kernel/messages.js'
import type { KernelProcess } from './kernel-process.js'
import type { LanguageClient } from './language/client.js'
import { type ArgumentText, type Place, RESULTS_GET } from './language/requests.js'
import { type KeptValue, promptDeclaration, valuesDeclaration } from './prompt-types.js'
import type { AssistView, CompletionView, HelpView, Problem } from './protocol.js'

/** All that TypeScript says of a name that there is not. */
const UNKNOWN = 'any'

/** What is known of a draft before it is run: from the type checker, from what the kernel holds, from what hosts have. */
export class PromptAssistance {
  readonly #used = new UsedNames()
  readonly #kernel: () => Pick<KernelProcess, 'call'>
  #language: Promise<LanguageClient> | undefined
  #values: KeptValue[] = []
  #inventory: InventoryNames = { hosts: [], groups: {} }
  #definitions: KernelOpened['definitions'] = {}

  /**
   * @param language none where types are not checked
   * @param kernel the one that there is now
   */
  constructor(language: Promise<LanguageClient> | undefined, kernel: () => Pick<KernelProcess, 'call'>) {
    this.#language = language
    this.#kernel = kernel
  }

  /** Takes what there is to know of an inventory that was opened. */
  open({ registerDeclaration, domains, hosts, groups, definitions }: KernelOpened): void {
    this.#inventory = { hosts, groups }
    this.#definitions = definitions
    this.#language = this.#language?.then(async client => {
      await Promise.all([
        client.declare('inventory.d.ts', registerDeclaration),
        client.declare('prompt.d.ts', promptDeclaration(domains)),
        client.declare('values.d.ts', valuesDeclaration([])),
        client.knows({ hosts, groups }),
      ])
      return client
    })
    this.#language?.catch(() => {})
  }

  /** Learns which names are used, from a cell that is run. */
  learn(source: string): void {
    this.#used.learn(source)
  }

  /** Takes what cells have declared that went well. */
  async committed(cells: Replayed['again']): Promise<void> {
    const language = await this.#language
    if (!language) return
    for (const { cell, source, hasValue } of cells) {
      const module = await language.commit(cell, source)
      if (hasValue) this.#values.push({ cell, module })
    }
    if (cells.some(({ hasValue }) => hasValue)) await language.declare('values.d.ts', valuesDeclaration(this.#values))
  }

  /** Forgets what cells have declared. */
  async forget(): Promise<void> {
    this.#values = []
    const language = await this.#language
    await language?.forget()
    await language?.declare('values.d.ts', valuesDeclaration([]))
  }

  async close(): Promise<void> {
    const language = await this.#language?.catch(() => undefined)
    await language?.close()
  }

  async check(source: string): Promise<readonly Problem[]> {
    return (await (await this.#language)?.check(source)) ?? []
  }

  async complete(source: string, position: number): Promise<readonly CompletionView[]> {
    const before = /^\s*:\s*run!\s+/.exec(source)?.[0].length ?? 0
    if (before > 0 && position >= before) {
      const found = await this.complete(source.slice(before), position - before)
      return found.map(each => ({ ...each, from: each.from + before }))
    }
    if (source.trimStart().startsWith(':')) {
      const found = await this.#kernel().call({ type: 'completeCommand', typed: source.slice(0, position) })
      return named(found, source.slice(found.from, position))
    }
    const language = await this.#language
    if (!language) return []
    const { from, entries, argument, keysOf } = await language.complete(source, position)
    if (argument) {
      const found = await this.#argumentNames(argument)
      if (found) return inText(found, argument, source.slice(argument.start, position))
    }
    const definitions = this.#definitions
    const whose = keysOf === undefined ? undefined : definitionNamed(definitions, keysOf)
    const ordered = whose ? inOrderOf(whose, entries) : entries
    const around = { definitions, keysOf, before: source.slice(0, from), after: source.slice(position) }
    return ranked(ordered, source.slice(from, position), name => (whose ? 0 : this.#used.lately(name))).map(entry => ({
      name: entry.name,
      kind: entry.kind,
      insert: entry.insertText ?? entry.name,
      from,
      ...(entry.insertText === undefined ? ofDefinition(entry, around) : {}),
    }))
  }

  async assist(source: string, position: number): Promise<AssistView> {
    const language = await this.#language
    if (!language || source.trimStart().startsWith(':')) return { problems: [] }
    const [signature, problems] = await Promise.all([language.signature(source, position), language.check(source)])
    return { problems, ...(signature ? { signature: signatureView(signature, this.#definitions) } : {}) }
  }

  async help(source: string, position: number): Promise<HelpView | undefined> {
    const language = await this.#language
    return language && helpAt(language, this.#definitions, source, position)
  }

  /** What is known of a name that stands alone: `web`, `files.line`; nothing of a domain, which the kernel lists. */
  async whatIs(name: string): Promise<HelpView | undefined> {
    if (Object.keys(this.#definitions).some(known => known.startsWith(`${name}.`))) return undefined
    const known = await this.help(name, name.length).catch(() => undefined)
    return known?.title === UNKNOWN ? undefined : known
  }

  async definition(source: string, position: number): Promise<Place | undefined> {
    return (await this.#language)?.definition(source, position)
  }

  async describe(source: string, position: number, name: string): Promise<string | undefined> {
    const found = await (await this.#language)?.describe(source, position, name)
    const domain = found && domainOf(found.text, this.#definitions)
    if (domain) return `${domain.title}\n${Object.keys(domain.members).join(', ')}`
    // of a text in quotes TypeScript says nothing but that text
    const said = [found?.text, found?.documentation].filter(text => text !== undefined && text !== '' && text !== name)
    return said.length === 0 ? undefined : said.join('\n')
  }

  /** What an argument may name: hosts and groups in a pattern, else what the hosts have. */
  async #argumentNames(argument: ArgumentText): Promise<Candidates | undefined> {
    const { call, key, typed, start } = argument
    if (call === RESULTS_GET) return { from: start, candidates: hostCandidates(this.#inventory) }
    if (key !== 0 || call.split('.').at(-1) !== 'match')
      return this.#kernel().call({ type: 'completeArgument', argument })
    const { from, candidates } = patternCandidates(typed, this.#inventory)
    return { from: start + from, candidates }
  }

  async names(): Promise<readonly CompletionView[]> {
    const { candidates } = await this.#kernel().call({ type: 'completeCommand', typed: ':' })
    const definitions = Object.entries(this.#definitions).map(([name, { kind, summary }]) => ({
      name,
      kind,
      detail: summary,
    }))
    return [...candidates, ...definitions].map(each => ({ ...each, insert: each.name, from: 0 }))
  }
}

function named({ from, candidates }: Candidates, typed: string): CompletionView[] {
  return ranked(candidates, typed).map(candidate => ({ ...candidate, insert: candidate.name, from }))
}

/** The same in a text, which may hold signs that are written in another way there. */
function inText(found: Candidates, { start, typed, quote }: ArgumentText, written: string): CompletionView[] {
  const from = start + offsetInQuotes(written, found.from - start)
  return named(found, typed.slice(found.from - start)).map(view => ({
    ...view,
    from,
    insert: writeInQuotes(view.insert, quote),
  }))
}
