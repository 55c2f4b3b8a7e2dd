import { describe, expect, test } from 'vitest'
import type { Identity } from '../connect/link.js'
import { asksPassword, HELD, identityKey, refusal, shellCommand } from './identity.js'

const SUDO: Identity = { via: 'sudo' }
const IDENTITIES: readonly Identity[] = [
  { via: 'login' },
  SUDO,
  { via: 'sudo', user: 'root' },
  { via: 'su', user: 'ada' },
]

test('identityKey is the same for equal identities', () => {
  expect(IDENTITIES.map(identityKey)).toEqual(['login', 'sudo:root', 'sudo:root', 'su:ada'])
})

describe('shellCommand', () => {
  test.each<[Identity, string]>([
    [{ via: 'login' }, `exec sh -c 'echo H $$; echo H >&2; exec sh'`],
    [SUDO, `exec env LC_ALL=C sudo -S -p 'P: ' -H -u root sh -c 'unset LC_ALL; echo H $$; echo H >&2; exec sh'`],
    [
      { via: 'sudo', user: "o'hara" },
      `exec env LC_ALL=C sudo -S -p 'P: ' -H -u 'o'\\''hara' sh -c 'unset LC_ALL; echo H $$; echo H >&2; exec sh'`,
    ],
    [
      { via: 'doas', user: 'ada' },
      `exec env LC_ALL=C doas -n -u ada sh -c 'unset LC_ALL; echo H $$; echo H >&2; exec sh'`,
    ],
    [
      { via: 'su', user: 'ada' },
      `exec env LC_ALL=C su ada -c 'exec sh -c '\\''unset LC_ALL; echo H $$; echo H >&2; exec sh'\\'''`,
    ],
  ])('%j', (identity, command) => {
    expect(shellCommand(identity, { hello: 'H', prompt: 'P: ', ...HELD })).toBe(command)
  })

  test('on a terminal it greets once, and sudo and doas ask there', () => {
    expect(shellCommand({ via: 'doas' }, { hello: 'H', prompt: 'P: ', next: 'true', terminal: true })).toBe(
      `exec env LC_ALL=C doas -u root sh -c 'unset LC_ALL; echo H $$; true'`,
    )
    expect(shellCommand(SUDO, { hello: 'H', prompt: 'P: ', next: 'true', terminal: true })).toBe(
      `exec env LC_ALL=C sudo -p 'P: ' -H -u root sh -c 'unset LC_ALL; echo H $$; true'`,
    )
  })
})

test.each<[Identity, string, boolean]>([
  [SUDO, 'We trust you have received the usual lecture\n[muster ab] password: ', true],
  [SUDO, 'Password: ', false],
  [{ via: 'su' }, 'Password: ', true],
  [{ via: 'doas' }, '\rdoas (ada@web-1) password: ', true],
  [{ via: 'su' }, 'Password: \nsu: Authentication failure\n', false],
  [{ via: 'login' }, 'Password: ', false],
])('asksPassword(%j, %j) is %s', (identity, text, expected) => {
  expect(asksPassword(identity, text, '[muster ab] password: ')).toBe(expected)
})

describe('refusal', () => {
  const wrong = { kind: 'wrong-password' }
  const refused = (sentence: string) => ({ kind: 'refused', sentence })
  const needsTerminal = (sentence: string) => ({ kind: 'needs-terminal', sentence })
  test.each<[string, Identity, string, number | null, object]>([
    ['sudo, three tries', SUDO, 'Sorry, try again.\nsudo: 3 incorrect password attempts\n', 1, wrong],
    ['su of util-linux', { via: 'su' }, 'Password: su: Authentication failure\n', 1, wrong],
    ['su of busybox', { via: 'su' }, 'su: incorrect password\n', 1, wrong],
    ['doas', { via: 'doas' }, 'doas: Authentication failed\n', 1, wrong],
    [
      'not in sudoers',
      SUDO,
      '\nada is not in the sudoers file.\n',
      1,
      refused('ada may not become root with sudo (ada is not in the sudoers file.)'),
    ],
    [
      'doas says no',
      { via: 'doas' },
      'doas: Operation not permitted\n',
      1,
      refused('ada may not become root with doas (doas: Operation not permitted)'),
    ],
    [
      'requiretty',
      SUDO,
      'sudo: sorry, you must have a tty to run sudo\n',
      1,
      needsTerminal('sudo runs on a terminal alone (sudo: sorry, you must have a tty to run sudo)'),
    ],
    [
      'doas with a password, not on a terminal',
      { via: 'doas' },
      'doas: Authentication required\n',
      1,
      needsTerminal('doas asks for a password on a terminal alone'),
    ],
    [
      'su of shadow, not on a terminal',
      { via: 'su' },
      'su: must be run from a terminal\n',
      1,
      needsTerminal('su runs on a terminal alone (su: must be run from a terminal)'),
    ],
    [
      'no such user',
      { via: 'sudo', user: 'eve' },
      'sudo: unknown user: eve\n',
      1,
      refused('there is no user eve to become with sudo'),
    ],
    [
      'not installed',
      { via: 'doas' },
      'env: ‘doas’: No such file or directory\n',
      127,
      refused('doas is not installed'),
    ],
    [
      'anything else',
      SUDO,
      'sudo: error in /etc/sudoers\n',
      1,
      refused('sudo did not give a shell as root (sudo: error in /etc/sudoers)'),
    ],
    ['nothing said', SUDO, '', null, refused('sudo did not give a shell as root')],
  ])('%s', (_what, identity, text, code, expected) => {
    expect(refusal(identity, 'ada', text, code)).toEqual(expected)
  })
})
