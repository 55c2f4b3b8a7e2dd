import { describe, expect, test } from 'vitest'
import { expandProxyCommand } from './proxy-tokens.js'

const OF = { name: 'web-1', host: '10.0.0.1', port: 2222, user: 'ada' }

describe('expandProxyCommand', () => {
  test.each([
    ['nc %h %p', 'nc 10.0.0.1 2222'],
    ['ssh -W [%h]:%p %r@gate', 'ssh -W [10.0.0.1]:2222 ada@gate'],
    ['connect %n %k 100%%', 'connect web-1 web-1 100%'],
    ['%%h', '%h'],
  ])('%s is %s', (command, expanded) => {
    expect(expandProxyCommand(command, OF)).toBe(expanded)
  })

  test('%k is the name in known_hosts', () => {
    expect(expandProxyCommand('x %k', { ...OF, hostKeyAlias: 'alias' })).toBe('x alias')
  })

  test.each(['x %z', 'x %', 'x %\n'])('%j has a token that there is not', command => {
    expect(() => expandProxyCommand(command, OF)).toThrow(/^web-1: its ProxyCommand has the unknown token %/)
  })

  test.each([
    ['x %h', { host: '-oProxyCommand=id' }],
    ['x %h', { host: '$(id)' }],
    ['x %h', { host: 'a b' }],
    ['x %h', { host: "a'b" }],
    ['x %n', { name: 'a;b' }],
    ['x %r', { user: '`id`' }],
    ['x %r', { user: '-x' }],
    ['x %r', { user: 'a -x' }],
    ['x %r', { user: 'a\\' }],
  ])('%s with %j is refused', (command, odd) => {
    expect(() => expandProxyCommand(command, { ...OF, ...odd })).toThrow(/does not go into its ProxyCommand/)
  })

  test('what is not put in may be anything; users of a domain are no danger', () => {
    expect(expandProxyCommand('x %h', { ...OF, name: 'the (old) one' })).toBe('x 10.0.0.1')
    expect(expandProxyCommand('x %r', { ...OF, user: 'DOMAIN\\ada' })).toBe('x DOMAIN\\ada')
  })
})
