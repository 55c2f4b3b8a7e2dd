import { UsageError } from '../../engine/errors.js'
import { suggest } from '../../engine/nodeset/pattern.js'
import type { DefinitionView } from '../protocol.js'

/**
 * What a fact, an operation or a domain of them is, as text: its sentence and its arguments.
 *
 * @param name as it is called: `files.line`, `server.os`, `web.files.line`, `files`
 * @throws {UsageError} when there is nothing of that name
 */
export function definitionHelp(name: string, definitions: Readonly<Record<string, DefinitionView>>): string {
  const asked = name.replace(/[?(].*$/s, '')
  const exact = Object.keys(definitions).filter(known => asked === known || asked.endsWith(`.${known}`))
  const found = exact.length > 0 ? exact : Object.keys(definitions).filter(known => known.endsWith(`.${asked}`))
  const inside = Object.keys(definitions).filter(known => known.startsWith(`${asked}.`))
  if (found.length > 0) {
    return found.flatMap(known => (definitions[known] ? [one(known, definitions[known])] : [])).join('\n\n')
  }
  if (inside.length > 0) {
    const width = Math.max(...inside.map(({ length }) => length)) + 2
    return inside.map(known => `${known.padEnd(width)}${definitions[known]?.summary ?? ''}`).join('\n')
  }
  const names = Object.keys(definitions).flatMap(known => [known, known.replace(/^facts\./, '')])
  throw new UsageError(`There is no fact, operation or command ${asked}${suggest(asked, names)}`)
}

/**
 * What commands do, each below how it is written: a pane has no room for both beside each other.
 *
 * @param commands how each is written, and what it does
 */
export function commandsHelp(commands: readonly (readonly [written: string, summary: string])[]): string {
  return commands.map(([written, summary]) => `${written}\n    ${summary}`).join('\n')
}

function one(name: string, { kind, summary, args }: DefinitionView): string {
  const names = args.map(argument => `${argument.name}${argument.optional ? '?' : ''}: ${argument.type}`)
  const width = Math.min(40, Math.max(0, ...names.map(({ length }) => length)))
  return [
    `${name}  (${kind})`,
    summary,
    ...args.map(({ description }, at) => `  ${(names[at] ?? '').padEnd(width)}  ${description}`),
  ].join('\n')
}
