import { expect, test } from 'vitest'
import type { SessionEvent, SessionRecord } from '../protocol.js'
import { PossibleChanges } from './possible-changes.js'

const outcome = { status: 'ok', key: 'k', text: '', ms: 1 } as const

test('what came after an answer may have made another of it, on that host and of those topics; what only looks may not', () => {
  const events: readonly SessionEvent[] = [
    { type: 'task.start', task: 1, kind: 'command', label: 'uname -r', hosts: ['a'] },
    { type: 'task.host', task: 1, host: 'a', outcome },
    { type: 'change.start', task: 2, host: 'a', summary: 'create /etc/motd', touches: ['file:/etc/motd'] },
    { type: 'task.start', task: 3, kind: 'command', label: 'rebuild --all', hosts: ['b'] },
    { type: 'task.host', task: 3, host: 'b', outcome },
    { type: 'task.start', task: 4, kind: 'transfer', label: 'upload a to /srv/a', hosts: ['c'] },
    { type: 'task.host', task: 4, host: 'c', outcome },
  ]
  const changes = new PossibleChanges(events.map((event, at): SessionRecord => ({ ...event, at })))
  expect(changes.after('a', 0, ['file:/etc/motd'])).toBe('create /etc/motd')
  expect(changes.after('a', 0, ['file:/etc/*'])).toBe('create /etc/motd')
  expect(changes.after('a', 2, ['file:/etc/motd'])).toBeUndefined()
  expect(changes.after('a', 0, ['packages'])).toBeUndefined()
  expect(changes.after('b', 0, ['packages'])).toBe('rebuild --all')
  expect(changes.after('b', 4, ['packages'])).toBeUndefined()
  expect(changes.after('c', 0, ['file:/srv/a'])).toBe('upload a to /srv/a')
  expect(changes.after('d', 0, ['packages'])).toBeUndefined()
})
