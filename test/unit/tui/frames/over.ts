import { DEFAULT_SETTINGS } from '../../../../src/repl/settings/settings.js'
import type { DrawnView } from '../drawn-view.js'
import { hostKeyQuestion } from '../simulated-session.js'
import { answered, fleet, NOW, type Scene, WEB } from './scene.js'

/** Shells on four hosts: two show the same, one something else, one could not be opened. */
function shells(view: DrawnView): DrawnView {
  const image = (host: string, says: string) => ({
    rows: [`ops@${host}:~$ uptime`, says, `ops@${host}:~$ `],
    cursor: { x: 13, y: 2 },
    since: 0,
    title: '',
  })
  return answered(view).tell(
    { kind: 'shells opened', hosts: WEB, ended: new Map([['web-4', 'no answer within 10 s']]) },
    {
      kind: 'shells shown',
      images: new Map([
        ['web-1', image('web-1', ' 12:00 up 3 days')],
        ['web-2', image('web-2', ' 12:00 up 3 days')],
        ['web-3', image('web-3', ' 12:00 up 2 min')],
      ]),
      settled: true,
    },
  )
}

/** What is asked, looked for, and stands over everything else. */
export const OVER: readonly Scene[] = [
  {
    title: 'the list of everything',
    build: view =>
      answered(view)
        .press('ctrl-p')
        .tell({
          kind: 'found',
          of: 'everything',
          names: [{ name: 'files.line', kind: 'operation', detail: 'A line is there.', insert: 'files.line', from: 0 }],
        })
        .type('files.l'),
    shows: [/find.*files\.l|files\.l/, /operation +files\.line/, '1/1'],
  },
  {
    title: 'inputs of other sessions',
    build: view =>
      answered(view)
        .press('ctrl-r')
        .tell({
          kind: 'found',
          of: 'history',
          entries: [{ text: '$`uptime`', at: NOW - 3 * 3_600_000, session: 's-1', outcome: 'failed', hosts: 'db-1' }],
        }),
    shows: [/\$`uptime` +✗ +3 h ago/],
  },
  {
    title: 'a question for a password',
    build: view =>
      fleet(session =>
        session.emit({
          type: 'question.asked',
          id: 1,
          question: { kind: 'secret', key: 'k', prompt: 'sudo password', hosts: ['web-1', 'web-2'], retry: true },
        }),
      )(view).type('secret'),
    shows: [['That was wrong.', 'bad'], 'sudo password', 'for web-[1', '••••••'],
  },
  {
    title: 'a host that is not known',
    build: fleet(session =>
      session.emit({
        type: 'question.asked',
        id: 1,
        question: hostKeyQuestion(),
      }),
    ),
    shows: ['web-1 (10.0.0.1:22) is not known', 'trust and remember it', 'refuse'],
  },
  {
    title: 'completions',
    build: view => {
      answered(view).type('facts.server.')
      const items = ['os', 'kernel'].map(name => ({ name, kind: 'method', insert: name, from: 13 }))
      return view.tell({ kind: 'completions', revision: view.view.prompt.revision, asked: true, items })
    },
    shows: [/│ os +method │[\s\S]*│ kernel +method │[\s\S]*› facts\.server\./],
  },
  {
    title: 'shells on several hosts',
    over: true,
    build: view => shells(view),
    shows: [
      'shells on 4 hosts',
      ['typing to all 3', 'warning'],
      /━ 2 hosts {2}web-\[1-2\] ━/,
      'up 3 days',
      /─ web-3 ─/,
      'up 2 min',
      ['✗ web-4  no answer within 10 s', 'bad'],
    ],
  },
  {
    title: 'one of the shells alone',
    over: true,
    build: view => shells(view).press('ctrl-]', 'down', 'ctrl-]', 'z'),
    shows: ['typing to web-3 alone', 'up 2 min'],
  },
  {
    title: "vi's keys",
    build: view =>
      answered(view)
        .record([{ type: 'session.settings', settings: { ...DEFAULT_SETTINGS, editor: 'vi' }, at: NOW }])
        .type('web.names')
        .press('escape'),
    shows: [/› web\.names/],
    from: { cols: 80, shows: [/normal/] },
  },
]
