import { expect, test } from 'vitest'
import { show } from './show.js'
import { group, lineChange, SimulatedSession } from './simulated-session.js'

const WEB = ['web-1', 'web-2', 'web-3']
const LONG = Array.from({ length: 16 }, (_, row) => `line ${row}`).join('\n')

/** A cell with two groups of answers, of which it is known what each host said, and cells around it. */
function answered(): SimulatedSession {
  const session = new SimulatedSession()
  session.ready(session.start({ web: 3 }))
  session.cell('1 + 1', { kind: 'text', text: '2' })
  const cell = session.startCell('$`dmesg`', WEB)
  session.emit({ type: 'task.start', task: 5, cell, kind: 'command', label: 'dmesg', hosts: WEB })
  for (const [at, host] of WEB.entries())
    session.emit({
      type: 'task.host',
      task: 5,
      host,
      outcome:
        host === 'web-3'
          ? { status: 'failed', key: 'b', text: 'web-3: not permitted', exitCode: 1, ms: 1200 }
          : { status: 'ok', key: 'a', text: LONG, exitCode: 0, ms: 40 + at },
    })
  session.endCell(cell, {
    kind: 'ok',
    value: {
      kind: 'results',
      of: 'command',
      groups: [group(WEB.slice(0, 2), LONG, 0), group(['web-3'], 'not permitted', 1)],
    },
  })
  return session
}

/** Rows of the cells pane, without their borders. */
const cells = (rows: readonly string[]) => rows.map(row => row.split('┃')[1]?.trimEnd() ?? '')

test('an answer is opened level by level, cell, group, host, what the host said; and shut the same way, up to the cell', async () => {
  const screen = show(answered(), { cols: 120, rows: 60 })
  await screen.shows('[2]')
  screen.press('f6', 'home', 'down', 'down')
  // the beginning is open by itself; all of it; its hosts; one of them
  expect((await screen.shows('… 8 more lines')).join('\n')).not.toContain('line 15')
  screen.press('right')
  await screen.shows('line 15')
  screen.press('right')
  await screen.shows(/▸ web-1 {2}✓ exit 0 +0\.04 s[\s\S]*▸ web-2 {2}✓ exit 0 +0\.04 s/)
  screen.press('down', 'right')
  const open = await screen.shows(/▾ web-1[\s\S]*│ line 15[\s\S]*▸ web-2/)
  screen.press('right')
  expect(await screen.shows('▾ web-1')).toEqual(open)
  screen.press('Y')
  await screen.shows('Copied web-1.')
  screen.press('y')
  await screen.shows('Copied 16 lines.')
  // a level less each time, then to what it is in
  screen.press('left')
  await screen.shows(/▸ web-1[\s\S]*▸ web-2/)
  screen.press('left', 'left')
  await screen.shows(rows => /line 15/.test(rows.join('\n')) && !/▸ web-1/.test(rows.join('\n')))
  screen.press('left')
  await screen.shows('… 8 more lines')
  screen.press('left')
  await screen.shows(rows => !/line 1\b/.test(rows.join('\n')))
  screen.press('left', 'left')
  const folded = cells(await screen.shows(/▸ \[2\] \$`dmesg` +✗ 1 of 3 hosts in 2 groups/))
  expect(folded.findIndex(row => row.includes('[2]'))).toBe(
    folded.findLastIndex(row => row !== '' && row !== undefined),
  )
  screen.press('right')
  await screen.shows(/\[2\] \$`dmesg`[\s\S]*▸ 2 hosts/)
})

test('what failed on a host is there word for word, with its exit code and its time', async () => {
  const screen = show(answered(), { cols: 120, rows: 60 })
  await screen.shows('[2]')
  screen.press('f6', 'end', 'right', 'down', 'right')
  await screen.shows(/▾ web-3 {2}✗ exit 1 +1\.2 s[\s\S]*│ web-3: not permitted/)
})

/** A plan of two groups; what the first is given are three steps, one of them long. */
function planned(): SimulatedSession {
  const session = new SimulatedSession()
  session.ready(session.start({ web: 3 }))
  const many = Array.from({ length: 20 }, (_, row) => `key${row} = on`).join('\n')
  session.askFor(session.startCell('site()', WEB), {
    operation: 'site',
    label: 'site',
    groups: [
      {
        hosts: WEB.slice(0, 2),
        outcome: 'change',
        changes: [
          lineChange('/etc/ntp.conf', 'server old', 'server new'),
          lineChange('/etc/motd', 'hello', 'welcome'),
          {
            summary: 'write /etc/app.conf',
            diff: { kind: 'text', subject: '/etc/app.conf', before: null, after: `${many}\n` },
            commands: [],
            undoable: true,
          },
        ],
      },
      { hosts: ['web-3'], outcome: 'change', changes: [lineChange('/etc/motd', 'hello', 'welcome')] },
    ],
  })
  return session
}

test('a plan is opened level by level: group, step, diff; a step alone in its group shows its diff at once', async () => {
  const screen = show(planned(), { cols: 120, rows: 60 })
  await screen.shows('a all')
  screen.press('f6', 'f6', 'home', 'down', 'down')
  screen.press('right')
  const steps = (await screen.shows('▸ edit /etc/motd')).join('\n')
  expect(steps).toMatch(
    /▾ 2 hosts[\s\S]*▸ edit \/etc\/ntp\.conf {2}\+1 −1[\s\S]*▸ edit \/etc\/motd {2}\+1 −1[\s\S]*▸ write \/etc\/app\.conf {2}\+20 −0/,
  )
  expect(cells(steps.split('\n')).join('\n')).not.toContain('+ server new')
  screen.press('down', 'right')
  expect(cells(await screen.shows(/▾ edit \/etc\/ntp\.conf/)).join('\n')).toMatch(
    /- server old\n.*\+ server new[\s\S]*▸ edit \/etc\/motd/,
  )
  // the beginning of a long diff, then all of it
  screen.press('down', 'down', 'right')
  expect(cells(await screen.shows(/▾ write \/etc\/app\.conf/)).join('\n')).toMatch(/\+ key10 = on\n.*… \d more lines/)
  screen.press('right')
  await screen.shows(rows => cells(rows).join('\n').includes('+ key19 = on'))
  screen.press('left', 'left', 'left')
  await screen.shows(/┃ +▸ write \/etc\/app\.conf/)
  // back at the group: all of it at once, then nothing, then to the plan
  screen.press('right')
  expect(cells(await screen.shows(rows => cells(rows).join('\n').includes('+ key19 = on'))).join('\n')).toContain(
    '+ welcome',
  )
  screen.press('left', 'left')
  await screen.shows(rows => !cells(rows).join('\n').includes('edit /etc/motd'))
  screen.press('down', 'right')
  expect(cells(await screen.shows(/▾ 1 host/)).join('\n')).toMatch(/▾ edit \/etc\/motd\n[\s\S]*\+ welcome/)
  screen.press('left', 'left', 'left')
  await screen.shows(/▸ plan {2}3 change/)
})

test('all of a cell is opened at once, all cells are folded at once; what was opened is so after scrolling', async () => {
  const session = answered()
  for (let n = 3; n < 30; n++) session.cell(`${n}`, { kind: 'text', text: `is ${n}` })
  const screen = show(session, { cols: 100, rows: 24 })
  await screen.shows('[29]')
  screen.press('f6', 'home', 'down', '+')
  await screen.shows('line 12')
  screen.press('+', 'down', 'down', 'right')
  const there = await screen.shows(/▾ web-1[\s\S]*│ line 3/)
  screen.press('pagedown', 'pagedown', 'pagedown')
  await screen.shows(rows => !rows.join('\n').includes('web-1  ✓'))
  screen.press('pageup', 'pageup', 'pageup')
  expect(cells(await screen.shows(/▾ web-1[\s\S]*│ line 3/))).toEqual(cells(there))
  screen.press('-', 'home')
  const folded = cells(await screen.shows('▸ [1]'))
  expect(folded.slice(2, 6).map(row => row.trim().replace(/ +/g, ' '))).toEqual([
    '▸ [1] 1 + 1 2',
    '▸ [2] $`dmesg` ✗ 1 of 3 hosts in 2 groups',
    '▸ [3] 3 is 3',
    '▸ [4] 4 is 4',
  ])
  screen.press('-', 'down', 'down', 'down', 'down')
  await screen.shows(/▾ web-1[\s\S]*│ line 3/)
})
