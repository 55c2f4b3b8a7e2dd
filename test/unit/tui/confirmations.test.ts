import { expect, test } from 'vitest'
import { approvalScene } from './scenes.js'
import { show } from './show.js'
import { SimulatedSession } from './simulated-session.js'

/** Two hosts on which a command runs. */
function busy(): SimulatedSession {
  const session = new SimulatedSession()
  const hosts = session.start({ web: 2 })
  session.ready(hosts)
  const cell = session.startCell('$`sleep 60`', hosts)
  session.emit({ type: 'task.start', task: 1, cell, kind: 'command', label: 'sleep 60', hosts })
  return session
}

const left = (session: SimulatedSession): boolean => session.calls.some(({ kind }) => kind === 'close')
const askedToQuit = (session: SimulatedSession): boolean =>
  session.calls.some(call => call.kind === 'command' && call.line === 'quit')

test('leaving says what would be cut off, and does it only when told so', async () => {
  const session = busy()
  const screen = show(session)
  await screen.shows('2 ready')
  screen.type(':quit\r')
  await screen.shows('Cell 1 still runs on web-[1-2]: it would be cut off. :quit! leaves all the same.')
  screen.press('ctrl-d')
  await screen.shows('Cell 1 still runs')
  screen.type('6 * 7\r')
  await screen.shows('queued: 6 * 7')
  screen.type(':q\r')
  await screen.shows('A cell waits behind it. :quit! leaves all the same.')
  expect([left(session), askedToQuit(session)]).toEqual([false, false])
  screen.type(':q!\r')
  await screen.left
  expect(left(session)).toBe(true)
})

test('a plan that waits is told when one leaves; where nothing is lost nothing is asked', async () => {
  const session = approvalScene()
  const screen = show(session)
  await screen.shows('a all')
  screen.press('f6')
  screen.type(':quit\r')
  await screen.shows('A plan waits for you: nothing of it would be applied. :quit! leaves all the same.')
  const calm = new SimulatedSession()
  calm.ready(calm.start({ web: 2 }))
  const other = show(calm)
  await other.shows('2 ready')
  other.type(':quit\r')
  await other.left
  expect(left(calm)).toBe(true)
})

test('what the kernel knows of stays: its refusal is shown, and the session goes on', async () => {
  const session = new SimulatedSession()
  session.ready(session.start({ web: 2 }))
  session.reply = () => {
    throw new Error('Cells left this running, which would end: 1: setInterval every 1 s (cell 3). :quit! …')
  }
  const screen = show(session)
  await screen.shows('2 ready')
  screen.press('ctrl-d')
  await screen.shows(/setInterval every 1 s/)
  expect([left(session), askedToQuit(session)]).toEqual([false, true])
})

test('marks that are all taken away come back by the same key, until others are made', async () => {
  const session = new SimulatedSession()
  session.ready(session.start({ web: 4 }))
  const screen = show(session)
  await screen.shows('4 ready')
  screen.press('f6', 'f6', 'down', 'space', 'down', 'space', 'u')
  await screen.shows('2 marks are taken away: u puts them back.')
  expect(session.calls.at(-1)).toEqual({ kind: 'select', hosts: [] })
  screen.press('u')
  await screen.shows(/\*● web-1[\s\S]*\*● web-3/)
  expect(session.calls.at(-1)).toEqual({ kind: 'select', hosts: ['web-1', 'web-3'] })
  screen.press('u', 'end', 'space', 'u', 'u')
  await screen.shows(rows => !/\*● web-1/.test(rows.join('\n')) && /\*● web-4/.test(rows.join('\n')))
})

test('a draft of several lines that gives way is told of, and comes back', async () => {
  const session = new SimulatedSession()
  session.ready(session.start({ web: 2 }))
  session.cell('const one = 1', { kind: 'nothing' })
  session.known = [{ name: 'focus', kind: 'command', detail: 'Set the focus.', insert: 'focus', from: 0 }]
  const screen = show(session)
  await screen.shows('[1]')
  const gone = 'The draft of 3 lines gave way: Ctrl-_ brings it back.'
  const draft = (rows: readonly string[]) => /› if \(a\) \{\n.* b\(\)\n.* \}/.test(rows.join('\n'))
  screen.send('\x1b[200~if (a) {\n  b()\n}\x1b[201~')
  await screen.shows(draft)
  for (const give of [
    () => screen.press('ctrl-c'),
    () => screen.press('f6', 'e'),
    () => screen.press('f6', 'b'),
    async () => {
      screen.press('ctrl-p')
      await screen.shows(/command +:focus/)
      screen.type(':focus')
      screen.press('enter')
    },
  ]) {
    await give()
    await screen.shows(rows => rows.join('\n').includes(gone) && !draft(rows))
    screen.press('ctrl-_')
    await screen.shows(draft)
  }
})
