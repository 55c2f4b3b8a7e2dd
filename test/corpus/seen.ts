import { inspected } from '../../src/repl/cells/inspected.js'
import type { Expected } from './sequence.js'

/** What a prompt made of a sequence. What it cannot tell at all is left out. */
export interface Seen {
  /** The last cell's value, as {@link shown} shows it; left out when the cell failed or was not run. */
  readonly value?: string
  /** The last cell's error, its place first. */
  readonly error?: string
  readonly frames?: readonly string[]
  readonly problems?: readonly string[]
  readonly console?: readonly string[]
  readonly late?: readonly string[]
  readonly completions?: readonly string[]
}

/** A value in words, so that values of other realms compare. */
export function shown(value: unknown): string {
  return inspected(value, { depth: 5, maxArrayLength: 100, breakLength: 200 })
}

/** How what was seen differs from what is expected; empty: it does not. */
export function differences(expected: Expected, seen: Seen): string[] {
  const found: string[] = []
  const same = (what: string, want: string | RegExp, got: string | undefined) => {
    if (got === undefined || !(typeof want === 'string' ? want === got : want.test(got)))
      found.push(`${what}: ${String(want)} expected, ${got === undefined ? 'nothing' : got} seen`)
  }
  const all = (what: string, want: readonly (string | RegExp)[], got: readonly string[] | undefined) => {
    if (want.length !== (got?.length ?? 0))
      found.push(`${what}: ${want.length} expected, ${(got ?? ['nothing']).join(' | ')} seen`)
    else for (const [index, each] of want.entries()) same(what, each, got?.[index])
  }

  if ('value' in expected) same('value', shown(expected.value), seen.value ?? failed(seen))
  if (expected.shown !== undefined) same('value', expected.shown, seen.value ?? failed(seen))
  if (expected.error !== undefined) same('error', expected.error, seen.error)
  if (expected.frames) all('frame', expected.frames, seen.frames)
  if (expected.problems) all('problem', expected.problems, seen.problems)
  if (expected.console instanceof RegExp) same('console', expected.console, seen.console?.join('\n'))
  else if (expected.console) all('console', expected.console, seen.console)
  if (expected.late) all('late', expected.late, seen.late)
  for (const name of expected.completes ?? [])
    if (!seen.completions?.includes(name)) found.push(`completion: ${name} is missing`)
  for (const name of expected.completesNot ?? [])
    if (!seen.completions || seen.completions.includes(name)) found.push(`completion: ${name} is not expected`)
  return found
}

function failed({ error }: Seen): string | undefined {
  return error && `the error ${error}`
}
