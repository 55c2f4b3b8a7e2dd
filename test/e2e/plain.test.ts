import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { labInventory, type WorkFolder, workFolder } from '../fleet/lab-inventory.js'
import { describeOnLab } from '../fleet/shared.js'
import { openTerminal } from '../terminal/terminal.js'
import { buildIfStale, muster, musterScript } from './muster.js'

/** On a busy machine the first type check takes its time. */
const PATIENCE = 60_000

const CONF = '/etc/muster-plain.conf'
const OPERATION = `files.line({ path: '${CONF}', line: 'server new.example', replace: /^server / })`

describeOnLab('a session from a script', lab => {
  let folder: WorkFolder
  const everywhere = (command: string): Promise<string[]> =>
    Promise.all(lab.hosts.map(({ name }) => lab.exec(name, command)))
  const contents = (): Promise<string[]> => everywhere(`cat ${CONF}`)

  beforeAll(async () => {
    buildIfStale()
    folder = workFolder(labInventory(lab))
    await everywhere(`printf 'driftfile /x\\nserver old.example\\n' > ${CONF}`)
    await lab.exec('h2', `printf 'server other.example\\niburst\\n' > ${CONF}`)
  })
  afterAll(async () => {
    folder.remove()
    await everywhere(`rm -f ${CONF}`)
  })

  const wanted = [
    'driftfile /x\nserver new.example\n',
    'server new.example\niburst\n',
    'driftfile /x\nserver new.example\n',
  ]

  test('reads, plans two groups with their diffs, applies what is approved, and finds nothing left to do', async () => {
    const [kernel = ''] = await everywhere('uname -r')
    const script = [
      ':connect',
      '$`uname -r`',
      'facts.server.os()',
      OPERATION,
      'a',
      OPERATION,
      ':export deploy.ts',
      ':quit',
    ]
    const { code, stdout, stderr } = await muster(folder.path, ['inventory.ts'], script)
    expect(stderr).toMatch(/^muster · inventory\.ts · 3 hosts · session [\d-]+ · :help\n$/)
    const lasting = stdout.replace(/ version: \d+\.\d+,/, ' version: 12.x,').replace(/\d{4}-.* UTC/, 'DATE')
    expect(lasting).toBe(`\
3 of 3 ready
● h[1-3] (3)
  ${kernel.trim()}
● h[1-3] (3)
  {
    id: 'debian',
    name: 'Debian GNU/Linux',
    version: 12.x,
    codename: 'bookworm',
    family: 'debian',
    like: [],
    pretty: 'Debian GNU/Linux 12 (bookworm)'
  }
files.line ${CONF}  3 change  as root
  ▸ h[1,3] (2)
    edit ${CONF}  +1 −1
      @@ -1,2 +1,2 @@
        driftfile /x
      - server old.example
      + server new.example
  ▸ h2
    edit ${CONF}  +1 −1
      @@ -1,2 +1,2 @@
      - server other.example
      + server new.example
        iburst
  1  h[1,3] (2)  edit ${CONF}
  2  h2  edit ${CONF}
● h[1,3] (2)  changed
  edit ${CONF}
● h2  changed
  edit ${CONF}
● h[1-3] (3)
  nothing to do
exported deploy.ts
type-checked, and planned on h[1-3] on DATE: nothing to change.
`)
    expect(code).toBe(0)
    expect(await contents()).toEqual(wanted)
  })

  test('on a terminal hosts are marked by a command and are sel in code; shells on them are typed to line by line, answers folded', async () => {
    const terminal = openTerminal({
      ...{ command: process.execPath, args: [musterScript, 'inventory.ts', '--plain'] },
      ...{ cols: 100, rows: 60, cwd: folder.path, env: { HOME: folder.path, TERM: 'dumb' } },
    })
    onTestFinished(async () => void (await terminal.close()))
    const says = async (line: string, wanted: RegExp): Promise<void> => {
      terminal.type(`${line}\n`)
      await terminal.waitFor(wanted, PATIENCE)
    }
    await terminal.waitFor(/^fleet 3 ›$/m, PATIENCE)
    await says(':shell', /^Say on which hosts: :shell PATTERN\.$/m)
    await says(':shell sel', /^No host is marked: sel is empty\.$/m)
    await says(':mark web', /^marked, sel in code: h\[1-2\] \(2\)$/m)
    await says('sel.names.join("+")', /^h1\+h2$/m)
    await says(':mark none', /^no host is marked$/m)
    await says(':mark nowhere', /^There is no host nowhere/m)
    // Tab completes commands, and what follows them
    terminal.type(':mar')
    terminal.key('tab')
    await terminal.waitFor(/:mark$/m, PATIENCE)
    await says(' *', /^marked, sel in code: h\[1-3\] \(3\)$/m)
    await says(':mark -h2', /^marked, sel in code: h\[1,3\] \(2\)$/m)
    await says(':help mark', /^:mark \[PATTERN\|.*$/m)

    await says(':shell sel', /^shells h\[1,3\] ›$/m)
    await says('cd /etc && pwd; hostname', /^● h1\n {2}\/etc\n {2}h1\n● h3\n {2}\/etc\n {2}h3$/m)
    await says('echo the "same"', /^● h\[1,3\] \(2\)\n {2}the same$/m)
    await says('~ h3', /^shells h3 ›$/m)
    await says('alone=yes', /^shells h3 ›\s*alone=yes\nshells h3 ›$/m)
    await says('~', /^shells h3 › ~\nshells h\[1,3\] ›$/m)
    await says('echo "alone: $alone"', /^● h1\n {2}alone:\n● h3\n {2}alone: yes$/m)
    // a question is told, and what is typed behind it is not shown
    await says(
      'stty -echo; printf Password:; read -r p; stty echo; echo; echo $' + '{#p}',
      /^● h\[1,3\] \(2\)\n {2}Password:$/m,
    )
    await says('hunter2', /^● h\[1,3\] \(2\)\n(?: *\n)* {2}7$/m)
    expect(terminal.text()).not.toContain('hunter2')
    // it says so itself: before it has the terminal there, Ctrl-C would be the shell's
    await says(`sh -c 'echo "it" sleeps; exec sleep 1000'`, /^● h\[1,3\] \(2\)\n {2}it sleeps\nshells h\[1,3\] ›$/m)
    terminal.key('ctrl-c')
    await says('echo "was $?"', /^● h\[1,3\] \(2\)\n {2}was 130$/m)
    terminal.key('ctrl-d')
    await terminal.waitFor(/^✗ h\[1,3\] \(2\): ended with 0\nfleet 3 ›$/m, PATIENCE)
    await says('6 * 7', /^42$/m)
    terminal.type(':quit!\n')
    expect((await terminal.exited).exitCode).toBe(0)
  })

  test('its export says that nothing would change, repairs the one host that was changed by hand, and check tells the two apart', async () => {
    const deploy = (command: string, ...flags: string[]) =>
      muster(folder.path, [command, 'inventory.ts', 'deploy.ts', ...flags])
    expect(readFileSync(join(folder.path, 'deploy.ts'), 'utf8')).toContain(`await fleet.${OPERATION}`)
    expect(await deploy('run', '--dry-run')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^= same +h\[1-3\] \(3\)$/m),
    })
    expect((await deploy('check')).code).toBe(0)
    await lab.exec('h3', `sed -i 's/new/by-hand/' ${CONF}`)
    const drifted = await deploy('check', '--diff')
    expect(drifted.stdout).toContain('      - server by-hand.example\n      + server new.example\n')
    expect(drifted.code).toBe(2)
    const repaired = await deploy('run', '--yes')
    expect(repaired.stdout).toMatch(/^= same +h\[1-2\] \(2\)\n● changed +h3$/m)
    expect(repaired.code).toBe(0)
    expect(await contents()).toEqual(wanted)
    expect((await deploy('check')).code).toBe(0)
  })
})
