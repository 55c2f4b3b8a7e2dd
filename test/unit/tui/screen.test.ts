import { afterEach, describe, expect, test } from 'vitest'
import { type EmulatedOptions, EmulatedScreen } from './emulated-screen.js'
import { approvalScene, firstScene } from './scenes.js'
import { group, lineChange, SimulatedSession } from './simulated-session.js'

const open: EmulatedScreen[] = []

function show(session: SimulatedSession, options: EmulatedOptions = { cols: 120, rows: 40 }): EmulatedScreen {
  const screen = new EmulatedScreen(session, options)
  open.push(screen)
  return screen
}

/** Away from whatever has the keys, then out. */
async function leave(screen: EmulatedScreen): Promise<void> {
  open.splice(open.indexOf(screen), 1)
  screen.hangUp()
  await screen.left
}

afterEach(async () => {
  for (const screen of [...open]) await leave(screen)
})

/** The palette colour of the first cell of a text on the screen. */
function colourOf(screen: EmulatedScreen, text: string): number | undefined {
  for (const row of screen.emulator.cells()) {
    const at = row
      .map(cell => cell.text)
      .join('')
      .indexOf(text)
    const foreground = at < 0 ? undefined : row[at]?.foreground
    if (at >= 0) return foreground && 'palette' in foreground ? foreground.palette : undefined
  }
  throw new Error(`${text} is not on the screen`)
}

describe.each([
  { cols: 80, rows: 24 },
  { cols: 120, rows: 40 },
  { cols: 200, rows: 60 },
])('an approval at $cols×$rows', size => {
  test('shows hosts, plan, keys and no row wider than the terminal', async () => {
    const screen = show(approvalScene(), size)
    const rows = await screen.shows('a all')
    const text = rows.join('\n')
    expect(rows[0]).toMatch(
      size.cols < 110
        ? /^ muster {2}@web 12\/40 {2}● 38 {2}◌ 1 {2}✗ 1 {2}guard: confirm {2}as deploy +\d\d:\d\d:\d\d$/
        : /^ muster · inventory\.ts {2,3}(?:focus )?@web 12\/40 {2,3}● 38 ready {2,3}◌ 1 connecting {2,3}✗ 1 unreachable {2,3}guard: confirm {2,3}as deploy/,
    )
    expect(text).toMatch(/▾ web +≠1 11\/12/)
    expect(text).toMatch(/▸ edge +✗1 24\/25/)
    expect(text).toContain('plan  9 change · 2 same · 1 unknown')
    expect(text).toMatch(/8 hosts {2}\+1 −1 {2}\/etc\/ntp\.conf +web-\[1-8\] +◂/)
    expect(text).toContain('Apply files.line /etc/ntp.conf on 10 hosts?')
    expect(rows.at(-1)).toMatch(/^ a all {2}g groups/)
    expect(rows).toHaveLength(size.rows)
    expect(screen.emulator.buffer).toBe('alternate')
    if (size.cols >= 110) expect(text).toMatch(/- server old\.example/)
  })
})

test('signs and colours go together: red for removed and failed, green for added and ready', async () => {
  const screen = show(approvalScene())
  await screen.shows('a all')
  expect(colourOf(screen, '- server old.example')).toBe(1)
  expect(colourOf(screen, '+ server new.example')).toBe(2)
  expect(colourOf(screen, '✗1')).toBe(1)
  expect(colourOf(screen, '● web-1')).toBe(2)
})

test('without colour the same signs stand there and no cell has a colour', async () => {
  const screen = show(approvalScene(), { cols: 120, rows: 40, colour: false })
  const text = (await screen.shows('a all')).join('\n')
  for (const sign of ['- server old.example', '+ server new.example', '✗1', '● web-1', '? unknown'])
    expect(text).toContain(sign)
  const colours = screen.emulator
    .cells()
    .flat()
    .filter(cell => cell.foreground || cell.background)
  expect(colours).toEqual([])
})

test('approving applies, shows progress with who is waited for, then the measured result', async () => {
  const session = new SimulatedSession()
  const hosts = session.start({ web: 9 })
  session.ready(hosts)
  const cell = session.startCell("files.line({ path: '/etc/ntp.conf' })", hosts)
  const change = lineChange('/etc/ntp.conf', 'server old.example', 'server new.example')
  session.askFor(cell, {
    operation: 'files.line',
    label: 'files.line /etc/ntp.conf',
    groups: [{ hosts, outcome: 'change', changes: [change] }],
  })
  const screen = show(session)
  await screen.shows('a all')
  screen.type('a')
  expect(session.calls).toContainEqual({ kind: 'decide', id: 1, decision: { kind: 'apply' } })
  for (const host of hosts.slice(0, 7))
    session.emit(
      { type: 'change.applied', task: 1, host, change, ms: 5 },
      { type: 'task.host', task: 1, host, outcome: { status: 'ok', key: 'k', text: '', ms: 5 } },
    )
  const applying = (await screen.shows('7/9 applying')).join('\n')
  expect(applying).toMatch(/▓{12}░{4} 7\/9 applying/)
  expect(applying).toContain('waiting for web-[8-9]')
  session.endCell(cell, {
    kind: 'ok',
    value: { kind: 'results', of: 'operation', groups: [{ ...group(hosts, 'edit /etc/ntp.conf'), changes: [change] }] },
  })
  const done = (await screen.shows(/9 hosts {2}✓/)).join('\n')
  expect(done).toMatch(/9 hosts {2}✓ \+1 −1 {2}\/etc\/ntp\.conf/)
  expect(done).toContain(' Tab complete')
})

test('a transfer shows its bytes, and its bar goes by them', async () => {
  const session = new SimulatedSession()
  const hosts = session.start({ web: 4 })
  session.ready(hosts)
  const cell = session.startCell("fleet.upload('image', '/srv/image')", hosts)
  session.emit({ type: 'task.start', task: 7, cell, kind: 'transfer', label: 'upload image to /srv/image', hosts })
  const screen = show(session)
  session.emit({ type: 'task.progress', task: 7, done: 0, total: 4_000_000_000, hosts: {} })
  session.emit({ type: 'task.progress', task: 7, done: 3_000_000_000, total: 4_000_000_000, hosts: {} })
  const row = (await screen.shows('3.0 GB of')).find(line => line.includes('3.0 GB of'))
  expect(row).toMatch(/▓{12}░{4} 0\/4 3\.0 GB of 4\.0 GB upload/)
})

test('group by group: only what was taken is applied; the guard count wants the number', async () => {
  const session = new SimulatedSession()
  const hosts = session.start({ web: 4 }, 'count')
  const cell = session.startCell('files.line({})', hosts)
  const groups = [hosts.slice(0, 3), hosts.slice(3)].map((names, index) => ({
    hosts: names,
    outcome: 'change' as const,
    changes: [lineChange(`/etc/${index}`, 'a', 'b')],
  }))
  session.askFor(cell, { operation: 'files.line', label: 'files.line', groups }, { guard: 'count' })
  const screen = show(session)
  await screen.shows('guard: count')
  await screen.shows('g group by group')
  screen.type('g')
  await screen.shows('group 1 of 2: web-[1-3]')
  screen.type('yn')
  await screen.shows('type the number of hosts (3)')
  screen.type('4\r')
  await screen.shows('it is 3, not 4')
  screen.type('3\r')
  expect(session.calls).toContainEqual({
    kind: 'decide',
    id: 1,
    decision: { kind: 'apply', choices: [1], confirmedHosts: 3 },
  })
})

test('an opened notebook is read from its beginning, with the answers that were recorded', async () => {
  const session = new SimulatedSession()
  const hosts = session.start({ web: 3 })
  const answer = (text: string) =>
    ({ kind: 'ok', value: { kind: 'results', of: 'command', groups: [group(hosts, text, 0)] } }) as const
  session.emit({
    type: 'notebook.opened',
    name: 'fix-ntp',
    title: 'Fix the clocks',
    cells: [
      { key: 0, source: 'Read this first.', stale: false },
      ...Array.from({ length: 40 }, (_, at) => ({
        key: at + 1,
        number: at + 1,
        source: `$\`step ${at + 1}\``,
        end: answer(`answer ${at + 1}`),
        stale: at === 1,
      })),
      { key: 41, number: 41, source: '$`never run`', stale: false },
    ],
  })
  const screen = show(session)
  const text = (await screen.shows('Read this first.')).join('\n')
  expect(text).toMatch(/1› {2}\$`step 1` +recorded[^\n]+\n[^\n]+3 hosts {2}answer 1 +web-\[1-3\]/)
  expect(text).toMatch(/2› {2}\$`step 2` +recorded[^\n]+\n[^\n]+changed since it gave this[^\n]+\n[^\n]+answer 2 /)
  expect(text).not.toContain('never run')
  screen.type('1 + 1')
  screen.press('enter')
  await screen.shows('never run')
})

test('an error shows its place with a caret, a refused cell its type errors', async () => {
  const session = firstScene()
  session.endCell(session.startCell('const a = 1\na.toUpperCase()', []), {
    kind: 'error',
    error: {
      name: 'TypeError',
      message: 'a.toUpperCase is not a function',
      line: 2,
      column: 3,
      frames: ['cell 1:2:3'],
    },
  })
  const screen = show(session)
  const rows = await screen.shows('✗ TypeError: a.toUpperCase is not a function')
  const at = rows.findIndex(row => row.includes(' 2 │ a.toUpperCase()'))
  expect(rows[at + 1]?.indexOf('^')).toBe((rows[at]?.indexOf('a.toUpperCase') ?? 0) + 2)
})

test('type errors of a draft stay under it, and nothing is run', async () => {
  const session = firstScene()
  session.problems = [{ line: 1, column: 7, length: 3, message: "Cannot find name 'wbe'.", code: 2304 }]
  const screen = show(session)
  await screen.shows('3 ready')
  screen.type('fleet.wbe\r')
  const rows = await screen.shows("✗ 1:7 Cannot find name 'wbe'.")
  expect(rows.join('\n')).toContain('F5 runs it anyway')
  expect(session.calls.filter(({ kind }) => kind === 'run')).toEqual([])
  const row = rows.findIndex(line => line.includes('› fleet.wbe'))
  const cell = screen.emulator.cells()[row]?.find(({ x }) => x === rows[row]?.indexOf('wbe'))
  expect(cell?.underline).toBe(true)
})

test('a secret is never on the screen, and the question does not block the prompt', async () => {
  const session = firstScene()
  session.emit({
    type: 'question.asked',
    id: 5,
    question: {
      kind: 'secret',
      key: 'sudo',
      prompt: 'sudo password of deploy',
      hosts: ['demo-1', 'demo-2'],
      retry: false,
    },
  })
  const screen = show(session)
  await screen.shows('? sudo password of deploy for demo-[1-2]')
  screen.type('hunter2')
  expect((await screen.shows('•••••••')).join('\n')).not.toContain('hunter')
  screen.press('f6')
  screen.type('x.y')
  await screen.shows('› x.y')
  screen.press('shift-f6')
  await new Promise(resolve => setTimeout(resolve, 300))
  screen.press('enter')
  expect(session.calls).toContainEqual({ kind: 'answer', id: 5, answer: 'hunter2' })
})

test('Enter on a host reads its facts into the right pane, which takes the place of the hosts at 80 columns', async () => {
  const session = firstScene()
  session.factsOf = () => [
    {
      name: 'server.os',
      rows: [
        ['family', 'debian'],
        ['version', '12.9'],
      ],
      age: 0,
    },
    { name: 'server.mounts', rows: [], age: 3, error: 'df: not found' },
  ]
  const screen = show(session, { cols: 80, rows: 24 })
  await screen.shows('3 ready')
  screen.press('f6', 'f6', 'down', 'down', 'enter')
  const rows = (await screen.shows('family')).join('\n')
  expect(session.calls).toContainEqual({ kind: 'facts', host: 'demo-2', afresh: false })
  expect(rows).toMatch(/family +debian/)
  expect(rows).toContain('✗ df: not found')
  expect(rows).not.toContain('─ hosts')
  screen.press('escape')
  await screen.shows('─ hosts')
})

test('text from hosts moves nothing: control sequences are gone, long lines are cut', async () => {
  const session = firstScene()
  const nasty = `\x1b[2J\x1b[31mred\x1b[0m\x07 \x1b]0;title\x07 ${'x'.repeat(300)} 漢字 \u202e`
  session.cell('$`cat /dev/random`', { kind: 'results', of: 'command', groups: [group(['demo-1'], nasty, 0)] })
  const screen = show(session)
  const rows = await screen.shows('red')
  expect(screen.emulator.clears).toBeLessThanOrEqual(1)
  for (const row of rows.slice(1, -3)) expect(row.at(-1)).toMatch(/[│┃┐┓┘┛]/)
})

test('five thousand hosts: counts at a glance, only what is in view is drawn', async () => {
  const session = new SimulatedSession()
  const hosts = session.start({ web: 2500, db: 2500 })
  const screen = show(session)
  await screen.shows(/▸ web +0\/2500/)
  session.ready(hosts.slice(0, 4999))
  await screen.shows(/▸ db +2499\/2500/)
  screen.press('f6', 'f6', 'right', 'end')
  await screen.shows('2502/2502')
  screen.type('/web-2499')
  const rows = (await screen.shows(/● web-2499/)).join('\n')
  expect(rows).not.toContain('● web-1 ')
  screen.press('escape')
})

test('completions open above the prompt behind a dot; Tab takes the selected one', async () => {
  const session = firstScene()
  session.completions = ['os', 'kernel'].map(name => ({ name, kind: 'method', insert: name, from: 13 }))
  const screen = show(session, { cols: 80, rows: 24 })
  await screen.shows('3 ready')
  screen.type('facts.server.')
  const rows = await screen.shows('│ kernel  method │')
  expect(rows[21]).toMatch(/╰─+╯/)
  expect(rows[22]).toBe(' all 3 › facts.server.')
  screen.press('down', 'tab')
  expect((await screen.shows('› facts.server.kernel')).join('\n')).not.toContain('╰────────────────╯')
})

test('the call that is being written is shown above it, and what is wrong so far is underlined', async () => {
  const session = firstScene()
  session.assistance = {
    signature: {
      before: 'files.line({ ',
      active: 'path',
      after: ', line, present? })',
      argument: 'path: string · Absolute path on the host.',
      documentation: 'A line in a text file is there.',
    },
    problems: [{ line: 1, column: 1, length: 5, message: 'no', code: 1 }],
  }
  const screen = show(session)
  screen.type("wrong; files.line({ path: '/etc' })")
  const rows = await screen.shows('files.line({ path, line, present? })')
  expect(rows.join('\n')).toContain('path: string · Absolute path on the host.')
  expect(rows.join('\n')).toContain('A line in a text file is there.')
  const row = rows.findIndex(text => text.includes('› wrong;'))
  const cells = screen.emulator.cells()[row] ?? []
  const at = (rows[row] ?? '').indexOf('wrong')
  expect(cells.slice(at, at + 6).map(cell => cell.underline)).toEqual([true, true, true, true, true, false])
  screen.press('escape')
  await screen.shows(lines => !lines.join('\n').includes('Absolute path'))
})

test('the selected completion is described', async () => {
  const session = firstScene()
  session.completions = [{ name: 'match', kind: 'method', insert: 'match', from: 6 }]
  session.descriptions = name => `(method) ${name}(pattern: string): Fleet\nThe hosts a pattern selects.`
  const screen = show(session)
  screen.type('fleet.')
  expect((await screen.shows('The hosts a pattern selects.')).join('\n')).toContain(
    '(method) match(pattern: string): Fleet',
  )
})

test('Ctrl-R finds earlier inputs with how they ended, and puts the chosen one into the prompt', async () => {
  const session = firstScene()
  const at = Date.now() - 3 * 3_600_000
  session.inputs = [
    { text: '$`uptime`', at, session: '2026-11-01-1000', outcome: 'ok', hosts: 'web-[1-3]' },
    { text: "systemd.service({ service: 'ntp' })", at, session: '2026-11-01-1000', outcome: 'failed', hosts: 'db-1' },
    { text: "systemd.service({ service: 'nginx' })", at, session: '2026-11-02-1000', outcome: 'ok', hosts: 'web-1' },
  ]
  const screen = show(session)
  screen.press('ctrl-r')
  const all = (await screen.shows('1/3')).join('\n')
  expect(all).toMatch(/systemd\.service\(\{ service: 'nginx' \}\) +✓ {2}3 h ago {2}web-1 {2}2026-11-02-1000/)
  screen.type('sysd')
  await screen.shows('1/2')
  screen.type(' is:failed')
  const failed = (await screen.shows('1/1')).join('\n')
  expect(failed).toMatch(/'ntp' \}\) +✗ {2}3 h ago {2}db-1/)
  screen.press('enter')
  await screen.shows("› systemd.service({ service: 'ntp' })")
  expect(session.calls).toEqual([])
  screen.press('ctrl-r', 'escape')
  await screen.shows(rows => !rows.join('\n').includes('ago'))
})

test('Ctrl-P finds commands, cells, hosts, facts, operations and keys', async () => {
  const session = firstScene()
  session.known = [
    { name: 'focus', kind: 'command', detail: 'Set the focus.', insert: 'focus', from: 0 },
    { name: 'files.line', kind: 'operation', detail: 'A line is there.', insert: 'files.line', from: 0 },
    { name: 'server.os', kind: 'fact', detail: 'The operating system.', insert: 'server.os', from: 0 },
  ]
  session.startCell('fleet.size', [])
  const screen = show(session)
  await screen.shows('[1] fleet.size')
  screen.press('ctrl-p')
  await screen.shows(
    /command +:focus +Set the focus\.[\s\S]*fact +server\.os +The operating system\.[\s\S]*cell +\[1\] fleet\.size/,
  )
  await screen.shows(/operation +files\.line +A line is there\./)
  screen.type('files.l')
  await screen.shows('1/1')
  screen.press('enter')
  await screen.shows('› files.line(')
  screen.press('ctrl-u', 'ctrl-p')
  await screen.shows('find')
  screen.type('demo-2')
  await screen.shows(/host +demo-2/)
  screen.press('enter')
  await screen.shows('demo-2')
  expect(session.calls).toContainEqual({ kind: 'facts', host: 'demo-2', afresh: false })
})

test('help lists the keys from the table that decides what they do', async () => {
  const screen = show(firstScene(), { cols: 200, rows: 60 })
  await screen.shows('3 ready')
  screen.type('?')
  const rows = (await screen.shows('Completion list')).join('\n')
  expect(rows).toContain('Everywhere')
  expect(rows).toContain('stop the running cell')
  screen.press('escape')
})

test('a screen that becomes narrow shows one pane at a time, a tiny one says how small it is, and all comes back', async () => {
  const screen = show(approvalScene())
  await screen.shows('a all')
  screen.resize(60, 20)
  const rows = await screen.shows(/^┏━ session: fix-ntp ━+[\s\S]*a all/m)
  expect(rows.join('\n')).not.toContain('hosts ─')
  for (const row of rows) expect(row.length).toBeLessThanOrEqual(60)
  screen.press('f6', 'f6', 'f6')
  await screen.shows(/^┏━ hosts ━[\s\S]*web-1 /m)
  screen.press('f6')
  await screen.shows(/^┏━ facts/m)
  screen.press('escape')
  await screen.shows(/^┌─ session/m)
  screen.resize(39, 9)
  expect((await screen.shows('muster needs 40×10')).filter(row => row !== '')).toHaveLength(1)
  screen.resize(100, 30)
  await screen.shows(/^┌─ hosts ─+┐┌─ session/m)
})

test('the prompt is there while the session is being opened, and is left when that fails', async () => {
  let fail = (_: Error): void => {}
  const opened = new Promise<void>((_, reject) => {
    fail = reject
  })
  const screen = show(new SimulatedSession(), { cols: 120, rows: 40, opened })
  open.splice(open.indexOf(screen), 1)
  await screen.shows('starting …')
  screen.type('1 + 1')
  await screen.shows('› 1 + 1')
  fail(new Error('There is no inventory file nope.ts.'))
  await expect(screen.left).rejects.toThrow('There is no inventory file nope.ts.')
})

test('leaving closes the session', async () => {
  const session = firstScene()
  const screen = show(session)
  await screen.shows('3 ready')
  screen.press('ctrl-d')
  await screen.left
  expect(session.calls.at(-1)).toEqual({ kind: 'close' })
})

test('themes and ASCII signs are set while the screen is there, and nothing moves', async () => {
  const session = approvalScene()
  const now = Date.now() + 1000
  const screen = show(session, { cols: 120, rows: 40, now: () => now })
  const before = await screen.shows('a all')
  session.emit({ type: 'session.settings', settings: { editor: 'emacs', theme: 'light', signs: 'ascii', keys: {} } })
  const after = await screen.shows('+- hosts')
  // the signs of others' text are theirs: nothing else of this screen is beyond ASCII
  expect(after.join('\n')).toMatch(/^[\n -~]*$/)
  for (const [index, row] of after.entries())
    if (index < after.length - 1) expect(row.length, `row ${index}`).toBe((before[index] ?? '').length)
  const colours = screen.emulator.cells().flatMap(row => row.flatMap(({ foreground }) => foreground ?? []))
  expect(colours.some(colour => 'palette' in colour && colour.palette === 124)).toBe(true)
  session.emit({
    type: 'session.settings',
    settings: { editor: 'emacs', theme: 'terminal', signs: 'unicode', keys: {} },
  })
  expect(await screen.shows('┌─ hosts')).toEqual(before)
})
