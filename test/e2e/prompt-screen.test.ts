import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { labInventory, type WorkFolder, workFolder } from '../fleet/lab-inventory.js'
import { describeOnLab } from '../fleet/shared.js'
import { openTerminal, type Terminal } from '../terminal/terminal.js'
import { buildIfStale, musterScript } from './muster.js'

/** Pictures of the run, to look at. */
const PICTURES = join(tmpdir(), 'muster-screens')

/** On a busy machine the first type check takes its time. */
const PATIENCE = 60_000

describeOnLab('the prompt on a terminal', lab => {
  let folder: WorkFolder
  let terminal: Terminal

  beforeAll(async () => {
    buildIfStale()
    mkdirSync(PICTURES, { recursive: true })
    // without keepalives nothing is sent but what the session wants sent
    folder = workFolder(labInventory(lab, { connect: { serverAliveInterval: 0 } }))
    folder.write('tools.ts', '/** Twice as much. */\nexport const twice = (n: number): number => n * 2\n')
    // an editor that says what it was asked for, and adds a line to a draft
    folder.write(
      'editor.sh',
      `#!/bin/sh\nprintf '%s\\n' "$*" >> editor.log\ncase $2 in */draft.ts) echo '+ 1' >> "$2";; esac\n`,
    )
    chmodSync(join(folder.path, 'editor.sh'), 0o755)
    terminal = openTerminal({
      command: process.execPath,
      args: [musterScript, 'inventory.ts'],
      cwd: folder.path,
      env: { HOME: folder.path, XDG_CONFIG_HOME: '', VISUAL: join(folder.path, 'editor.sh') },
    })
    await terminal.waitFor('● 3 ready', PATIENCE)
  })
  afterAll(async () => {
    await terminal?.close()
    folder?.remove()
  })

  const picture = (name: string) =>
    writeFileSync(join(PICTURES, `prompt-${name}.svg`), terminal.svg({ title: 'muster' }))

  /** TCP segments that the hosts have received so far (proc_net_snmp: `InSegs`). */
  async function segments(): Promise<readonly string[]> {
    const counted = await Promise.all(lab.hosts.map(({ name }) => lab.exec(name, 'cat /proc/net/snmp')))
    return counted.map(text => {
      const [names = '', values = ''] = text.split('\n').filter(line => line.startsWith('Tcp:'))
      return values.split(' ')[names.split(' ').indexOf('InSegs')] ?? ''
    })
  }

  /** What the prompt holds, from its first row to the end of the draft. */
  function draft(): string {
    const rows = terminal.screen()
    const first = rows.findLastIndex(row => row.startsWith(' all 3 ›'))
    return rows.slice(first, -1).join('\n')
  }

  /** What the hosts have received once they receive no more: an acknowledgement may be late. */
  async function settledSegments(): Promise<readonly string[]> {
    for (let before = await segments(); ; ) {
      await sleep(500)
      const now = await segments()
      if (now.join() === before.join()) return now
      before = now
    }
  }

  const isEmpty = () => /^ all 3 ›\s*$/m.test(draft())

  // each begins with an empty prompt
  beforeEach(async () => {
    if (isEmpty()) return
    terminal.key('escape')
    await terminal.quiet(200) // else the two are one key with Alt
    terminal.key('ctrl-c')
    await terminal.waitFor(isEmpty)
  })

  async function enter(cell: string, wanted: string | RegExp): Promise<readonly string[]> {
    terminal.type(cell)
    terminal.key('enter')
    return terminal.waitFor(wanted, PATIENCE)
  }

  test('names and the call being written are offered while one types', async () => {
    terminal.type('files.line')
    await terminal.waitFor(/│ line +\w/, PATIENCE)
    picture('1-names')
    terminal.key('tab')
    await terminal.waitFor(() => draft().includes('› files.line'))
    terminal.type('({ ')
    await terminal.waitFor(/│ (?:files\.)?line\((?:\{ path|args)/, PATIENCE)
    picture('1-call')
  })

  test('units, packages, users and paths of real hosts are offered where they are named', async () => {
    for (const [draft, offered] of [
      ["systemd.service({ service: 'ssh.s", 'ssh.service'],
      ["apt.packages({ packages: ['openssh-s", 'openssh-server'],
      ["server.user({ user: 'dep", 'deploy'],
      ["files.line({ path: '/etc/ss", 'ssh/'],
    ] as const) {
      terminal.type(draft)
      await terminal.waitFor(rows => rows.some(row => row.includes(`│ ${offered} `)), PATIENCE)
      if (offered === 'ssh.service') picture('1-units')
      terminal.key('escape')
      // else the two are one key with Alt
      await terminal.waitFor(rows => !rows.some(row => row.includes(`│ ${offered} `)))
      terminal.key('ctrl-c')
      await terminal.waitFor(isEmpty)
    }
  })

  test('a type error is shown where it is typed, and nothing is sent; put right, it runs', async () => {
    await enter('$`true`', /3 hosts .*h\[1-3\]/)
    const before = await settledSegments()
    expect(before.every(count => Number(count) > 0)).toBe(true)
    await enter('const kernel: number = await $`uname -r`', /✗ 1:7 Type .* is not assignable to type 'number'/)
    picture('2-refused')
    expect(await settledSegments()).toEqual(before)
    expect(draft()).toContain('const kernel: number')
    // the cursor stands on the name: the annotation behind it goes
    terminal.key('alt-f', 'alt-d')
    await terminal.waitFor(() => draft().includes('const kernel = await'))
    terminal.key('enter')
    await expect.poll(segments, { timeout: PATIENCE }).not.toEqual(before)
    await enter('kernel.ok.size', /\] kernel\.ok\.size[\s\S]*││ +3 /)
  })

  test('500 lines are pasted at once and not run; as one cell they are', async () => {
    const before = await settledSegments()
    const lines = Array.from({ length: 500 }, (_, index) => `const v${index} = ${index}`)
    terminal.paste([...lines, '"sum " + (v1 + v499)'].join('\n'))
    await terminal.waitFor('"sum " + (v1 + v499)', PATIENCE)
    expect(await segments()).toEqual(before)
    terminal.key('enter')
    await terminal.waitFor('sum 500', PATIENCE)
    terminal.paste('one\ntwo')
    await terminal.waitFor('two')
    terminal.key('ctrl-_')
    await terminal.waitFor(isEmpty)
  })

  test('10,000 lines are pasted without a stall', async () => {
    const lines = Array.from(
      { length: 10_000 },
      (_, index) => `await files.line({ path: '/etc/x', line: \`${index}\` })`,
    )
    const before = await settledSegments()
    terminal.paste(lines.join('\n'))
    await terminal.waitFor('`9999`', PATIENCE)
    const typed = performance.now()
    terminal.type('; 1')
    await terminal.waitFor('`9999` }); 1', PATIENCE)
    expect(performance.now() - typed).toBeLessThan(20_000)
    expect(await segments()).toEqual(before)
    terminal.key('ctrl-c')
    await terminal.waitFor(isEmpty, PATIENCE)
  })

  test('a runaway cell is stopped, and what was declared before is still there', async () => {
    terminal.type('while (true) {}')
    terminal.key('enter')
    await terminal.waitFor(/\[\d+\] while \(true\) \{\}/, PATIENCE)
    terminal.key('ctrl-c')
    await terminal.waitFor('interrupted', PATIENCE)
    await enter('v499 + 1000', /││ +1499 /)
  })

  test('wide characters take their columns, for the cursor and for the mouse', async () => {
    const start = ' all 3 › '.length
    terminal.type("const 数 = '한국어 👨‍👩‍👧 e\u0301'")
    await terminal.waitFor(
      rows => terminal.cursor.x === start + 24 && rows[terminal.cursor.y]?.includes('한국어') === true,
    )
    const row = terminal.cursor.y
    // the cell of 국, its right half: what is typed comes before it
    terminal.mouse(start + 15, row)
    terminal.type('-')
    await terminal.waitFor(() => draft().includes('한-국어'))
    picture('3-wide')
    await enter('', /\[\d+\] const 数.* \d+\.\d+ s/) // it has ended
    await enter('数.length', /\] 数\.length[\s\S]*││ +\d+ /)
  })

  test('the draft survives a terminal that changes its size while one types', async () => {
    terminal.type('const size = "be')
    terminal.resize(80, 24)
    terminal.type('fore"')
    await terminal.waitFor(rows => rows.length === 24 && draft().includes('const size = "before"'))
    terminal.resize(120, 40)
    terminal.type('; size')
    await terminal.waitFor(() => draft().includes('const size = "before"; size'))
  })

  test('the draft goes to $VISUAL and comes back as it was saved, with the screen around it', async () => {
    terminal.type('41')
    await terminal.waitFor(() => draft().includes('41'))
    terminal.key('ctrl-x', 'ctrl-e')
    await terminal.waitFor(() => draft().includes('+ 1'))
    expect(terminal.buffer).toBe('alternate')
    expect(terminal.screen()[0]).toContain('● 3 ready')
    terminal.key('enter')
    await terminal.waitFor(/││ +42 /, PATIENCE)
    expect(readFileSync(join(folder.path, 'editor.log'), 'utf8')).toMatch(/^\+1 \S+\/draft\.ts\n$/)
  })

  test('definitions open in $VISUAL; help follows the cursor', async () => {
    terminal.type("import { twice } from './tools.js'; twice")
    terminal.key('f1')
    await terminal.waitFor(/│ from \S+\/tools/, PATIENCE)
    picture('4-help')
    terminal.key('f12')
    await expect
      .poll(() => readFileSync(join(folder.path, 'editor.log'), 'utf8'), { timeout: PATIENCE })
      .toMatch(/^\+2 \S+\/tools\.ts$/m)
    await terminal.waitFor(() => draft().includes('twice'))
  })

  test('with :set editor vi the prompt takes the keys of vi, now and in the next session', async () => {
    await enter(':set editor vi', 'vi: insert')
    terminal.type('foo.bar baz')
    terminal.key('escape')
    await terminal.waitFor('vi: normal')
    terminal.type('bbcw[1]')
    terminal.key('escape')
    await terminal.waitFor(() => draft().includes('foo.[1] baz'))
    terminal.type('ccconst n = 6 * 7')
    await terminal.waitFor(() => draft().includes('› const n = 6 * 7'))
    terminal.key('escape')
    terminal.type('^dwiconst ')
    terminal.key('enter')
    await enter('n', /││ +42 /)
    picture('5-vi')
    expect(JSON.parse(readFileSync(join(folder.path, '.config/muster/settings.json'), 'utf8')).editor).toBe('vi')
  })
})
