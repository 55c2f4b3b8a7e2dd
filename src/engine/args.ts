import type { z } from 'zod'
import { UsageError } from './errors.js'

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
  const sentences = result.error.issues.map(issue => {
    const at = issue.path.map(String).join('.')
    return at ? `${at}: ${issue.message}` : issue.message
  })
  throw new UsageError(`${call}: ${sentences.join('; ')}`)
}
