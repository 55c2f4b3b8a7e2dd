import { expect, test } from 'vitest'
import type { FactView } from '../../../src/repl/protocol.js'
import { show } from './show.js'
import { group, lineChange, SimulatedSession } from './simulated-session.js'

const facts = (version: string, memory: number): readonly FactView[] => [
  {
    name: 'server.os',
    rows: [
      ['family', 'debian'],
      ['version', version],
    ],
    age: 0,
  },
  { name: 'hardware.memory', rows: [['total', String(memory), memory]], age: 90 },
]

function fourHosts(): SimulatedSession {
  const session = new SimulatedSession()
  session.ready(session.start({ web: 4 }))
  session.factsOf = host =>
    facts(host === 'web-3' ? '11.11' : '12.9', { 'web-1': 512, 'web-2': 2048, 'web-3': 1024, 'web-4': 1024 }[host] ?? 0)
  return session
}

test('facts of several hosts are compared: what most have, who differs, numbers as bars', async () => {
  const session = fourHosts()
  const screen = show(session)
  await screen.shows('4 ready')
  screen.press('f6', 'f6', 'f')
  const rows = (await screen.shows('facts of 4 hosts')).join('\n')
  expect(rows).toMatch(/version +12\.9 3 of 4/)
  expect(rows).toMatch(/≠ 11\.11 web-3/)
  expect(rows).toMatch(/total +512 B – 2\.0 kB/)
  expect(rows).toMatch(/▓{10} 2\.0 kB web-2/)
  expect(rows).toMatch(/▓{5}░{5} 1\.0 kB web-\[3-4\]/)
  screen.press('/')
  screen.type('version')
  const filtered = (await screen.shows('/version')).join('\n')
  expect(filtered).toContain('≠ 11.11')
  expect(filtered).not.toContain('512 B – 2.0 kB')
  screen.press('escape')
  await screen.shows('512 B – 2.0 kB')
})

test('a value that differs at its end is shown whole, one value stands beside its fact, and what each has of its own is called so', async () => {
  const session = fourHosts()
  session.factsOf = host => [
    {
      name: 'server.os',
      rows: [['pretty', `Debian GNU/Linux ${host === 'web-3' ? '11 (bullseye)' : '12 (bookworm)'}`]],
      age: 0,
    },
    { name: 'server.hostname', rows: [['', host]], age: 0 },
    { name: 'hardware.cpus', rows: [['', '8', 8]], age: 0 },
  ]
  const screen = show(session)
  await screen.shows('4 ready')
  screen.press('f6', 'f6', 'f')
  const rows = (await screen.shows('facts of 4 hosts')).join('\n')
  expect(rows).toMatch(/pretty {9}3 of 4 .*\n.*┃ {7}Debian GNU\/Linux 12 .*\n.*┃ {7}\(bookworm\) /)
  expect(rows).toMatch(/┃ {5}≠ Debian GNU\/Linux 11 .*\n.*┃ {7}\(bullseye\) .*\n.*┃ {7}web-3/)
  expect(rows).toMatch(/server\.hostname {2}each its own/)
  expect(rows).toMatch(/hardware\.cpus {2}8 {2}all alike/)
})

test('facts of a host are filtered, told their age, and read anew', async () => {
  const session = fourHosts()
  const screen = show(session)
  await screen.shows('4 ready')
  screen.press('f6', 'f6', 'down', 'enter')
  await screen.shows(/hardware\.memory +1 min 30 s ago/)
  screen.press('/')
  screen.type('vers')
  await screen.shows(rows => !rows.join('\n').includes('hardware.memory'))
  screen.press('enter', 'R')
  expect(session.calls.filter(({ kind }) => kind === 'facts')).toEqual([
    { kind: 'facts', host: 'web-1', afresh: false },
    { kind: 'facts', host: 'web-1', afresh: true },
  ])
})

test('the doctor looks at a host when its tab is opened', async () => {
  const session = fourHosts()
  session.reply = line => ({ kind: 'text', text: `${line}\nauth  key ed25519 accepted` })
  const screen = show(session)
  await screen.shows('4 ready')
  screen.press('f6', 'f6', 'down', 'enter', 'right', 'right', 'right')
  await screen.shows('auth  key ed25519 accepted')
  expect(session.calls).toContainEqual({ kind: 'command', line: 'doctor web-1' })
})

test('an answer is compared with what most said, and with the same cell before', async () => {
  const session = fourHosts()
  const answers = (other: string) => ({
    kind: 'results' as const,
    of: 'command' as const,
    groups: [group(['web-1', 'web-2', 'web-4'], 'one\ntwo\nthree', 0), group(['web-3'], `one\n${other}\nthree`, 0)],
  })
  session.cell('$`cat x`', answers('old'))
  session.cell('$`cat x`', answers('new'))
  const screen = show(session, { cols: 200, rows: 60 })
  await screen.shows('[2]')
  screen.press('f6', 'd')
  const rows = (await screen.shows('+ new')).join('\n')
  expect(rows).toMatch(/- web-\[1-2,4\]/)
  expect(rows).toMatch(/- two.*\n.*\+ new/)
  expect(rows).toMatch(/since cell 1/)
  expect(rows).toMatch(/- old.*\n.*\+ new/)
})

test('at a great width a diff stands side by side, the words that differ underlined', async () => {
  const session = fourHosts()
  const cell = session.startCell('files.line({})', ['web-1'])
  const change = lineChange('/etc/ntp.conf', 'server old.example iburst', 'server new.example iburst')
  session.askFor(cell, {
    operation: 'files.line',
    label: 'files.line /etc/ntp.conf',
    groups: [{ hosts: ['web-1'], outcome: 'change', changes: [change] }],
  })
  const screen = show(session)
  await screen.shows('a all')
  screen.press('f6', 'f6', 'f6', 'f6', 'z')
  const rows = await screen.shows(/- server old\.example iburst +│ \+ server new\.example iburst/)
  const y = rows.findIndex(row => row.includes('old.example'))
  const x = (rows[y] ?? '').indexOf('old.example')
  expect(
    screen.emulator
      .cells()
      [y]?.slice(x - 1, x + 4)
      .map(cell => cell.underline),
  ).toEqual([false, true, true, true, false])
})

test('how long hosts took is a histogram beside the output', async () => {
  const session = fourHosts()
  const hosts = ['web-1', 'web-2', 'web-3', 'web-4']
  const cell = session.startCell('$`sleep`', hosts)
  session.emit({ type: 'task.start', task: 5, cell, kind: 'command', label: 'sleep', hosts })
  for (const [index, host] of hosts.entries())
    session.emit({
      type: 'task.host',
      task: 5,
      host,
      outcome: { status: 'ok', key: 'k', text: 'done', ms: index === 3 ? 7000 : 1000 },
    })
  session.endCell(cell, { kind: 'ok', value: { kind: 'results', of: 'command', groups: [group(hosts, 'done', 0)] } })
  const screen = show(session)
  await screen.shows('[1]')
  screen.press('f6', 'o')
  const rows = (await screen.shows('durations')).join('\n')
  expect(rows).toMatch(/1\.0 s – 2\.0 s +▓+ 3/)
  expect(rows).toMatch(/6\.0 s – 7\.0 s +▓+░+ 1/)
  expect(rows).toContain('slowest: web-4 7.0 s')
})

test('facts are a tree: opened and closed under the cursor, with their age, sizes for people, and the latency', async () => {
  const session = fourHosts()
  session.emit({ type: 'host.latency', host: 'web-1', ms: 40 }, { type: 'host.latency', host: 'web-1', ms: 5 })
  session.factsOf = () => [
    { name: 'server.kernel', rows: [['name', 'Linux']], age: 200 },
    {
      name: 'hardware.disks',
      rows: [
        ['/ total', '102400000', 102_400_000],
        ['/ used', '40960000', 40_960_000],
        ['/srv total', '204800', 204_800],
      ],
      age: 0,
    },
    { name: 'server.mounts', rows: Array.from({ length: 20 }, (_, at) => [`/m${at} type`, 'ext4'] as const), age: 0 },
  ]
  const screen = show(session, { cols: 160, rows: 40 })
  await screen.shows('4 ready')
  screen.press('f6', 'f6', 'down', 'enter')
  const rows = (await screen.shows('hardware.disks')).join('\n')
  expect(rows).toMatch(/▾ server\.kernel +3 min 20 s ago/)
  expect(rows).toMatch(/▾ hardware\.disks +now/)
  expect(rows).toMatch(/ {2}\/ +┃\n.* {4}total +102 MB +┃\n.* {4}used +41 MB +┃\n.* {2}\/srv +┃/)
  expect(rows).toMatch(/▸ server\.mounts 20 values/)
  expect(rows).toMatch(/latency [▁-█]{3} 3 – 40 ms/)
  screen.press('down', 'enter')
  await screen.shows('▸ server.kernel Linux')
  screen.press('down', 'down', 'enter')
  await screen.shows(/▾ server\.mounts[\s\S]*\/m0/)
  screen.press('-')
  await screen.shows(/▸ server\.kernel Linux[\s\S]*▸ hardware\.disks 3 values[\s\S]*▸ server\.mounts 20 values/)
  screen.press('-')
  await screen.shows(/▾ server\.kernel[\s\S]*▾ server\.mounts/)
})

test('numbers over hosts show their range, how they are spread, and who has the most', async () => {
  const session = new SimulatedSession()
  session.ready(session.start({ web: 40 }))
  const load = (number: number) => (number === 7 ? 9.5 : number / 100 + 1e-10)
  session.factsOf = host => {
    const number = Number(host.slice(4))
    return [
      { name: 'server.load', rows: [['one', String(load(number)), load(number)]], age: 0 },
      {
        name: 'server.clock',
        rows: [['offset', `${number === 3 ? '-' : '+'}${number / 10} s`, number === 3 ? -0.3 : number / 10]],
        age: 0,
      },
      { name: 'hardware.memory', rows: [['available', String(number * 1e9), number * 1e9]], age: 0 },
    ]
  }
  const screen = show(session, { cols: 160, rows: 40 })
  await screen.shows('40 ready')
  screen.press('f6', 'f6', 'f')
  const rows = (await screen.shows('facts of 40 hosts')).join('\n')
  expect(rows).toMatch(/one +0\.01 – 9\.5 █▁{10}▁/)
  expect(rows).toMatch(/▓{10} +9\.5 web-7[\s\S]*░{10} 0\.39 web-39/)
  expect(rows).toMatch(/offset +-0\.3 s – \+4 s [▁-█]{12}/)
  expect(rows).toMatch(/available +1\.0 GB – 40 GB [▁-█]{12}/)
})
