import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { spokenPath } from './compiler.js'

const home = homedir()

test.each([
  [join(home, 'fleet/history/ntp.ts'), join(home, 'fleet'), 'history/ntp.ts'],
  [join(home, '.local/state/muster/ntp.ts'), '/srv/fleet', '~/.local/state/muster/ntp.ts'],
  ['/srv/ntp.ts', '/srv/fleet', '/srv/ntp.ts'],
  ['/srv/fleet-2/ntp.ts', '/srv/fleet', '/srv/fleet-2/ntp.ts'],
])('%s, seen from %s, is %s', (file, directory, spoken) => {
  expect(spokenPath(file, directory)).toBe(spoken)
})
