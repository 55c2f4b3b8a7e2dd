import { describe, expect, test } from 'vitest'
import type { ConnectSettings } from '../connector.js'
import { openSshConfig } from './config.js'

const write = (settings: ConnectSettings, includes: readonly string[] = [], batch = false) =>
  openSshConfig({ endpoint: { name: 'web-1', settings }, controlPath: '/tmp/m/ctl', batch, includes })

describe('openSshConfig', () => {
  test('settings come first, then the files, then our own defaults', () => {
    const text = write({ address: 'fe80::1%eth0', port: 2222, agent: false, forwardAgent: true }, [
      '/home/me/.ssh/config',
    ])
    expect(
      text.split('\n').filter(line => !/^(Control|Clear|Remote|Request|Permit|ForwardX11|Tunnel)/.test(line)),
    ).toEqual([
      'Host web-1',
      'HostName fe80::1%%eth0',
      'Port 2222',
      'IdentityAgent none',
      'ForwardAgent yes',
      'Match all',
      'Include /home/me/.ssh/config',
      'Match all',
      'ServerAliveInterval 5',
      '',
    ])
  })

  test('a master of ours does nothing else', () => {
    expect(write({})).toMatch(/^Host web-1\nControlMaster yes\nControlPersist 10\nClearAllForwardings yes\n/)
    expect(write({})).toContain('\nControlPath /tmp/m/ctl\n')
    expect(write({}, [], true)).toContain('\nBatchMode yes\n')
  })

  test('a jump host is given the keys and rules of the host behind it, not its name or password', () => {
    const text = write({
      address: '10.0.0.7',
      user: 'deploy',
      password: 'secret',
      identityFile: ['/keys/one', '/my keys/two'],
      knownHostsFile: '/known',
      proxyJump: 'ops@bastion:2200',
    })
    expect(text).toContain(
      'Host bastion\nPort 2200\nUser ops\nIdentityFile /keys/one\nIdentityFile "/my keys/two"\nUserKnownHostsFile /known\n',
    )
    expect(text).not.toContain('secret')
    expect(text.match(/ProxyJump/g)).toHaveLength(1)
  })

  test.each<[string, ConnectSettings]>([
    ['User cannot hold a line break', { user: 'me\nProxyCommand evil' }],
    ['HostName cannot hold a quote', { address: 'a"b' }],
  ])('%s', (reason, settings) => {
    expect(() => write(settings)).toThrow(`web-1: ${reason}`)
  })

  test('a ProxyCommand is passed on as it is', () => {
    expect(write({ proxyCommand: `sh -c 'nc "%h" %p'` })).toContain(`\nProxyCommand sh -c 'nc "%h" %p'\n`)
    expect(write({ proxyCommand: false, proxyJump: false })).toContain('\nProxyJump none\nProxyCommand none\n')
  })
})
