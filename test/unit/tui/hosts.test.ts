import { expect, test } from 'vitest'
import { show } from './show.js'
import { group, SimulatedSession } from './simulated-session.js'

/** Hosts in the order the pane shows them. */
const shown = (rows: readonly string[]) => rows.flatMap(row => /[●○✗◌].([a-z]+-\d+)/.exec(row.slice(0, 26))?.[1] ?? [])

/** Four hosts of which one is lost, one is slow, and one answered otherwise than most. */
function mixedScene(): SimulatedSession {
  const session = new SimulatedSession()
  const hosts = session.start({ web: 4 })
  session.ready(hosts)
  for (const ms of [3, 4, 80, 3, 4])
    session.emit({ type: 'host.latency', host: 'web-2', ms }, { type: 'host.latency', host: 'web-3', ms: 40 + ms })
  session.emit({ type: 'host.state', host: 'web-4', state: 'lost', ms: 1, reason: 'the link was lost' })
  session.cell('$`uname -r`', {
    kind: 'results',
    of: 'command',
    groups: [group(['web-1', 'web-3'], '6.1', 0), group(['web-2'], '5.10', 0)],
  })
  return session
}

test('who answered otherwise is marked, sorted to the top and found by one key', async () => {
  const screen = show(mixedScene())
  const rows = (await screen.shows('≠ ● web-2')).join('\n')
  expect(rows).toMatch(/▾ web +≠1 ○1 3\/4/)
  expect(rows).toMatch(/≠ ● web-2 [▁▂▃▄▅▆▇█]{5} +4 ms/)
  screen.press('f6', 'f6', 't', 't')
  expect(shown(await screen.shows('by state'))).toEqual(['web-4', 'web-1', 'web-2', 'web-3'])
  screen.press('t')
  expect(shown(await screen.shows('by last'))[0]).toBe('web-2')
  screen.press('t')
  expect(shown(await screen.shows('by latency')).slice(0, 2)).toEqual(['web-3', 'web-4'])
  screen.press('x')
  expect(shown(await screen.shows('/is:differs'))).toEqual(['web-2'])
  screen.press('x', '/')
  screen.type('is:lost')
  expect(shown(await screen.shows('is:lost'))).toEqual(['web-4'])
  screen.press('escape', '/')
  screen.type('!is:lost web')
  expect(shown(await screen.shows('!is:lost web'))).toHaveLength(3)
})

test('a host that comes to differ moves to its place while the pane is sorted by it', async () => {
  const session = mixedScene()
  const screen = show(session)
  await screen.shows('≠ ● web-2')
  screen.press('f6', 'f6', 't', 't', 't')
  await screen.shows('by last')
  session.cell('$`id`', {
    kind: 'results',
    of: 'command',
    groups: [group(['web-1', 'web-2'], 'a', 0), group(['web-3'], 'no', 1)],
  })
  const rows = await screen.shows('✗ ● web-3')
  expect(shown(rows)[0]).toBe('web-3')
  expect(rows.join('\n')).not.toContain('≠ ● web-2')
})

test('a host is ready, on its way, lost or unreachable, each with a sign and a count; what a command came to is told beside it', async () => {
  const session = new SimulatedSession()
  session.ready(session.start({ web: 9 }))
  session.emit(
    { type: 'host.state', host: 'web-1', state: 'lost', ms: 1, reason: 'the link was lost' },
    { type: 'host.state', host: 'web-2', state: 'failed', ms: 1, reason: 'no answer' },
    { type: 'host.state', host: 'web-3', state: 'auth', ms: 1 },
  )
  const answers = ['failed', 'unreachable', 'unknown', 'cancelled', 'skipped'] as const
  session.cell('$`id`', {
    kind: 'results',
    of: 'operation',
    groups: answers.map((status, index) => ({ ...group([`web-${index + 4}`], 'no'), status })),
  })
  const screen = show(session)
  const rows = await screen.shows('[1]')
  expect(rows[0]).toContain('● 6 ready  ◌ 1 connecting  ○ 1 lost  ✗ 1 unreachable  guard: confirm  as deploy')
  const text = rows.join('\n')
  for (const row of ['○ web-1 +lost', '✗ web-2 +unreachable', '◌ web-3 +auth']) expect(text).toMatch(new RegExp(row))
  expect(text).toMatch(
    /✗ ● web-4 .*[\s\S]*✗ ● web-5 .*[\s\S]*\? ● web-6 .*[\s\S]*– ● web-7 .*[\s\S]*– ● web-8 .*[\s\S]*● web-9 /,
  )
  const left = async (filter: string) => {
    screen.type(`/${filter}`)
    const found = shown(await screen.shows(`/${filter}`))
    screen.press('escape')
    return found
  }
  screen.press('f6', 'f6')
  expect(await left('is:lost')).toEqual(['web-1'])
  expect(await left('is:unreachable')).toEqual(['web-2'])
  expect(await left('is:connecting')).toEqual(['web-3'])
  // one that was left out on purpose has not failed
  expect(await left('is:failed')).toEqual(['web-4', 'web-5', 'web-6', 'web-7'])
  screen.resize(80, 24)
  expect((await screen.shows('○ 1'))[0]).toContain('● 6  ◌ 1  ○ 1  ✗ 1')
})

test('a shell takes the whole terminal and gives it back; one that cannot be opened says why', async () => {
  const session = mixedScene()
  const screen = show(session)
  await screen.shows('≠ ● web-2')
  screen.press('f6', 'f6', 'down', 's')
  await screen.shows('web-1$')
  screen.type('exit\r')
  const rows = (await screen.shows('ended with 3')).join('\n')
  expect(rows).toContain('shell web-1')
  expect(rows).not.toContain('typed exit')
  session.unreachable = 'web-2'
  screen.press('down', 's')
  await screen.shows('✗ web-2: no answer within 10 s')
  screen.press('escape')
  screen.type(':shell nowhere\r')
  await screen.shows('There is no host nowhere; there are web-1')
})

test('marks that a command makes are in the pane; :shell sel types to them', async () => {
  const session = new SimulatedSession()
  session.ready(session.start({ web: 4 }))
  const screen = show(session)
  await screen.shows('4 ready')
  screen.type(':shell sel\r')
  await screen.shows('No host is marked: sel is empty.')
  screen.press('ctrl-u')
  session.emit({ type: 'session.marked', hosts: ['web-2', 'web-4'] })
  await screen.shows(/\*● web-2[\s\S]*\*● web-4/)
  screen.type(':shell sel\r')
  await screen.shows('typing to all 2')
  expect(session.calls.filter(({ kind }) => kind === 'attach')).toEqual([
    { kind: 'attach', host: 'web-2' },
    { kind: 'attach', host: 'web-4' },
  ])
})

test('the guard in the status line is the one that was set last', async () => {
  const session = new SimulatedSession()
  session.ready(session.start({ web: 2 }))
  const screen = show(session)
  await screen.shows('guard: confirm')
  session.emit({ type: 'session.guarded', guard: 'readonly', hosts: ['web-1'] })
  await screen.shows('guard: readonly')
})

test('names go before sparklines and counts where there is no room for both', async () => {
  const session = new SimulatedSession()
  const hosts = session.start({ 'edge-north': 1200 })
  for (const ms of [3, 12])
    session.emit(...hosts.slice(0, 12).map(host => ({ type: 'host.latency' as const, host, ms })))
  session.ready(hosts.slice(2))
  session.emit({ type: 'host.state', host: 'edge-north-1', state: 'failed', ms: 5, reason: 'no' })
  session.cell('$`id`', {
    kind: 'results',
    of: 'command',
    groups: [group(hosts.slice(100), 'a', 0), group(hosts.slice(0, 100), 'b', 0)],
  })
  const screen = show(session, { cols: 80, rows: 24 })
  await screen.shows('[1]')
  screen.press('f6', 'f6', 'right')
  const rows = (await screen.shows('▾ edge-north')).join('\n')
  expect(rows).toMatch(/▾ edge-north +1198\/1200/)
  expect(rows).toMatch(/≠ ● edge-north-12 +\d+ ms/)
  expect(rows).not.toContain('edge-no…')
})

test('what is pasted as a filter is shown, and rings no bell', async () => {
  const screen = show(mixedScene())
  await screen.shows('web-2')
  screen.press('f6', 'f6')
  let written = ''
  screen.onFrame = bytes => {
    written += bytes
  }
  screen.send('/')
  await screen.shows('/ ')
  screen.send('\x1b[200~web\x07\x00\u202e-1\x1b[201~')
  await screen.shows(/\/web.*-1/)
  expect(written).not.toMatch(/[\x00\x07\u202e]/)
})
