import { describe, expect, test } from 'vitest'
import { factArgs } from './fact.js'

describe('arguments of a fact on the command line', () => {
  test.each<readonly [args: readonly string[], value: unknown]>([
    [[], undefined],
    [['path=/etc/hosts'], { path: '/etc/hosts' }],
    [['a=1', 'b=-2', 'c=true', 'd=false', 'e='], { a: 1, b: -2, c: true, d: false, e: '' }],
    [['pattern=a=b'], { pattern: 'a=b' }],
    [['version=1.10', 'mode=0644'], { version: '1.10', mode: '0644' }],
    [['{"path": "/x", "deep": {"n": 1}}'], { path: '/x', deep: { n: 1 } }],
  ])('%j', (args, value) => {
    expect(factArgs('files.text', args)).toEqual(value)
  })

  test.each([
    [['/etc/hosts'], 'files.text: “/etc/hosts” is not an argument; write it as path=/etc/hosts.'],
    [['=x'], 'files.text: “=x” is not an argument; write it as path=/etc/hosts.'],
    [['{path'], 'files.text: {path is not JSON; write path=/etc/hosts or \'{"path":"/etc/hosts"}\'.'],
  ])('%j is refused', (args, sentence) => {
    expect(() => factArgs('files.text', args)).toThrow(sentence)
  })
})
