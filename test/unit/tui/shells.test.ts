import { PassThrough, Writable } from 'node:stream'
import { type IPty, spawn } from '@lydell/node-pty'
import { afterEach, expect, test } from 'vitest'
import type { ChannelExit } from '../../../src/engine/connect/connector.js'
import type { AttachedShell } from '../../../src/engine/shell/attach-terminal.js'
import type { TerminalView } from '../../../src/repl/protocol.js'
import { show } from './show.js'
import { SimulatedSession } from './simulated-session.js'

const running: IPty[] = []
afterEach(() => {
  for (const pty of running.splice(0)) pty.kill('SIGKILL')
})

/** Hosts whose shells are real ones, each on a terminal of its own; `$N` is the end of the host's name. */
class RealShells extends SimulatedSession {
  readonly ptys = new Map<string, IPty>()

  override async attach(host: string, { columns, rows, term }: TerminalView = { columns: 80, rows: 24 }) {
    if (host === this.unreachable) throw new Error(`${host}: no answer within 10 s`)
    const env = { PS1: `ops@${host}:~$ `, N: host.replace(/\D/g, ''), PATH: process.env.PATH ?? '', TERM: term ?? '' }
    const pty = spawn('/bin/sh', [], { cols: columns, rows, env })
    running.push(pty)
    this.ptys.set(host, pty)
    const stdout = new PassThrough()
    pty.onData(data => stdout.write(data))
    const exit = new Promise<ChannelExit>(resolve =>
      pty.onExit(({ exitCode, signal }) =>
        resolve(signal ? { code: null, signal: `signal ${signal}` } : { code: exitCode }),
      ),
    )
    const stdin = new Writable({
      write(keys: Buffer, _, done) {
        pty.write(keys.toString())
        done()
      },
    })
    const resize = (size: { columns: number; rows: number }) => pty.resize(size.columns, size.rows)
    return { stdin, stdout, exit, resize, close: () => pty.kill('SIGHUP') } satisfies AttachedShell
  }
}

function fourHosts(): RealShells {
  const session = new RealShells()
  session.ready(session.start({ web: 4 }))
  return session
}

/** Marks all hosts and opens shells on them. */
async function openAll(session: RealShells) {
  const screen = show(session, { cols: 100, rows: 30 })
  await screen.shows('4 ready')
  screen.press('f6', 'f6', 'space', 'S')
  await screen.shows('typing to all 4')
  await screen.shows('ops@web-')
  return screen
}

test('what is typed goes to all; the same answer is shown once, another beside it; one host is looked at alone', async () => {
  const session = fourHosts()
  const screen = await openAll(session)
  screen.type('echo the same')
  screen.press('enter')
  const rows = await screen.shows(/━ 4 hosts {2}web-\[1-4\] ━[\s\S]*\nthe same/)
  expect(rows.filter(row => row.startsWith('the same'))).toHaveLength(1)
  // three say one thing and one another
  screen.type('[ $N = 3 ] && echo odd || echo even')
  screen.press('enter')
  await screen.shows(/━ 3 hosts {2}web-\[1-2,4\] ━[\s\S]*\neven[\s\S]*─ web-3 ─[\s\S]*\nodd/)
  screen.press('ctrl-]', 'down', 'ctrl-]', 'z')
  await screen.shows('typing to web-3 alone')
  screen.type('N=1')
  screen.press('enter', 'ctrl-]', 'z')
  await screen.shows('typing to all 4')
  screen.type('echo $(( N > 2 ))')
  screen.press('enter')
  await screen.shows(/3 hosts {2}web-\[1-3\]/)
})

test('keys go as programs want them, the size follows, and a question of the program is answered', async () => {
  const session = fourHosts()
  const screen = await openAll(session)
  screen.type('stty size')
  screen.press('enter')
  await screen.shows(/^28 100/m)
  screen.resize(120, 40)
  screen.type('stty size')
  screen.press('enter')
  await screen.shows(/^38 120/m)
  // the position of the cursor is asked for, and read by the program as if typed
  screen.type(`stty -icanon -echo; printf '\\033[6n'; dd bs=1 count=2 2>/dev/null | od -An -c; stty sane`)
  screen.press('enter')
  await screen.shows(/033 {3}\[/)
  screen.press('ctrl-c')
  screen.type('sleep 60')
  screen.press('enter', 'ctrl-c')
  screen.type('echo "$?"')
  screen.press('enter')
  await screen.shows(/^130$/m)
})

test('a host that is lost stands apart, and the others go on; leaving hangs up', async () => {
  const session = fourHosts()
  session.unreachable = 'web-4'
  const screen = show(session, { cols: 100, rows: 30 })
  await screen.shows('4 ready')
  screen.type(':shell web-*')
  screen.press('enter')
  await screen.shows('typing to all 3')
  await screen.shows('✗ web-4  no answer within 10 s')
  session.ptys.get('web-2')?.kill('SIGKILL')
  await screen.shows('typing to all 2')
  screen.type('echo still')
  screen.press('enter')
  await screen.shows(/2 hosts {2}web-\[1,3\][\s\S]*still[\s\S]*✗ web-2/)
  expect((await screen.shows('^] q')).at(-1)).toContain('leave')
  screen.press('ctrl-]', 'q')
  await screen.shows('Again hangs up on all 2 shells, and what runs there ends.')
  // what is typed instead is no yes
  screen.type('echo on')
  screen.press('enter')
  await screen.shows(/^on$/m)
  screen.press('ctrl-]', 'q')
  await screen.shows('Again hangs up on all 2')
  screen.press('ctrl-]', 'q')
  const rows = (await screen.shows('web-4: no answer')).join('\n')
  expect(rows).toContain('web-2: ended by signal 9')
  expect(rows).toMatch(/web-\[1,3\]: ended by signal 1\b/)
})

test('too many hosts are refused', async () => {
  const session = new RealShells()
  session.ready(session.start({ web: 65 }))
  const screen = show(session, { cols: 100, rows: 30 })
  await screen.shows('65 ready')
  screen.press('f6', 'f6', 'home', 'S')
  await screen.shows('Shells open on at most 64 hosts at once; these are 65.')
})
