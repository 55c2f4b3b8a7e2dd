import { describe, expect, test } from 'vitest'
import { type CommandNames, commandCandidates } from './command-line.js'
import { patternCandidates } from './pattern.js'
import { callSnippet, keySnippet } from './snippet.js'

const inventory = { hosts: ['web-1', 'web-2', 'db-1'], groups: { web: ['web-1', 'web-2'], db: ['db-1'] } }

describe('patternCandidates', () => {
  const cases: readonly (readonly [typed: string, from: number, names: readonly string[]])[] = [
    ['', 0, ['@web', '@db', 'web-1', 'web-2', 'db-1']],
    ['we', 0, ['@web', '@db', 'web-1', 'web-2', 'db-1']],
    ['@', 0, ['@web', '@db']],
    ['web-1,d', 6, ['@web', '@db', 'web-1', 'web-2', 'db-1']],
    ['@web&!@d', 6, ['@web', '@db']],
    ['web-[1-', 7, []],
    ['web-[1-2],', 10, ['@web', '@db', 'web-1', 'web-2', 'db-1']],
  ]
  test.each(cases)('%s', (typed, from, names) => {
    const found = patternCandidates(typed, inventory)
    expect(found.from).toBe(from)
    expect(found.candidates.map(({ name }) => name)).toEqual(names)
  })

  test('a group says who is in it', () => {
    expect(patternCandidates('@', inventory).candidates[0]?.detail).toBe('2 hosts: web-[1-2]')
  })
})

describe('commandCandidates', () => {
  const names: CommandNames = {
    commands: [
      { name: 'focus', summary: 'Set the focus.', usage: '[PATTERN|GROUP|failed|sel]' },
      { name: 'guard', summary: 'Set the guard.', usage: '[open|count [PATTERN]]' },
      { name: 'open', summary: 'Open.', usage: 'NAME' },
      { name: 'help', summary: 'Help.', usage: '[COMMAND|DEFINITION]' },
      { name: 'undo', summary: 'Undo.', usage: '[CELL]' },
      { name: 'compare', summary: 'Compare.', usage: '[CELL|HOST] [CELL|HOST] [HOST]' },
      { name: 'quit', summary: 'Quit.', usage: '' },
    ],
    inventory,
    definitions: [{ name: 'files.line', kind: 'operation' }],
    notebooks: () => ['fix-ntp'],
    cells: () => [{ name: '3', kind: 'cell', detail: 'files.line(…)' }],
  }
  const all = ['focus', 'guard', 'open', 'help', 'undo', 'compare', 'quit']
  const hosts = ['@web', '@db', 'web-1', 'web-2', 'db-1']
  const cases: readonly (readonly [typed: string, from: number, names: readonly string[]])[] = [
    [':', 1, all],
    [':fo', 1, all],
    [': fo', 2, all],
    [':focus ', 7, ['failed', 'sel', ...hosts]],
    [':fo w', 4, ['failed', 'sel', ...hosts]],
    [':focus web-1,@', 13, ['@web', '@db']],
    [':focus web-1, d', 14, hosts],
    [':guard ', 7, ['open', 'count']],
    [':guard count ', 13, hosts],
    [':guard count @w', 13, ['@web', '@db']],
    [':open f', 6, ['fix-ntp']],
    [':help gu', 6, [...all, 'files.line']],
    [':undo ', 6, ['3']],
    [':compare ', 9, ['3', 'web-1', 'web-2', 'db-1']],
    [':compare 3 w', 11, ['3', 'web-1', 'web-2', 'db-1']],
    [':compare 3 web-1 w', 17, ['web-1', 'web-2', 'db-1']],
    [':quit ', 6, []],
    [':nothing ', 9, []],
  ]
  test.each(cases)('%s', (typed, from, expected) => {
    const found = commandCandidates(typed, names)
    expect({ from: found.from, names: found.candidates.map(({ name }) => name) }).toEqual({ from, names: expected })
  })
})

describe('snippets', () => {
  const arg = (name: string, type: string, optional = false) => ({ name, type, optional, description: '' })
  const shown = ({ text, holes }: { text: string; holes: readonly number[] }) =>
    holes.reduceRight((shown, hole) => `${shown.slice(0, hole)}▏${shown.slice(hole)}`, text)

  test.each([
    [
      'texts',
      [arg('path', 'string'), arg('line', 'string | value'), arg('present', 'boolean', true)],
      "f({ path: '▏', line: '▏' })▏",
    ],
    ['one of some words', [arg('state', "'a' | 'b'")], "f({ state: '▏' })▏"],
    ['a list', [arg('packages', 'string[]')], "f({ packages: ['▏'] })▏"],
    ['anything else', [arg('on', 'boolean'), arg('port', 'number')], 'f({ on: ▏, port: ▏ })▏'],
  ])('of a call with %s', (_what, args, wanted) => {
    const snippet = callSnippet('f', args)
    expect(snippet && shown(snippet)).toBe(wanted)
  })

  test('a call that needs nothing has none', () => {
    expect(callSnippet('f', [arg('present', 'boolean', true)])).toBeUndefined()
    expect(callSnippet('f', [])).toBeUndefined()
  })

  test('of a key', () => {
    expect(shown(keySnippet(arg('path', 'string')))).toBe("path: '▏'▏")
    expect(shown(keySnippet(arg('port', 'number')))).toBe('port: ▏')
  })
})
