import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'
import { openTerminal, type Terminal } from '../terminal/terminal.js'
import { buildIfStale, muster, musterScript } from './muster.js'

const why = sshdMissing()
if (why) test.skip(`muster shell: ${why}`)

/** The terminal's settings before and after, and the exit code between them. */
const AROUND = 'stty -g >before; "$@"; echo "status $?"; stty -g | cmp - before && echo "as it was"; sleep 60'

/** On a busy machine the first type check takes its time. */
const PATIENCE = 60_000

describe.skipIf(why)('muster shell', () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-shell-'))
  let sshd: Sshd
  let terminal: Terminal
  beforeAll(async () => {
    buildIfStale()
    sshd = await startSshd()
    writeInventory('inventory.ts', sshd)
  })
  afterEach(() => terminal?.close())
  afterAll(async () => {
    await sshd?.stop()
    rmSync(folder, { recursive: true })
  })

  function writeInventory(file: string, to: Sshd): void {
    const settings = {
      address: '127.0.0.1',
      port: to.port,
      identityFile: to.key,
      knownHostsFile: to.knownHosts,
      strictHostKeyChecking: 'yes',
      sshConfigFile: false,
      agent: false,
    }
    const hosts = JSON.stringify({ 'web-1': settings, 'web-2': settings })
    writeFileSync(join(folder, file), `export default { hosts: ${hosts} }\n`)
  }

  async function open(...args: string[]): Promise<Terminal> {
    terminal = openTerminal({
      command: 'sh',
      args: ['-c', AROUND, 'sh', process.execPath, musterScript, 'shell', ...args],
      cols: 90,
      rows: 20,
      cwd: folder,
      env: { HOME: folder },
    })
    terminal.type('PS1="ready> "\n')
    await terminal.waitFor(/^ready>$/m)
    return terminal
  }

  test('has the size of the terminal, follows it, and gives its exit code', async () => {
    await open('inventory.ts', 'web-1')
    terminal.type('stty size; echo $TERM\n')
    await terminal.waitFor(/^20 90\nxterm-256color$/m)
    terminal.type('echo it "waits"; until [ "$(stty size)" = "25 101" ]; do sleep 0.1; done; stty size\n')
    await terminal.waitFor(/^it waits$/m)
    terminal.resize(101, 25)
    await terminal.waitFor(/^25 101\nready>$/m)
    terminal.type('exit 7\n')
    await terminal.waitFor(/^status 7\nas it was$/m)
  })

  /** Ctrl-C ends what runs; the terminal of a host forgets what is typed before the shell has its prompt again. */
  async function interrupted(prompt: string): Promise<void> {
    // it says so itself: before it has the terminal, Ctrl-C would be the shell's
    terminal.type(`sh -c 'echo "it" sleeps; exec sleep 1000'\n`)
    await terminal.waitFor(/^it sleeps$/m, PATIENCE)
    terminal.key('ctrl-c')
    await terminal.waitFor(new RegExp(`\\^C\\n${prompt}$`, 'm'), PATIENCE)
    terminal.type('echo "interrupted $?"\n')
    await terminal.waitFor(new RegExp(`^interrupted 130\\n${prompt}$`, 'm'), PATIENCE)
  }

  test('every key goes to the host: raw ones, Ctrl-C, Ctrl-Z, Ctrl-D', async () => {
    await open('inventory.ts', 'web-1')
    terminal.type('stty raw -echo opost; echo "it is" raw; od -An -tx1 -N6; stty sane\n')
    await terminal.waitFor(/^it is raw$/m)
    terminal.key('escape', 'up', 'ctrl-s', 'ctrl-c')
    await terminal.waitFor(/1b 1b 5b 41 13 03\nready>$/m)
    await interrupted('ready>')
    terminal.key('ctrl-d')
    await terminal.waitFor(/^status \d+\nas it was$/m)
  })

  test('a connection that is lost: one sentence, and the terminal as it was, out of the remote program’s screen', async () => {
    const doomed = await startSshd()
    writeInventory('doomed.ts', doomed)
    await open('doomed.ts', 'web-2')
    terminal.type('printf \'\\033[?1049h\\033[?2004h\\033[?1000h\\033[?25l\'; echo in the "program"; sleep 1000\n')
    await terminal.waitFor(/^in the program$/m)
    expect(terminal.buffer).toBe('alternate')
    await doomed.stop()
    await terminal.waitFor(/^web-2: .*(closed|lost|reset)[\s\S]*^status 255\nas it was$/m)
    expect(terminal.buffer).toBe('normal')
    expect(terminal.cursor.visible).toBe(true)
    for (const mode of [2004, 1000]) expect(terminal.modes.has(mode)).toBe(false)
  })

  test('Enter ~ . leaves a shell that hangs', async () => {
    await open('inventory.ts', 'web-1')
    terminal.type('trap "" INT; echo it "hangs"; sleep 1000\n')
    await terminal.waitFor(/^it hangs$/m)
    terminal.type('~.')
    await terminal.waitFor(/^status \d+\nas it was$/m)
  })

  test('in plain mode :shell gives the terminal to a host, with every key, and the session goes on behind it', async () => {
    const start = ['-c', AROUND, 'sh', process.execPath, musterScript, 'inventory.ts', '--plain']
    terminal = openTerminal({ command: 'sh', args: start, cols: 90, rows: 30, cwd: folder, env: { HOME: folder } })
    await terminal.waitFor(/^\S+ 2 ›$/m, PATIENCE)
    terminal.type(':shell\n')
    await terminal.waitFor('Say on which hosts: :shell PATTERN.')
    terminal.type(':shell web-2\n')
    await terminal.waitFor(/:shell web-2\n.*[#$] *$/m, PATIENCE)
    terminal.type('PS1="there> "\n')
    await terminal.waitFor(/^there>$/m, PATIENCE)
    terminal.type('stty size\n')
    await terminal.waitFor(/^30 90\nthere>$/m)
    await interrupted('there>')
    terminal.key('ctrl-d')
    await terminal.waitFor('The shell on web-2 ended with 0.', PATIENCE)
    terminal.type("'still ' + 'here'\n")
    await terminal.waitFor(/^still here$/m, PATIENCE)
    // the last line but one, remembered over the shell
    terminal.key('up', 'up', 'enter')
    await terminal.waitFor(/^still here\n[\s\S]*[#$]\s*$/m, PATIENCE)
    terminal.type('exit 3\n')
    await terminal.waitFor('The shell on web-2 ended with 3.', PATIENCE)
    terminal.type(':quit\n')
    await terminal.waitFor(/^status \d\nas it was$/m, PATIENCE)
  })

  test('a host that has to be named, and a terminal that has to be there', async () => {
    terminal = openTerminal({ command: process.execPath, args: [musterScript, 'shell', 'inventory.ts'], cwd: folder })
    await terminal.waitFor('Which of the 2 hosts? Write muster shell INVENTORY HOST.')
    const { code, stderr } = await muster(folder, ['shell', 'inventory.ts', 'web-1'])
    expect([code, stderr]).toEqual([
      2,
      'muster: muster shell needs a terminal; without one, muster exec runs commands.\n',
    ])
  })
})
