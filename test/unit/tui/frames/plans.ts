import { group, lineChange } from '../simulated-session.js'
import { change, fleet, planned, type Scene, WEB } from './scene.js'

/** Plans, and what becomes of them. */
export const PLANS: readonly Scene[] = [
  {
    title: 'a plan that waits',
    build: planned,
    shows: [
      /plan +2 change · 1 same · 1 unknown/,
      /1 host .*depends on line 2[\s\S]*2 hosts +\+1 −1/,
      ['no way back', 'bad'],
      'Apply files.line /etc/ntp.conf',
      'a all',
    ],
    from: {
      cols: 110,
      shows: [
        ['- server old.example', 'bad'],
        ['+ server new.example', 'good'],
      ],
    },
  },
  {
    title: 'a plan that root would carry out',
    build: fleet((session, hosts) => {
      session.ready(hosts.slice(1), 'root')
      session.askFor(session.startCell("files.line({ path: '/etc/ntp.conf' })", WEB), {
        operation: 'files.line',
        label: 'files.line',
        groups: [{ hosts: WEB, outcome: 'change', changes: [change] }],
        as: ['deploy', 'root'],
      })
    }),
    // in the first row, then in the question
    shows: [/guard: confirm +as root, d/, ['root', 'bad'], /Apply files\.line on 4 hosts\?[\s┃│]+as root, deploy/],
  },
  {
    title: 'a plan whose groups read alike but for what differs',
    build: fleet(session =>
      session.askFor(session.startCell("files.line({ path: '/etc/ntp.conf' })", WEB), {
        operation: 'files.line',
        label: 'files.line /etc/ntp.conf',
        groups: [
          { hosts: ['web-1'], outcome: 'change', changes: [lineChange('/etc/ntp.conf', '#old', 'server new')] },
          { hosts: ['web-2', 'web-4'], outcome: 'change', changes: [lineChange('/etc/ntp.conf', 'old', 'server new')] },
        ],
      }),
    ),
    shows: [/1 host +\+1 −1 +\/etc\/ntp\.conf +≠ - #old/, /2 hosts +\+1 −1 +\/etc\/ntp\.conf +web/],
  },
  { title: 'a plan, group by group', build: view => planned(view).press('g'), shows: ['group 1 of 2: web-4'] },
  {
    title: 'its diff',
    build: view => planned(view).press('f6', 'f6', 'f6', 'f6'),
    shows: [
      ['- server old.example', 'bad'],
      ['+ server new.example', 'good'],
    ],
  },
  {
    title: 'its diff over the whole width',
    build: view => planned(view).press('f6', 'f6', 'f6', 'f6', 'z'),
    shows: [
      ['- server old.example', 'bad'],
      ['+ server new.example', 'good'],
    ],
    from: { cols: 100, shows: [/- server old\.example +│ \+ server new\.example/] },
  },
  {
    title: 'a plan being carried out',
    build: fleet((session, hosts) => {
      const cell = session.startCell("files.line({ path: '/etc/motd' })", hosts)
      session.emit(
        { type: 'task.start', task: 9, cell, kind: 'operation', label: 'files.line /etc/motd', hosts: WEB },
        { type: 'plan', task: 9, cell, plan: { operation: 'files.line', label: 'files.line /etc/motd', groups: [] } },
        { type: 'change.start', task: 9, host: 'web-1', summary: 'edit /etc/motd' },
        {
          type: 'task.host',
          task: 9,
          host: 'web-4',
          outcome: { status: 'failed', key: 'f', text: 'No space left', ms: 5 },
        },
      )
    }),
    shows: [
      /▓{4}░{12} 1\/4 applying/,
      ['✗ 1 host', 'bad'],
      'No space left',
      'waiting for web-[1-3]',
      /web-1 1\.0 s edit/,
    ],
  },
  {
    title: 'what was measured',
    build: fleet(session =>
      session.cell('files.line({})', {
        kind: 'results',
        of: 'operation',
        groups: [{ ...group(WEB, 'edit /etc/ntp.conf'), changes: [change] }],
      }),
    ),
    shows: [/4 hosts +✓ \+1 −1 +\/etc\/ntp\.conf/],
  },
  {
    title: 'a plan whose step is open',
    build: view => planned(view).press('f6', 'f6', 'home', 'down', 'down', 'down', 'right'),
    shows: [/▾ 2 hosts[\s\S]*▾ edit \/etc\/ntp\.conf/, ['+ server new.example', 'good']],
  },
  {
    title: 'a guard that wants the number of hosts',
    build: view =>
      fleet(session =>
        session.askFor(
          session.startCell('reboot()', WEB),
          {
            operation: 'reboot',
            label: 'reboot',
            groups: [{ hosts: WEB, outcome: 'change', changes: [change] }],
          },
          { guard: 'count' },
        ),
      )(view)
        .press('f2', 'a')
        .type('3')
        .press('enter'),
    shows: [['✗ it is 4, not 3', 'bad'], /type the/, 'guard: count'],
  },
]
