import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { labInventory, type WorkFolder, workFolder } from '../fleet/lab-inventory.js'
import { describeOnLab } from '../fleet/shared.js'
import { openTerminal, type Terminal } from '../terminal/terminal.js'
import { buildIfStale, muster, musterScript } from './muster.js'

const CONF = '/etc/muster-screen.conf'
const OPERATION = `files.line({ path: '${CONF}', line: 'server new.example', replace: /^server / })`

/** Pictures of the run, to look at. */
const PICTURES = join(tmpdir(), 'muster-screens')

/** On a busy machine the first type check takes its time. */
const PATIENCE = 60_000

describeOnLab('a session on a terminal', lab => {
  let folder: WorkFolder
  let terminal: Terminal
  const everywhere = (command: string): Promise<string[]> =>
    Promise.all(lab.hosts.map(({ name }) => lab.exec(name, command)))
  const contents = (): Promise<string[]> => everywhere(`cat ${CONF}`)

  beforeAll(async () => {
    buildIfStale()
    mkdirSync(PICTURES, { recursive: true })
    folder = workFolder(labInventory(lab))
    await everywhere(`printf 'driftfile /x\\nserver old.example\\n' > ${CONF}`)
    await lab.exec('h2', `printf 'server other.example\\niburst\\n' > ${CONF}`)
    terminal = openTerminal({
      command: 'sh',
      // what is on the terminal before and after tells whether it was given back
      args: [
        '-c',
        'echo before; "$@"; echo "status $?"; sleep 60',
        'sh',
        process.execPath,
        musterScript,
        'inventory.ts',
      ],
      cwd: folder.path,
      env: { HOME: folder.path },
    })
  })
  afterAll(async () => {
    await terminal?.close()
    folder?.remove()
    await everywhere(`rm -f ${CONF}`)
  })

  function picture(name: string): void {
    writeFileSync(join(PICTURES, `${name}.svg`), terminal.svg({ title: 'muster' }))
  }

  async function enter(cell: string, wanted: string | RegExp): Promise<readonly string[]> {
    terminal.type(cell)
    terminal.key('enter')
    return terminal.waitFor(wanted, PATIENCE)
  }

  const wanted = [
    'driftfile /x\nserver new.example\n',
    'server new.example\niburst\n',
    'driftfile /x\nserver new.example\n',
  ]

  test('the hosts come up, in their groups', async () => {
    const screen = await terminal.waitFor('● 3 ready', PATIENCE)
    expect(screen[0]).toMatch(/^ muster · inventory\.ts +focus all 3\/3 +● 3 ready/)
    for (const row of ['▾ web              2/2', '● h1', '● h2', '▾ db               1/1', '● h3'])
      expect(screen.join('\n')).toContain(row)
    expect(terminal.buffer).toBe('alternate')
    picture('1-up')
  })

  test('a command is folded into one group', async () => {
    const [kernel = ''] = await everywhere('uname -r')
    const screen = await enter('$`uname -r`', /3 hosts .*h\[1-3\]/)
    expect(screen.join('\n')).toContain(`3 hosts  ${kernel.trim()}  h[1-3]`)
  })

  test('a fact is shown field by field', async () => {
    expect((await enter('facts.server.os()', "codename: 'bookworm'")).join('\n')).toMatch(/▾ 3 hosts .* h\[1-3\]/)
    picture('2-facts')
  })

  test('a shell on a host takes the terminal, and the screen is there again when it ends', async () => {
    terminal.type(':shell h2')
    terminal.key('enter')
    await terminal.waitFor(screen => !screen.join('\n').includes('muster · inventory'), PATIENCE)
    terminal.type('echo "I am $(hostname), $(stty size)"\r')
    const shell = (await terminal.waitFor(/I am h2, \d+ \d+/, PATIENCE)).join('\n')
    expect(shell).not.toContain('● 3 ready')
    terminal.type('exit 7\r')
    expect((await terminal.waitFor('ended with 7', PATIENCE))[0]).toContain('● 3 ready')
  })

  test('an operation shows two groups, the diff of each, and asks', async () => {
    const screen = (await enter(OPERATION, 'a all')).join('\n')
    expect(screen).toMatch(/plan {2}3 change/)
    expect(screen).toMatch(/2 hosts .*h\[1,3\]/)
    expect(screen).toMatch(/1 host .*h2/)
    expect(screen).toMatch(/- server old\.example.*\n.*\+ server new\.example/)
    picture('3-plan')
    terminal.key('down')
    expect((await terminal.waitFor('- server other.example')).join('\n')).toMatch(
      /- server other\.example.*\n.*\+ server new\.example/,
    )
    picture('4-second-group')
    expect(await contents()).toEqual([
      'driftfile /x\nserver old.example\n',
      'server other.example\niburst\n',
      'driftfile /x\nserver old.example\n',
    ])
  })

  test('approved with a key, it is applied on all', async () => {
    terminal.key('a')
    await terminal.waitFor('approved for 3 hosts', PATIENCE)
    await expect.poll(contents, { timeout: 20_000 }).toEqual(wanted)
    picture('5-applied')
  })

  test('recalled and run again there is nothing to do', async () => {
    await terminal.quiet(300)
    terminal.key('up')
    await terminal.waitFor(`› ${OPERATION}`.slice(0, 60))
    terminal.key('enter')
    await terminal.waitFor('nothing to do', PATIENCE)
  })

  test('an endless loop is stopped with Ctrl-C, and the session goes on', async () => {
    terminal.type('while (true) {}')
    terminal.key('enter')
    await terminal.waitFor('[5] while (true) {}', PATIENCE)
    terminal.key('ctrl-c')
    await terminal.waitFor('interrupted', PATIENCE)
    await enter('6 * 7', /^│.*││ {5}42 /m)
  })

  test('wrong code is refused where it is typed', async () => {
    const screen = await enter('const n: number = "a"', "✗ 1:7 Type 'string' is not assignable to type 'number'.")
    expect(screen.join('\n')).toContain('› const n: number = "a"')
    picture('6-refused')
    terminal.key('ctrl-c')
    await terminal.waitFor(rows => !rows.join('\n').includes('const n'))
  })

  test('the screen follows the terminal to 80×24 and back', async () => {
    terminal.resize(80, 24)
    const small = await terminal.waitFor(
      rows =>
        rows[0]?.length !== undefined && rows[0].length <= 80 && rows.length === 24 && (rows[23] ?? '').includes('run'),
    )
    expect(small[1]).toMatch(/^┌─ hosts ─+┐┌─ session: .*┐$/)
    expect(small[1]).toHaveLength(80)
    picture('7-small')
    terminal.resize(120, 40)
    await terminal.waitFor(/facts +diff +output +doctor +help/)
  })

  test('it is exported, and the terminal is given back on :quit', async () => {
    await enter(':export deploy.ts', /planned on h\[1-3\][\s\S]*nothing to change/)
    picture('8-exported')
    await enter(':quit', 'status 0')
    expect(terminal.text()).toMatch(/^before\n/)
    expect(terminal.buffer).toBe('normal')
    expect(terminal.cursor.visible).toBe(true)
    for (const mode of [1049, 1002, 1006, 1004, 2004, 2026]) expect(terminal.modes.has(mode)).toBe(false)
  })

  test('the deploy finds nothing to change, then repairs the one host that was changed by hand', async () => {
    expect(readFileSync(join(folder.path, 'deploy.ts'), 'utf8')).toContain(OPERATION)
    const dry = await muster(folder.path, ['run', 'inventory.ts', 'deploy.ts', '--dry-run'])
    expect(dry.stdout).toMatch(/^= same +h\[1-3\] \(3\)$/m)
    expect(dry.code).toBe(0)
    await lab.exec('h2', `sed -i 's/new/by-hand/' ${CONF}`)
    const repaired = await muster(folder.path, ['run', 'inventory.ts', 'deploy.ts', '--yes'])
    expect(repaired.stdout).toMatch(/^= same +h\[1,3\] \(2\)\n● changed +h2$/m)
    expect(repaired.code).toBe(0)
    expect(await contents()).toEqual(wanted)
  })
})
