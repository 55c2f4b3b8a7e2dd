import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { displayOf } from './display.js'

const hook = Symbol.for('muster.inspect')

describe('a value that says how it is shown', () => {
  test.each([
    ['a text', { [hook]: () => 'two racks' }, { kind: 'text', text: 'two racks' }],
    [
      'rows',
      { [hook]: () => [{ unit: 1, load: 0.5 }, { unit: 2 }] },
      {
        kind: 'table',
        columns: ['unit', 'load'],
        rows: [
          ['1', '0.5'],
          ['2', ''],
        ],
      },
    ],
    ['another value', { [hook]: () => new Map([['a', 1]]) }, { kind: 'text', text: "Map(1) { 'a' => 1 }" }],
    ['nothing', { [hook]: () => undefined }, { kind: 'nothing' }],
    ['in Node’s way', { [inspect.custom]: () => '<rack>' }, { kind: 'text', text: '<rack>' }],
  ])('%s', (_title, value, display) => {
    expect(displayOf(value)).toEqual(display)
  })

  test('its method sees the value; one that fails is as if it were not there', () => {
    class Rack {
      get units() {
        return 4
      }
      [hook]() {
        return `${this.units} units`
      }
    }
    expect(displayOf(new Rack())).toEqual({ kind: 'text', text: '4 units' })
    const failing = Object.defineProperty({ a: 1 }, hook, {
      value: () => {
        throw new Error('no')
      },
    })
    expect(displayOf(failing)).toEqual({ kind: 'text', text: '{ a: 1 }' })
  })

  test('what it returns cannot act on the terminal', () => {
    expect(displayOf({ [hook]: () => 'a\u001b[2Jb' })).toEqual({ kind: 'text', text: 'ab' })
  })
})

test('a value that throws when it is looked at is shown all the same', () => {
  const trap = () => {
    throw new Error('trap')
  }
  expect(displayOf(new Proxy({ a: 1 }, { get: trap, ownKeys: trap, getPrototypeOf: trap })).kind).toBe('text')
})
