import { describe, expect, test } from 'vitest'
import { signatureView } from './assist.js'
import type { Signature } from './language/requests.js'
import type { DefinitionView } from './protocol.js'

const line: DefinitionView = {
  kind: 'operation',
  summary: 'A line is there.',
  args: [
    { name: 'path', type: 'string', optional: false, description: 'Absolute path.' },
    { name: 'line', type: 'string', optional: false, description: 'The line.' },
    { name: 'present', type: 'boolean', optional: true, description: 'Whether it is to be there.' },
  ],
}
const definitions = { 'files.line': line }

const call = (more: Partial<Signature>): Signature => ({
  label: 'line(args: PerHost<{}>, options?: Options): void',
  documentation: 'From its type.',
  parameters: [
    { label: 'args: PerHost<{}>', documentation: '' },
    { label: 'options?: Options', documentation: 'How.' },
  ],
  active: 0,
  called: 'files.line',
  ...more,
})

describe('a call', () => {
  test('of a definition, before any key', () => {
    expect(signatureView(call({}), definitions)).toEqual({
      before: 'files.line({ path, line, present? })',
      active: '',
      after: '',
      documentation: 'A line is there.',
    })
  })

  test.each([
    ['path', 'files.line({ ', 'path', ', line, present? })', 'path: string · Absolute path.'],
    ['present', 'files.line({ path, line, ', 'present?', ' })', 'present: boolean · Whether it is to be there.'],
  ])('of a definition, at %s', (key, before, active, after, argument) => {
    expect(signatureView(call({ key }), definitions)).toEqual({
      before,
      active,
      after,
      argument,
      documentation: 'A line is there.',
    })
  })

  test('its second argument is shown by its type', () => {
    expect(signatureView(call({ active: 1 }), definitions)).toEqual({
      before: 'line(args: PerHost<{}>, ',
      active: 'options?: Options',
      after: '): void',
      argument: 'How.',
      documentation: 'A line is there.',
    })
  })

  test('of anything else is its type; what Object has is no definition', () => {
    expect(signatureView(call({ called: 'toString' }), definitions)).toMatchObject({
      before: 'line(',
      active: 'args: PerHost<{}>',
      documentation: 'From its type.',
    })
    const repeated = call({
      called: 'f',
      label: 'f(a: a, a: a)',
      parameters: [
        { label: 'a: a', documentation: '' },
        { label: 'a: a', documentation: '' },
      ],
      active: 1,
    })
    expect(signatureView(repeated, {}).before).toBe('f(a: a, ')
  })
})
