import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { labInventory, type WorkFolder, workFolder } from '../fleet/lab-inventory.js'
import { describeOnLab } from '../fleet/shared.js'
import { openTerminal, type Terminal } from '../terminal/terminal.js'
import { buildIfStale, muster, musterScript } from './muster.js'

const CONF = '/etc/muster-screen.conf'
const EACH = '/etc/muster-each.conf'
const OPERATION = `files.line({ path: '${CONF}', line: 'server new.example', replace: /^server / })`

const START = `'${process.execPath}' '${musterScript}' inventory.ts`

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
    // the person's own shell: what is on the terminal before and after tells whether it was given back, and ^Z needs one
    terminal = openTerminal({
      command: 'bash',
      args: ['--norc', '--noprofile', '-i'],
      cwd: folder.path,
      env: { HOME: folder.path, PS1: 'mine> ' },
    })
    await terminal.waitFor('mine>')
    terminal.type('echo before\n')
    await terminal.waitFor(/^before$/m)
    terminal.type(`${START}\n`)
  })
  afterAll(async () => {
    await terminal?.close()
    folder?.remove()
    await everywhere(`rm -f ${CONF} ${EACH}`)
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

  test('hosts are filtered and marked; S types to the shells of all that are marked, and they are sel in code', async () => {
    terminal.key('f6', 'f6')
    terminal.type('/h3')
    await terminal.waitFor(rows => /\/h3/.test(rows.join('\n')) && !/● h1/.test(rows.join('\n')))
    terminal.key('enter', 'end', 'space')
    await terminal.waitFor(/\*● h3 .* m?s /)
    terminal.key('/', 'escape')
    await terminal.waitFor(/● h1 [\s\S]*\*● h3/)
    terminal.type('/h2')
    await terminal.waitFor(rows => !/● h1/.test(rows.join('\n')))
    terminal.key('enter', 'end', 'space')
    await terminal.waitFor(/\*● h2 /)
    terminal.key('/', 'escape')
    await terminal.waitFor(/● h1 [\s\S]*\*● h2 [\s\S]*\*● h3 /)
    terminal.type('S')
    await terminal.waitFor('typing to all 2', PATIENCE)
    terminal.type('stty size; echo together\r')
    await terminal.waitFor(/━ 2 hosts {2}h\[2-3\] ━[\s\S]*\n\d+ \d+[\s\S]*\ntogether/, PATIENCE)
    terminal.type('echo "I am $(hostname)"\r')
    await terminal.waitFor(/[─━] h[23] [─━][\s\S]*I am h/, PATIENCE)
    picture('2-shells')
    terminal.key('ctrl-]')
    terminal.type('q')
    expect((await terminal.waitFor(/h\[2-3\]: ended/, PATIENCE))[0]).toContain('● 3 ready')
    terminal.key('escape')
    await terminal.waitFor('⏎ run')
    await enter('[...sel].map(host => host.name).join()', /│ {5}h3,h2 /)
  })

  test('^Z gives the terminal to the shell it came from, fg brings the screen back', async () => {
    terminal.key('ctrl-z')
    await terminal.waitFor('Stopped')
    expect(terminal.buffer).toBe('normal')
    expect(terminal.text()).toMatch(/^before\n/m)
    terminal.type('echo "meanwhile $((6 * 7))"\n')
    await terminal.waitFor(/^meanwhile 42$/m)
    terminal.type('fg\n')
    expect((await terminal.waitFor('● 3 ready'))[0]).toMatch(/^ muster/)
    expect(terminal.buffer).toBe('alternate')
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
    await terminal.waitFor(/\[\d+\] while \(true\) \{\}/, PATIENCE)
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

  test('the screen follows the terminal to 80×24, to 60 columns, and back', async () => {
    terminal.resize(80, 24)
    const small = await terminal.waitFor(
      rows =>
        rows[0]?.length !== undefined && rows[0].length <= 80 && rows.length === 24 && (rows[23] ?? '').includes('run'),
    )
    expect(small[1]).toMatch(/^┌─ hosts ─+┐┌─ session: .*┐$/)
    expect(small[1]).toHaveLength(80)
    picture('7-small')
    terminal.resize(60, 20)
    const narrow = await terminal.waitFor(rows => rows.length === 20 && /^┌─ session: .*┐$/.test(rows[1] ?? ''))
    expect(narrow[1]).toHaveLength(60)
    terminal.resize(120, 40)
    await terminal.waitFor(/facts +diff +output +doctor +help/)
  })

  test('it is exported, and the terminal is given back on :quit', async () => {
    await enter(':export deploy.ts', /planned on h\[1-3\][\s\S]*nothing to change/)
    picture('8-exported')
    await given(':quit')
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

  test('after kill -9 it is started again in the same terminal', async () => {
    terminal.type(`${START}\n`)
    await terminal.waitFor('● 3 ready', PATIENCE)
    execFileSync('pkill', ['-KILL', '-P', String(terminal.pid)])
    await terminal.waitFor('Killed')
    // what the killed one had drawn is still there
    const { clears } = terminal
    terminal.type(`${START}\n`)
    await terminal.waitFor(rows => terminal.clears > clears && (rows[0] ?? '').includes('● 3 ready'), PATIENCE)
    await enter('6 * 7', /^│.*││ {5}42 /m)
  })

  test('of a plan in three groups one is approved; an answer is opened, and what two hosts said is compared', async () => {
    await Promise.all(lab.hosts.map(({ name }) => lab.exec(name, `echo "server ${name}.example" > ${EACH}`)))
    const plan = await enter(`files.line({ path: '${EACH}', line: 'server ours', replace: /^server / })`, 'g group')
    expect(plan.join('\n')).toMatch(/plan {2}3 change/)
    await terminal.quiet(300)
    terminal.type('g')
    await terminal.waitFor('group 1 of 3: h1')
    terminal.type('ynn')
    await terminal.waitFor(/2 hosts +– skipped not approved +h\[2-3\][\s\S]*1 host +✓/, PATIENCE)
    expect(await everywhere(`cat ${EACH}`)).toEqual(['server ours\n', 'server h2.example\n', 'server h3.example\n'])
    await enter(`$\`cat ${EACH}; seq 3\``, /1 host .*h3/)
    terminal.key('f6', 'right')
    await terminal.waitFor(/▾ 1 host .*h3/)
    terminal.type('d')
    await terminal.waitFor(/- server ours[\s\S]*\+ server h3\.example/)
    picture('9-compared')
    terminal.key('f6', 'f6', 'f6')
  })

  test('left again, the terminal is as it was', async () => {
    await given(':quit')
    terminal.type('stty -a | grep -o -- "-\\?icanon"\n')
    await terminal.waitFor(/^icanon$/m)
  })

  /** Leaves the session: the terminal is as it was. */
  async function given(line: string): Promise<void> {
    terminal.type(line)
    terminal.key('enter')
    await expect.poll(() => terminal.buffer, { timeout: PATIENCE }).toBe('normal')
    terminal.type('echo "status $?"\n')
    await terminal.waitFor(/^status 0$/m)
    expect(terminal.text()).toMatch(/^before\n/m)
    expect(terminal.buffer).toBe('normal')
    expect(terminal.cursor.visible).toBe(true)
    for (const mode of [1049, 1002, 1006, 1004, 2026]) expect(terminal.modes.has(mode)).toBe(false)
  }
})
