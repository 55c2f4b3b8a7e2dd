import { z } from 'zod'
import type { Operation } from '../engine/operation.js'
import { catalogue } from './catalogue.js'
import type { ArgumentView, DefinitionView } from './protocol.js'

/** What every fact and operation says of itself, by name: `facts.server.os`, `files.line`. */
export function definitionViews(): Record<string, DefinitionView> {
  const found = new Map<string, DefinitionView>()
  for (const [prefix, domains] of [
    ['facts.', catalogue.facts],
    ['', catalogue.operations],
  ] as const) {
    for (const [domain, module] of Object.entries(domains)) {
      for (const [name, definition] of Object.entries(module)) {
        if (!isDefinition(definition)) continue
        found.set(`${prefix}${domain}.${name}`, {
          kind: definition.kind,
          summary: definition.summary,
          args: argumentViews(definition.args),
        })
      }
    }
  }
  return Object.fromEntries(found)
}

/** An operation that muster comes with, by its name: `files.line`. */
export function operationNamed(name: string): Operation<unknown> | undefined {
  return Object.values(catalogue.operations)
    .flatMap(domain => Object.values(domain))
    .filter(isOperation)
    .find(operation => operation.name === name)
}

function isOperation(value: unknown): value is Operation<unknown> {
  return isDefinition(value) && value.kind === 'operation'
}

interface Definition {
  readonly kind: 'fact' | 'operation'
  readonly summary: string
  readonly args: z.ZodType | undefined
}

function isDefinition(value: unknown): value is Definition {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    (value.kind === 'fact' || value.kind === 'operation') &&
    'summary' in value
  )
}

/**
 * The arguments that a schema of an object describes.
 *
 * @example
 * argumentViews(z.object({ path: z.string().describe('Absolute path.') }))
 * // [{ name: 'path', type: 'string', optional: false, description: 'Absolute path.' }]
 */
export function argumentViews(schema: z.ZodType | undefined): ArgumentView[] {
  const object = schema && inner(schema)
  if (!(object instanceof z.ZodObject)) return []
  return Object.entries(object.shape).flatMap(([name, argument]) =>
    argument instanceof z.ZodType
      ? [
          {
            name,
            type: typeText(argument),
            optional: argument.safeParse(undefined).success,
            description: argument.meta()?.description ?? '',
          },
        ]
      : [],
  )
}

/** What is given: without what only says that it may be left out, or what becomes of it. */
function inner(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodPipe) return schema.in instanceof z.ZodType ? inner(schema.in) : schema
  if (!(schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)) return schema
  const within: unknown = schema.unwrap()
  return within instanceof z.ZodType ? inner(within) : schema
}

function typeText(schema: unknown): string {
  const type = schema instanceof z.ZodType ? inner(schema) : schema
  if (type instanceof z.ZodString) return 'string'
  if (type instanceof z.ZodNumber) return 'number'
  if (type instanceof z.ZodBoolean) return 'boolean'
  if (type instanceof z.ZodEnum) return type.options.map(option => `'${option}'`).join(' | ')
  if (type instanceof z.ZodLiteral) return [...type.values].map(value => `'${String(value)}'`).join(' | ')
  if (type instanceof z.ZodArray) {
    const element = typeText(type.element)
    return element.includes(' ') ? `(${element})[]` : `${element}[]`
  }
  if (type instanceof z.ZodUnion) return [...new Set(type.options.map(typeText))].join(' | ')
  if (type instanceof z.ZodRecord || type instanceof z.ZodObject) return 'object'
  if (type instanceof z.ZodCustom) return takenText(type)
  return 'value'
}

/** What one may give where only a function tells what is taken: `z.instanceof(RegExp)`. */
const SAMPLES: readonly (readonly [type: string, value: unknown])[] = [
  ['string', 'x'],
  ['number', 1],
  ['RegExp', /x/],
  ['Uint8Array', new Uint8Array()],
  ['function', () => 'x'],
]

/** The types of which such an argument takes a sample; what takes any object is just a value. */
function takenText(type: z.ZodCustom): string {
  const taken = SAMPLES.filter(([, value]) => type.safeParse(value).success).map(([name]) => name)
  return taken.length === 0 || type.safeParse({}).success ? 'value' : taken.join(' | ')
}
