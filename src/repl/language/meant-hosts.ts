import type { Universe } from '../../engine/nodeset/pattern.js'
import type { Meant } from './meant-literal.js'

/** TypeScript's numbers for a name that is not there, by itself and with a near one. */
const NO_SUCH_NAME = new Set([2304, 2552])

/**
 * What was meant where a group or a host is written as if it were a variable: `web.facts`.
 *
 * @param text of the module
 * @param start where TypeScript found no such name
 */
export function meantHosts(
  text: string,
  { start, code }: { readonly start: number; readonly code: number },
  universe: Universe | undefined,
): Meant | undefined {
  const name = NO_SUCH_NAME.has(code) ? /^[\w$]+/.exec(text.slice(start))?.[0] : undefined
  if (name === undefined || !universe) return undefined
  const kind = universe.groups.has(name) ? 'group' : universe.hosts.includes(name) ? 'host' : undefined
  if (!kind) return undefined
  const written = `${kind}('${name}')`
  const fix = { title: `write ${written}`, start, end: start + name.length, text: written }
  return { message: `There is no variable ${name}; the ${kind} is ${written}.`, fix }
}
