import { expect, test } from 'vitest'
import { z } from 'zod'
import { catalogue } from './catalogue.js'
import { argumentViews, definitionViews } from './definitions.js'

test('every fact and operation says what it is for, and every argument what it means', () => {
  const views = definitionViews()
  expect(Object.keys(views)).toEqual(expect.arrayContaining(['files.line', 'facts.server.os', 'systemd.service']))
  for (const [name, { summary, args }] of Object.entries(views)) {
    expect(summary, name).toMatch(/\w.*\.$/)
    for (const argument of args) expect(argument.description, `${name} ${argument.name}`).toMatch(/\w.*\.$/)
  }
})

test('a domain exports definitions and nothing else: its types take all of it for such', () => {
  for (const [kind, domains] of Object.entries({ fact: catalogue.facts, operation: catalogue.operations }))
    for (const [domain, definitions] of Object.entries(domains))
      for (const [name, definition] of Object.entries(definitions))
        expect(definition, `${domain}.${name}`).toMatchObject({ kind })
})

test('arguments with their types', () => {
  const schema = z.object({
    path: z.string().describe('Where.'),
    mode: z.enum(['a', 'b']).default('a').describe('How.'),
    names: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .describe('Which.'),
    lists: z.array(z.union([z.string(), z.number()])).describe('What.'),
    line: z.union([z.string(), z.instanceof(RegExp)]).describe('Which.'),
    content: z.custom<string | Uint8Array>(value => typeof value === 'string' || value instanceof Uint8Array),
    hour: z.union([z.string(), z.int()]).transform(String).default('*'),
    vars: z.record(z.string(), z.unknown()),
    any: z.unknown(),
  })
  expect(argumentViews(schema).map(({ name, type, optional }) => `${name}${optional ? '?' : ''}: ${type}`)).toEqual([
    'path: string',
    "mode?: 'a' | 'b'",
    'names?: string | string[]',
    'lists: (string | number)[]',
    'line: string | RegExp',
    'content: string | Uint8Array',
    'hour?: string | number',
    'vars: object',
    'any?: value',
  ])
})
