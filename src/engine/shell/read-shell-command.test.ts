import { expect, test } from 'vitest'
import type { Identity } from '../connect/link.js'
import { HELD, shellCommand } from './identity.js'
import { readShellCommand } from './read-shell-command.js'

test.each<Identity>([
  { via: 'login' },
  { via: 'sudo', user: 'root' },
  { via: 'sudo', user: "o'hara" },
  { via: 'doas', user: 'ada' },
  { via: 'su', user: 'ada' },
])('reads what shellCommand writes for %j', identity => {
  const command = shellCommand(identity, { hello: 'muster-c0ffee', prompt: '[muster c0ffee] password: ', ...HELD })
  expect(readShellCommand(command)).toEqual({ identity, hello: 'muster-c0ffee' })
})

test.each(['uname -r', "exec sh -c 'echo hi'", 'exec', ''])('%j starts no held shell', command => {
  expect(readShellCommand(command)).toBeUndefined()
})
