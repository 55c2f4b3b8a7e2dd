import { answered, factsOf, type Scene, timed } from './scene.js'

/** What the right pane shows. */
export const SIDE: readonly Scene[] = [
  {
    title: 'facts of a host',
    build: view =>
      answered(view)
        .press('f6', 'f6', 'down', 'enter')
        .tell(factsOf('web-1', '12.9', 2e9)),
    shows: ['web-1', /family +debian/, /server\.os +1 min 15 s ago/, ['✗ df: not found', 'bad'], /total +2\.0 GB/],
  },
  {
    title: 'facts compared',
    build: view =>
      answered(view)
        .press('f6', 'f6', 'f')
        .tell(factsOf('web-1', '12.9', 1e9), factsOf('web-2', '12.9', 2e9), factsOf('web-4', '11.11', 1.5e9), {
          kind: 'facts failed',
          host: 'web-3',
          error: 'no answer within 10 s',
        }),
    shows: [
      'facts of 4 hosts',
      /version +12\.9 2 of 3/,
      ['≠ 11.11', 'warning'],
      /▓{10} 2\.0 GB web-2/,
      /1 not read: web-3/,
    ],
  },
  {
    title: 'an answer against another',
    build: view => answered(view).press('f6', 'd'),
    shows: [/- web-\[1-2,4\]/, ['- Debian 12', 'bad'], ['+ Debian 11', 'good']],
  },
  {
    title: 'output, with how long hosts took',
    build: view => timed(1000, 1000, 1100, 7000)(view).press('f6', 'o'),
    shows: ['durations', /1\.0 s – 2\.0 s +▓+ 3/, 'slowest: web-4 7.0 s'],
  },
  {
    title: 'help on the thing at the cursor',
    build: view => {
      answered(view).type('facts.server.os()').press('f1')
      return view.tell({
        kind: 'explained',
        revision: view.view.prompt.revision,
        help: {
          title: 'os(): Os',
          documentation: 'The operating system.',
          examples: ['await web.facts.server.os()'],
          args: [],
        },
      })
    },
    shows: ['os(): Os', 'The operating system.', 'await web.facts.server.os()'],
  },
  { title: 'keys', build: view => answered(view).press('?'), shows: ['help', /enter|⏎/i, /run the cell/] },
  {
    title: 'what the doctor found',
    build: view =>
      answered(view)
        .press('f6', 'f6', 'down', 'enter', 'right', 'right', 'right')
        .tell({ kind: 'examined', host: 'web-1', text: 'tcp   0.4 ms\nauth  key ed25519 accepted' }),
    shows: ['auth  key ed25519 accepted'],
  },
  {
    title: 'numbers compared: how they are spread, and who has the most',
    build: view =>
      answered(view)
        .press('f6', 'f6', 'f')
        .tell(
          factsOf('web-1', '12.9', 1e9),
          factsOf('web-2', '12.9', 9e9),
          factsOf('web-3', '12.9', 2e9),
          factsOf('web-4', '12.9', 1.5e9),
        )
        .press('z'),
    shows: [/total +1\.0 GB – 9\.0 GB [▁-█]{12}/, /▓{10} 9\.0 GB web-2/, /▓▓░{8} 2\.0 GB web-3/],
    from: { cols: 80, shows: [/one +1 – 9 [▁-█]{12}/, /▓{10} {3}9 web-2/, /▓▓░{8} {3}2 web-3/] },
  },
  {
    title: 'when hosts were at work',
    build: view => {
      const shown = timed(1000, 1000, 4000, 9000)(view).press('f6', 'o')
      // where there is room for one pane alone, it has the keys at once
      return (shown.view.active === 'side' ? shown : shown.press('f6', 'f6')).press('z', 'end')
    },
    shows: ['timeline', /at work +[▁-█]+/, /web-4 +▓+/, /web-3 +·+▓+/, /web-\[1-2\] +·+▓+/, /0 +9\.0 s/],
  },
  {
    title: 'a report of the doctor, in its columns',
    build: view =>
      answered(view)
        .press('f6', 'f6', 'down', 'enter', 'right', 'right', 'right')
        .tell({
          kind: 'examined',
          host: 'web-1',
          text: [
            '✗ web-1  failed',
            '  it does not let deploy in with the keys that were offered',
            '  → add the key to ~deploy/.ssh/authorized_keys there: ssh-copy-id deploy@web-1',
            '  phases       resolving 0.4 · tcp 1.2 · kex 21 · ✗ auth 12 ms',
            '  host key     ssh-ed25519 SHA256:abcdef known by ~/.ssh/known_hosts:12',
            '',
            '0 of 1 host ready',
          ].join('\n'),
        }),
    shows: [['it does not', 'bad'], ['→ add the', 'warning'], /phases +resolving/],
    from: { cols: 120, shows: [/host key {5}ssh-ed25519[^┃]*┃\n[^┃]*┃ {16}\S/] },
  },
]
