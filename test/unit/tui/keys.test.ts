import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS, withSetting } from '../../../src/repl/settings/settings.js'
import { approvalScene } from './scenes.js'
import { show } from './show.js'
import { SimulatedSession } from './simulated-session.js'

test('a key that was set does it; footer, hints and help say that one', async () => {
  const session = approvalScene()
  const now = Date.now() + 1000
  const screen = show(session, { cols: 200, rows: 60, now: () => now })
  await screen.shows('a all')
  const settings = ['approval.approve-groups f9', 'hosts.sort T', 'everywhere.next-pane f3'].reduce(
    (set, keys) => withSetting(set, 'key', keys),
    DEFAULT_SETTINGS,
  )
  session.emit({ type: 'session.settings', settings })
  expect((await screen.shows('F9 group by group')).at(-1)).toContain('F9 groups')
  screen.press('g')
  screen.press('f9')
  await screen.shows('group 1 of 3')
  screen.press('escape')
  await screen.shows(rows => /declined/.test(rows.join('\n')) && /^ ⏎ run/.test(rows.at(-1) ?? ''))
  screen.press('f3', 'f3')
  screen.press('t', 'T')
  await screen.shows('by name')
  screen.press('?')
  const help = (await screen.shows('sort by the next of')).join('\n')
  expect(help).toMatch(/T +sort by the next of/)
  // what works where the person was comes first
  expect(help).toMatch(/┏.* help.*\n.*┃ Hosts/)
  expect(help.indexOf('Hosts')).toBeLessThan(help.indexOf('Everywhere'))
})

test('what keys do in panes is found and done from the list, and settings are set', async () => {
  const session = new SimulatedSession()
  session.ready(session.start({ web: 4 }))
  const screen = show(session)
  await screen.shows('4 ready')
  screen.press('ctrl-p')
  screen.type('sort by the next')
  await screen.shows(/hosts +sort by the next.* t/)
  screen.press('enter')
  await screen.shows('by name')
  screen.press('ctrl-p')
  screen.type('theme light')
  await screen.shows(/setting +theme light/)
  screen.press('enter')
  await screen.shows(': set theme light')
  expect(session.calls).toContainEqual({ kind: 'command', line: 'set theme light' })
  screen.press('ctrl-p')
  screen.type('over the whole width')
  await screen.shows(/side +the pane over the whole width/)
  screen.press('enter')
  await screen.shows(rows => !rows.join('\n').includes('hosts ─'))
})
