import { z } from 'zod'

/** What the text of an argument names, for those who complete it: a unit, a path … */
export type ArgumentKind = 'unit' | 'package' | 'user' | 'group' | 'remote path' | 'local path'

declare module 'zod' {
  interface GlobalMeta {
    names?: ArgumentKind
  }
}

/**
 * What an argument of a fact or an operation names, as its schema says by `.meta({ names: … })`.
 *
 * @param schema of all arguments
 * @param key the argument's name
 * @example
 * argumentKind(z.object({ service: z.string().meta({ names: 'unit' }).optional() }), 'service') // 'unit'
 */
export function argumentKind(schema: z.ZodType | undefined, key: string): ArgumentKind | undefined {
  const object = schema && unwrapped(schema)
  if (!(object instanceof z.ZodObject)) return undefined
  const argument: unknown = object.shape[key]
  return argument instanceof z.ZodType ? kindOf(argument) : undefined
}

function kindOf(schema: z.ZodType): ArgumentKind | undefined {
  const own = schema.meta()?.names
  if (own !== undefined) return own
  const inner = unwrapped(schema)
  if (inner !== schema) return kindOf(inner)
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodType) return kindOf(schema.element)
  if (!(schema instanceof z.ZodUnion)) return undefined
  for (const option of schema.options) {
    const kind = option instanceof z.ZodType ? kindOf(option) : undefined
    if (kind !== undefined) return kind
  }
  return undefined
}

/** Without what only says that it may be left out. */
function unwrapped(schema: z.ZodType): z.ZodType {
  if (!(schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)) return schema
  const inner: unknown = schema.unwrap()
  return inner instanceof z.ZodType ? unwrapped(inner) : schema
}
