import { expect, test } from 'vitest'
import { type FinderItem, foundItems } from './finder.js'

const item = (kind: string, name: string, about = ''): FinderItem => ({
  kind,
  name,
  about,
  take: { kind: 'write', text: name },
})

test('what says the very letters comes before what has them here and there; the beginning of a word before its middle', () => {
  const items = [
    item('key', 'next to the prompt', 'F6'),
    item('cells', 'open what is in the middle of it, not the prompt'),
    item('fact', 'server.entpack'),
    item('cell', "[3] files.line({ path: '/etc/ntp.conf' })", 'go to the cell'),
    item('host', 'db-1', '@ntp'),
    item('operation', 'ntp.servers'),
  ]
  const found = (query: string) => foundItems({ query, items }).map(({ name }) => name)
  expect(found('ntp').slice(0, 4).sort()).toEqual(
    ['ntp.servers', items[3]?.name ?? '', 'server.entpack', 'db-1'].sort(),
  )
  expect(found('ntp').slice(2, 4)).toEqual(['server.entpack', 'db-1'])
  expect(found('nxprmpt')).toEqual(['next to the prompt'])
})

test('filters narrow what is found: the host, the session, how it ended', () => {
  const input = (name: string, is: string, host: string, session: string): FinderItem => ({
    ...item('history', name),
    facets: { is, host, session },
  })
  const items = [
    input('$`systemctl stop ntp`', 'failed', 'web-[1-3]', '2026-11-27-1200'),
    input('$`systemctl start ntp`', 'ok', 'web-[1-3]', '2026-11-28-0900'),
    input('facts.server.os()', 'ok', 'db-1', '2026-11-28-0900'),
  ]
  const found = (query: string) => foundItems({ query, items }).map(({ name }) => name)
  expect(found('ntp is:failed')).toEqual(['$`systemctl stop ntp`'])
  expect(found('session:2026-11-28')).toEqual(['$`systemctl start ntp`', 'facts.server.os()'])
  expect(found('host:db-1')).toEqual(['facts.server.os()'])
  expect(found('host:web-2 is:ok')).toEqual(['$`systemctl start ntp`'])
  expect(found('host:web-4')).toEqual([])
  expect(found('host:db-1 ntp')).toEqual([])
})
