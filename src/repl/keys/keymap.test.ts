import { describe, expect, test } from 'vitest'
import { BINDINGS } from './bindings.js'
import { boundKeys, keysText, nameOf, withKeys } from './keymap.js'

const keysOf = (set: Parameters<typeof boundKeys>[0], name: string) =>
  boundKeys(set).find(each => nameOf(each) === name)?.keys

test('what can be bound has a name of its own', () => {
  expect(new Set(BINDINGS.map(nameOf)).size).toBe(BINDINGS.length)
})

test('keys are set in the place of others, and given back', () => {
  const set = withKeys({}, 'cells.run-again', 'f7 ctrl-x,r')
  expect(keysOf(set, 'cells.run-again')).toEqual(['f7', 'ctrl-x r'])
  expect(keysOf(set, 'cells.edit-cell')).toEqual(['e'])
  expect(keysOf(withKeys(set, 'cells.run-again', 'default'), 'cells.run-again')).toEqual(['r'])
})

test('two keys are exchanged by way of a third', () => {
  const first = withKeys({}, 'hosts.sort', 'f7')
  const second = withKeys(first, 'hosts.attach', 't')
  expect(keysOf(withKeys(second, 'hosts.sort', 's'), 'hosts.sort')).toEqual(['s'])
})

describe('what cannot be is refused in a sentence', () => {
  test.each([
    ['hosts.atach', 'a', 'There is nothing called hosts.atach to bind; did you mean hosts.attach?'],
    ['hosts.attach', 't', 'hosts.attach cannot be t: hosts.sort has that key; set it to another first.'],
    [
      'prompt.fix',
      'ctrl-x',
      'prompt.fix cannot be ctrl-x: prompt.edit-outside has ctrl-x,ctrl-e, which begins alike; set it to another first.',
    ],
    ['prompt.fix', 'x', 'x is typed there: give prompt.fix a key with ctrl- or alt-, or one like f7.'],
    ['prompt.fix', 'ctrl-i', 'ctrl-i comes as tab from a terminal: write tab.'],
    ['hosts.attach', 'shift-a', 'shift-a comes as a capital from a terminal: write A.'],
    ['hosts.attach', 'ctrl-A', 'ctrl-A is told from ctrl-a by no terminal: write that.'],
  ])('%s %s', (name, keys, sentence) => {
    expect(() => withKeys({}, name, keys)).toThrow(sentence)
  })

  test('a key that is none', () => {
    expect(() => withKeys({}, 'hosts.attach', 'hyper-a')).toThrow(
      /^hyper-a is no key: write a character, or one of enter tab /,
    )
  })

  test('what was set before cannot be taken back to a key that is taken since', () => {
    const set = withKeys(withKeys({}, 'hosts.sort', 'f7'), 'hosts.attach', 't')
    expect(() => withKeys(set, 'hosts.sort', 'default')).toThrow('hosts.sort cannot be t: hosts.attach has that key')
  })
})

test('keys are told, all or some', () => {
  const set = withKeys({}, 'hosts.attach', 'f3 ctrl-x,a')
  expect(keysText(set).split('\n')).toHaveLength(BINDINGS.length)
  expect(keysText(set, 'hosts.attach')).toMatch(/^hosts\.attach +f3 ctrl-x,a +your shell on the host/)
  expect(keysText(set, 'search').split('\n')).toHaveLength(3)
  expect(() => keysText(set, 'hots')).toThrow('There is nothing called hots to bind; did you mean hosts?')
})
