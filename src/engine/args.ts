import type { z } from 'zod'
import { UsageError } from './errors.js'
import { suggest } from './nodeset/pattern.js'

/**
 * Checks the arguments of a fact or operation against its schema.
 *
 * @throws {UsageError} one sentence naming the call, the argument and what is expected.
 */
export function checkArgs<S extends z.ZodType>(call: string, schema: S | undefined, input: unknown): z.output<S> {
  if (!schema) {
    if (input !== undefined) throw new UsageError(`${call} takes no arguments.`)
    return undefined as z.output<S>
  }
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new UsageError(`${call}: ${result.error.issues.map(issue => sentence(issue, schema, input)).join('; ')}`)
}

function sentence(issue: z.core.$ZodIssue, schema: z.ZodType, input: unknown): string {
  const at = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0) {
    const known = 'shape' in schema && isObject(schema.shape) ? Object.keys(schema.shape) : []
    return issue.keys.map(key => `there is no argument ${key}${suggest(key, known).replace(/\.$/, '')}`).join('; ')
  }
  if (issue.code === 'invalid_type' && issue.path.length === 1 && isObject(input) && !(at in input))
    return `the argument ${at} is missing (${issue.expected})`
  return at ? `${at}: ${issue.message}` : issue.message
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
