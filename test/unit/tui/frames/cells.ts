import type { ChangeView } from '../../../../src/engine/events.js'
import { group } from '../simulated-session.js'
import { answered, fleet, type Scene, WEB } from './scene.js'

/** Answers of which it is known what each host said. */
const knownByHost = fleet(session => {
  const hosts = WEB.slice(0, 2)
  const cell = session.startCell('$`cat /etc/release`', hosts)
  session.emit({ type: 'task.start', task: 5, cell, kind: 'command', label: 'cat /etc/release', hosts })
  for (const host of hosts)
    session.emit({
      type: 'task.host',
      task: 5,
      host,
      outcome: { status: 'ok', key: 'k', text: 'Debian 12', exitCode: 0, ms: 42 },
    })
  session.endCell(cell, {
    kind: 'ok',
    value: { kind: 'results', of: 'command', groups: [group(hosts, 'Debian 12', 0)] },
  })
})

const installed = (version: string): ChangeView => ({
  summary: 'install htop',
  diff: { kind: 'set', subject: 'packages', added: [{ name: 'htop', detail: version }], removed: [], altered: [] },
  commands: [],
  undoable: true,
})

/** Hosts and cells. */
export const CELLS: readonly Scene[] = [
  {
    title: 'hosts',
    build: view => answered(view).press('f6', 'f6', 'down', 'space'),
    shows: ['▾ web', ['● web-4', 'good'], /✗.web-3 +unreachable/, /db +2\/2/, /web-2 +\S* *4 ms/],
  },
  {
    title: 'hosts, filtered',
    build: view => answered(view).press('f6', 'f6', '/').type('db-'),
    shows: ['/db-', ['● db-1', 'good']],
  },
  {
    title: 'cells, folded',
    build: view => answered(view).press('f6', 'home'),
    shows: ['[1]', /3 hosts .*web-\[1-2,4\]\s[\s\S]*Debian 12/, ['✗ exit 1', 'bad'], /web-\[1-2,4\]/],
  },
  {
    title: 'a group that is open',
    build: view => answered(view).press('f6', 'home', 'down', 'right', 'right'),
    shows: ['▾', 'Debian 12'],
  },
  {
    title: 'answers of smaller groups, which show what differs from the largest',
    build: fleet(session => {
      const os = (version: string) =>
        `{\n  id: 'debian',\n  name: 'Debian GNU/Linux',\n  version: ${version},\n  like: []\n}`
      session.cell('facts.server.os()', {
        kind: 'results',
        of: 'value',
        groups: [group(['web-1', 'web-2', 'web-4'], os('12.9')), group(['web-3'], os('11.11'))],
      })
      const kernel = (build: string) => `Linux 6.1.0-28-amd64 #1 SMP PREEMPT_DYNAMIC Debian ${build} x86_64 GNU/Linux`
      session.cell('$`uname -a`', {
        kind: 'results',
        of: 'command',
        groups: [group(['web-1', 'web-2', 'web-4'], kernel('6.1.119'), 0), group(['web-3'], kernel('6.1.112'), 0)],
      })
      session.cell('apt.packages()', {
        kind: 'results',
        of: 'operation',
        groups: [
          { ...group(['web-1', 'web-2'], ''), changes: [installed('3.2.2-2')] },
          { ...group(['web-3'], ''), changes: [installed('3.0.5-7')] },
        ],
      })
    }),
    shows: [['≠ version: 11.11', 'warning'], /▸? +1 host .*6\.1\.112/, /✓ \+1 −0 +packages ≠ \+ htop 3\.0\.5-7/],
  },
  {
    title: 'a table',
    build: fleet(session =>
      session.cell('table', {
        kind: 'table',
        columns: ['host', 'load'],
        rows: [
          ['web-1', '0.31'],
          ['web-2', '12.9'],
        ],
      }),
    ),
    shows: [/host +load[\s\S]*web-1 +0\.31[\s\S]*web-2 +12\.9/],
  },
  {
    title: 'prose, an error and a notice',
    build: view =>
      fleet(session => {
        session.cell(':note # Clocks\n- they **differ**', { kind: 'nothing' })
        session.endCell(session.startCell('a.b()', []), {
          kind: 'error',
          error: { name: 'TypeError', message: 'a.b is not a function', line: 1, column: 3, frames: ['cell 2:1:3'] },
        })
      })(view).tell({ kind: 'notice', text: 'Copied.' }),
    shows: ['Clocks', '• they differ', ['✗ TypeError: a.b is not a function', 'bad'], ['Copied.', 'warning']],
  },
  {
    title: 'cells as a row each',
    build: view => answered(view).press('f6', '-'),
    shows: [/▸ \[1\] \$`cat \/etc\/release.* +✗ 1 of 4 hosts/],
  },
  {
    title: 'an answer, its hosts, and what one said',
    build: view => knownByHost(view).press('f6', 'home', 'down', 'right', 'down', 'right', 'up'),
    shows: [
      /▾ 2 hosts/,
      /▾ web-1 {2}✓ exit 0 +0\.04 s[\s\S]*│ Debian 12[\s\S]*▸ web-2 {2}✓ exit 0/,
      ['✓ exit 0', 'good'],
    ],
  },
  {
    title: 'latencies as a line',
    build: view =>
      fleet(session => {
        for (const ms of [3, 90, 40, 160, 20]) session.emit({ type: 'host.latency', host: 'db-1', ms })
      })(view).press('f6', 'f6'),
    shows: [['● db-1', 'good'], /db-1.* 20 ms/],
    from: { cols: 200, shows: [/db-1 +▁▅▂█▁ +20 ms/] },
  },
  {
    title: 'a Markdown cell',
    build: fleet(session =>
      session.cell(':note # Clocks\n\nThey **differ** by `0.3 s`,\nsome of them.\n\n1. stop\n2. set\n\n- a\n- b', {
        kind: 'nothing',
      }),
    ),
    shows: ['Clocks', /They differ by `0\.3 s`, some/, '1. stop', '2. set', '• a', '• b'],
  },
  {
    title: 'an error at its place',
    build: fleet(session =>
      session.endCell(session.startCell('const all = web.names()\nall.map(name => name.nope())', []), {
        kind: 'error',
        error: {
          name: 'TypeError',
          message: 'nope is not a function',
          line: 2,
          column: 22,
          frames: ['cell 1:2:22'],
        },
      }),
    ),
    shows: [['✗ TypeError: nope is', 'bad'], /2 │ all\.map\(name => name\.n/, /│ {22}\^/, 'at cell 1:2:22'],
  },
  {
    title: 'a cell that was refused',
    build: fleet(session =>
      session.endCell(session.startCell('web.nmes', []), {
        kind: 'refused',
        problems: [{ line: 1, column: 5, length: 4, message: "Property 'nmes' does not exist.", code: 2551 }],
      }),
    ),
    shows: [['✗ 1:5', 'bad'], "Property 'nmes'", /│ {5}\^{4}/],
  },
  {
    title: 'live output',
    build: fleet(session => {
      const cell = session.startCell('$`apt-get -y upgrade`', WEB)
      session.emit(
        { type: 'task.start', task: 7, cell, kind: 'command', label: 'apt-get -y upgrade', hosts: WEB },
        {
          type: 'task.output',
          task: 7,
          hosts: {
            'web-1': ['Reading package lists'],
            'web-2': ['Reading package lists'],
            'web-3': ['Unpacking nginx'],
          },
        },
        { type: 'task.host', task: 7, host: 'web-4', outcome: { status: 'ok', key: 'k', text: '', ms: 5 } },
      )
    }),
    shows: [['▓▓▓▓', 'good'], /1\/4 apt/, 'waiting for web-[1-3]', /│ web-\S+ .*Read/, /│ web-3 Unpacking nginx/],
  },
]
