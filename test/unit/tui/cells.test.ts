import { expect, test } from 'vitest'
import { approvalScene } from './scenes.js'
import { show } from './show.js'
import { group, hostKeyQuestion, SimulatedSession } from './simulated-session.js'

/** Three cells: a short answer, a long one in two groups, a printed line. */
function threeCells(): SimulatedSession {
  const session = new SimulatedSession()
  const hosts = session.start({ web: 3 })
  session.ready(hosts)
  session.cell('$`hostname`', { kind: 'results', of: 'command', groups: [group(hosts, 'one answer', 0)] })
  const long = Array.from({ length: 60 }, (_, row) => (row === 41 ? 'needle in row 41' : `row ${row}`)).join('\n')
  session.cell('$`dmesg`', {
    kind: 'results',
    of: 'command',
    groups: [group(hosts.slice(0, 2), long, 0), group(hosts.slice(2), 'short', 0)],
  })
  session.cell('const answer = 42', { kind: 'nothing' })
  return session
}

const order = (rows: readonly string[]) => rows.join('\n').match(/\[\d\]/g) ?? []

test('a text is found in answers that are folded, goes round, and stands out', async () => {
  const screen = show(threeCells())
  await screen.shows('[3]')
  screen.press('f6', '/')
  screen.type('NEEDLE')
  await screen.shows('/NEEDLE')
  screen.press('enter')
  const rows = await screen.shows('1 of 1 rows')
  const y = rows.findIndex(row => row.includes('needle in row 41'))
  const x = (rows[y] ?? '').indexOf('needle')
  expect(
    screen.emulator
      .cells()
      [y]?.slice(x, x + 7)
      .map(cell => cell.inverse),
  ).toEqual([...Array.from({ length: 6 }, () => true), false])
  screen.press('/')
  screen.type('row 1')
  screen.press('enter')
  await screen.shows(/11 of 11 rows/)
  screen.press('n')
  await screen.shows(/1 of 11 rows/)
  screen.press('N')
  await screen.shows(/11 of 11 rows/)
  screen.press('/', 'escape')
  await screen.shows(all => !all.join('\n').includes('/row 1'))
})

test('a source, an answer and the names of its hosts are copied', async () => {
  const screen = show(threeCells())
  await screen.shows('[3]')
  screen.press('f6', 'y')
  await screen.shows('Copied const answer = 42.')
  expect(screen.copied).toBe('const answer = 42')
  screen.press('up', 'y')
  await screen.shows('Copied short.')
  screen.press('Y')
  await screen.shows('Copied web-3.')
  screen.press('up', 'y')
  await screen.shows('Copied 60 lines.')
  expect(screen.copied?.split('\n')[41]).toBe('needle in row 41')
})

test('a cell is edited in the prompt, run again, moved and taken off the screen', async () => {
  const session = threeCells()
  const screen = show(session)
  await screen.shows('[3]')
  screen.press('f6', 'e')
  await screen.shows('› const answer = 42')
  screen.press('ctrl-u', 'f6', 'home', 'r')
  expect(session.calls).toContainEqual({ kind: 'run', source: '$`hostname`', force: false })
  screen.press('f6', 'home', 'J')
  expect(order(await screen.shows(rows => order(rows)[0] === '[2]'))).toEqual(['[2]', '[1]', '[3]'])
  screen.press('X')
  await screen.shows('Again takes cell 1 off the screen')
  screen.press('up', 'down', 'X')
  expect(order(await screen.shows('Again takes'))).toHaveLength(3)
  screen.press('X')
  expect(order(await screen.shows(rows => order(rows).length === 2))).toEqual(['[2]', '[3]'])
})

test('where one was in the cells is remembered until something new comes', async () => {
  const session = threeCells()
  for (let n = 4; n < 20; n++) session.cell(`${n}`, { kind: 'nothing' })
  const screen = show(session, { cols: 80, rows: 24 })
  await screen.shows('[19]')
  screen.press('f6', 'home', 'escape')
  await screen.shows(rows => !rows.join('\n').includes('[1]'))
  screen.press('f6')
  await screen.shows('[1]')
  screen.press('escape')
  session.cell('1 + 1', { kind: 'text', text: '2' })
  await screen.shows('[20]')
  screen.press('f6')
  expect((await screen.shows('[20]')).join('\n')).not.toContain('[1]')
})

/** A left click on the first cell of a text, the lowest where it stands in several rows. */
async function click(screen: ReturnType<typeof show>, text: string): Promise<void> {
  const rows = await screen.shows(text)
  const y = rows.findLastIndex(row => row.includes(text))
  const x = (rows[y] ?? '').indexOf(text)
  screen.send(`\x1b[<0;${x + 1};${y + 1}M\x1b[<0;${x + 1};${y + 1}m`)
}

test('keys that are written on the screen can be clicked: footer, approval, tabs, lists', async () => {
  const session = approvalScene()
  const screen = show(session, { cols: 120, rows: 40, now: () => Date.now() + 1000 })
  await screen.shows('a all')
  await click(screen, 'g group by group')
  await screen.shows('group 1 of')
  await click(screen, 'y apply')
  await screen.shows('group 2 of')
  await click(screen, 'Esc decline all')
  expect(session.calls).toContainEqual({ kind: 'decide', id: 1, decision: { kind: 'decline' } })
  await click(screen, 'help ─')
  await screen.shows('Everywhere')
  // a line of the key help is that key
  await click(screen, 'search the inputs of')
  await screen.shows('is:ok is:failed')
  screen.press('escape')
  session.factsOf = () => [
    {
      name: 'server.os',
      rows: [
        ['family', 'debian'],
        ['version', '12'],
      ],
      age: 0,
    },
  ]
  await click(screen, '● web-1 ')
  await click(screen, '● web-1 ')
  await screen.shows('▾ server.os')
  await click(screen, '▾ server.os')
  await screen.shows('▸ server.os')
  session.emit({
    type: 'question.asked',
    id: 9,
    question: hostKeyQuestion({ host: 'web-7', hosts: ['web-7'] }),
  })
  await screen.shows('is not known')
  screen.press('f2')
  await click(screen, 'n refuse')
  expect(session.calls).toContainEqual({ kind: 'answer', id: 9, answer: false })
  await click(screen, '▸ edge')
  await click(screen, '▸ edge')
  await screen.shows('▾ edge')
  session.known = [{ name: 'focus', kind: 'command', detail: 'Set the focus.', insert: 'focus', from: 0 }]
  await click(screen, '^P find')
  await click(screen, ':focus')
  await screen.shows('› :focus')
})

test('any pane takes the whole width, and gives it back', async () => {
  const screen = show(threeCells(), { cols: 80, rows: 24 })
  await screen.shows('[3]')
  screen.press('f6', 'z')
  const rows = await screen.shows(all => !all.join('\n').includes('┌─ hosts'))
  expect(rows[1]).toMatch(/^┏━ session: fix-ntp ━+.*┓$/)
  screen.press('f6')
  expect((await screen.shows('━ hosts'))[1]).toHaveLength(80)
  screen.press('f6')
  expect((await screen.shows('━ facts'))[1]).toHaveLength(80)
  screen.press('z')
  await screen.shows('session: fix-ntp')
})

test('while a command runs, what its hosts said last is shown, folded; one host can be followed', async () => {
  const session = new SimulatedSession()
  const hosts = session.start({ web: 6 })
  session.ready(hosts)
  const cell = session.startCell('$`apt-get upgrade`', hosts)
  session.emit({ type: 'task.start', task: 3, cell, kind: 'command', label: 'apt-get upgrade', hosts })
  const screen = show(session)
  session.emit({
    type: 'task.output',
    task: 3,
    hosts: Object.fromEntries(
      hosts.map(host => [host, ['Reading', host === 'web-6' ? 'Fetching libc' : 'Unpacking ntp']]),
    ),
  })
  const rows = (await screen.shows('Unpacking ntp')).join('\n')
  expect(rows).toMatch(/│ web-\[1-5\] Unpacking ntp/)
  expect(rows).toMatch(/│ web-6 Fetching libc/)
  screen.press('f6', 'o')
  await screen.shows(/web-6 .*│\n.* {2}Reading.*\n.* {2}Fetching libc/)
  session.emit({
    type: 'task.host',
    task: 3,
    host: 'web-6',
    outcome: { status: 'ok', key: 'k', text: 'done', ms: 900 },
  })
  await screen.shows(all => !all.join('\n').includes('Fetching libc'))
  session.endCell(cell, { kind: 'ok', value: { kind: 'results', of: 'command', groups: [group(hosts, 'done', 0)] } })
  await screen.shows(all => !all.join('\n').includes('Unpacking ntp'))
})

test('cells and prose are written beside others; what is saved is told the order', async () => {
  const session = threeCells()
  const screen = show(session)
  await screen.shows('[3]')
  screen.press('f6', 'a')
  await screen.shows('goes above [3] · Esc: at the end')
  screen.type('const between = 1')
  screen.press('enter')
  await screen.shows(() => session.calls.some(call => call.kind === 'run'))
  session.cell('const between = 1', { kind: 'nothing' })
  const rows = await screen.shows('[4]')
  expect(order(rows)).toEqual(['[1]', '[2]', '[4]', '[3]'])
  expect(session.calls).toContainEqual({ kind: 'arrange', cells: [1, 2, 4, 3] })
  screen.press('f6', 'home', 'm')
  await screen.shows('goes below [1]')
  screen.type('The **clocks** differ')
  screen.press('enter')
  await screen.shows(() => session.calls.some(call => call.kind === 'command'))
  expect(session.calls).toContainEqual({ kind: 'command', line: 'note The **clocks** differ' })
  session.cell(':note The **clocks** differ', { kind: 'nothing' })
  const shown = (await screen.shows('The clocks differ')).join('\n')
  expect(shown.indexOf('The clocks')).toBeLessThan(shown.indexOf('[2]'))
  expect(session.calls.at(-1)).toEqual({ kind: 'arrange', cells: [1, 5, 2, 4, 3] })
  // another text takes its place
  screen.press('f6', 'home', 'down', 'down', 'e')
  await screen.shows('goes in the place of [5]')
  screen.press('escape')
  await screen.shows(all => !all.join('\n').includes('goes in the place'))
})

test('while changes are applied: who is at what for how long, what failed at once, then when each was at work', async () => {
  const session = new SimulatedSession()
  const hosts = session.start({ web: 4 })
  session.ready(hosts)
  const cell = session.startCell("files.line({ path: '/etc/motd', line: 'x' })", hosts)
  session.emit({ type: 'task.start', task: 9, cell, kind: 'operation', label: 'files.line /etc/motd', hosts })
  const plan = { operation: 'files.line', label: 'files.line /etc/motd', groups: [] }
  session.emit({ type: 'plan', task: 9, cell, plan })
  session.emit({ type: 'change.start', task: 9, host: 'web-1', summary: 'edit /etc/motd' })
  session.emit({
    type: 'task.host',
    task: 9,
    host: 'web-4',
    outcome: { status: 'failed', key: 'f', text: 'No space left on device\nat …', ms: 5 },
  })
  const screen = show(session, { cols: 160, rows: 50 })
  const rows = (await screen.shows('1/4 applying files.line')).join('\n')
  expect(rows).toMatch(/✗ 1 host {2}web-4 {2}No space left on device/)
  expect(rows).toMatch(/waiting for web-\[1-3\]/)
  expect(rows).toMatch(/│ web-1 \S+ m?s edit \/etc\/motd/)
  hosts.slice(0, 3).forEach((host, index) => {
    const outcome = { status: 'ok' as const, key: 'k', text: '', ms: 40 * (index + 1) }
    session.emit({ type: 'task.host', task: 9, host, outcome })
  })
  session.endCell(cell, { kind: 'ok', value: { kind: 'results', of: 'command', groups: [group(hosts, 'done', 0)] } })
  await screen.shows('done  web-[1-4]')
  screen.press('f6', 'o')
  const chart = (await screen.shows('timeline')).join('\n')
  expect(chart).toMatch(/at work +[▁-█]+/)
  expect(chart).toMatch(/web-3 +·*▓+/)
})
