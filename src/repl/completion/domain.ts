import type { DefinitionView } from '../protocol.js'

/** A domain of facts or operations, as a member of a fleet or a host. */
export interface DomainView {
  /** `server  (operations)` */
  readonly title: string
  /** What is in it, by name. */
  readonly members: Readonly<Record<string, DefinitionView>>
}

/**
 * The domain whose type this is: people want to know what is in it, not that it is computed from a module.
 *
 * @param typeText as TypeScript says it
 * @example
 * domainOf('(property) server: OperationsOf<typeof import("…"), "fleet">', definitions)?.title // 'server  (operations)'
 */
export function domainOf(
  typeText: string,
  definitions: Readonly<Record<string, DefinitionView>>,
): DomainView | undefined {
  const [, domain, kind] = /\b(\w+): (Facts|Operations)Of<typeof import\(/.exec(typeText) ?? []
  if (domain === undefined) return undefined
  const prefix = kind === 'Facts' ? `facts.${domain}.` : `${domain}.`
  const members = Object.entries(definitions).filter(([name]) => name.startsWith(prefix))
  return {
    title: `${domain}  (${kind === 'Facts' ? 'facts' : 'operations'})`,
    members: Object.fromEntries(members.map(([name, definition]) => [name.slice(prefix.length), definition])),
  }
}
