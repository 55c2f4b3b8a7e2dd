import { expect, test } from 'vitest'
import { shownKey } from './shown-key.js'

/** Whether two hosts show the same: rows with `%` for the host's name, the cursor at the end of the last one. */
function alike(rows: (host: string) => readonly string[], title = ''): boolean {
  const [a, b] = ['web-1', 'db-22'].map(host => {
    const shown = rows(host)
    const cursor = { x: shown.at(-1)?.length ?? 0, y: shown.length - 1 }
    return shownKey(host, { rows: shown, cursor, since: 0, title: title.replaceAll('%', host) })
  })
  return a === b
}

test.each<[what: string, rows: string]>([
  ['a prompt', 'root@%:~# uptime|up 3 days|root@%:~# '],
  ['in brackets', '[root@% ~]$ uptime|up 3 days|[root@% ~]$ '],
  ['of the host alone', '%:/etc# ls|a  b|%:/etc# '],
  ['with a space before its end', '% $ ls|a  b|% $ '],
  ['a command that still runs', 'root@%:~# sleep 100|'],
  ['an answer', 'root@%:~# cat /etc/issue|Debian|root@%:~# '],
])('%s that names its host is the same on all: %j', (_what, rows) => {
  expect(alike(host => rows.replaceAll('%', host).split('|'))).toBe(true)
})

test.each<[what: string, rows: string]>([
  ['its name', 'root@%:~# hostname|%|root@%:~# '],
  ['its name in a line', 'root@%:~# echo "I am $(hostname)"|I am %|root@%:~# '],
  ['its full name', 'root@%:~# hostname -f|%.example.com|root@%:~# '],
  ['its name while the command runs', 'root@%:~# hostname; sleep 9|%|'],
  ['a line that begins with it', 'root@%:~# x|%: not found|root@%:~# '],
])('an answer that says %s differs: %j', (_what, rows) => {
  expect(alike(host => rows.replaceAll('%', host).split('|'))).toBe(false)
})

test('by the title, a host is known by another name than the inventory has', () => {
  const rows = (host: string) => [`root@ip-${host}:~# ls`, 'a', `root@ip-${host}:~# `]
  expect(alike(rows, 'root@ip-%: ~')).toBe(true)
})
