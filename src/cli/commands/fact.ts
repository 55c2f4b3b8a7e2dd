import type { Catalogue } from '../../engine/catalogue.js'
import { UsageError } from '../../engine/errors.js'
import type { Fact } from '../../engine/fact.js'
import { suggest } from '../../engine/nodeset/pattern.js'
import { catalogue } from '../../repl/catalogue.js'
import { processOutput } from '../output.js'
import { followTask } from '../render/progress.js'
import { inShot, printResults } from './exec.js'
import type { CommonFlags } from './flags.js'
import { withWorkspace } from './workspace.js'

/** `muster fact`: one fact of every host. */
export function fact(
  inventory: string,
  name: string,
  args: readonly string[],
  flags: CommonFlags & { readonly sudo?: boolean | string },
): Promise<number> {
  const found = findFact(name)
  const given = factArgs(name, args) ?? (found.args ? {} : undefined)
  found.ask(given) // wrong arguments are refused before any host is touched
  const output = processOutput(flags.json ?? false)
  const progress = followTask(process.stderr)
  return withWorkspace(inventory, flags, output, progress.see, async shot => {
    const results = await inShot(shot, fleet =>
      fleet.fact(found, given, flags.sudo === undefined ? {} : { sudo: flags.sudo }),
    )
    progress.end()
    printResults(results, shot.output, false)
    return [...results.outcomes.values()].every(outcome => outcome.status === 'ok') ? 0 : 1
  })
}

function findFact(name: string): Fact<unknown, unknown> {
  const known = factsOf(catalogue)
  const found = known.find(each => each.name === name)
  if (!found)
    throw new UsageError(
      `There is no fact ${name}${suggest(
        name,
        known.map(each => each.name),
      )}`,
    )
  return found
}

/** Every fact of a catalogue. */
export function factsOf({ facts }: Catalogue): Fact<unknown, unknown>[] {
  return Object.values(facts)
    .flatMap(domain => Object.values(domain))
    .filter(isFact)
}

function isFact(value: unknown): value is Fact<unknown, unknown> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'fact'
}

/** `path=/etc/hosts` pairs, or one JSON object; nothing for a fact without arguments. */
export function factArgs(name: string, args: readonly string[]): unknown {
  if (args.length === 0) return undefined
  const [only = ''] = args
  if (args.length === 1 && only.startsWith('{')) {
    try {
      return JSON.parse(only)
    } catch {
      throw new UsageError(`${name}: ${only} is not JSON; write path=/etc/hosts or '{"path":"/etc/hosts"}'.`)
    }
  }
  return Object.fromEntries(
    args.map(arg => {
      const equals = arg.indexOf('=')
      if (equals < 1) throw new UsageError(`${name}: “${arg}” is not an argument; write it as path=/etc/hosts.`)
      return [arg.slice(0, equals), scalar(arg.slice(equals + 1))]
    }),
  )
}

function scalar(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?(?:0|[1-9]\d*)$/.test(text) ? Number(text) : text
}
