import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { labInventory, type WorkFolder, workFolder } from '../fleet/lab-inventory.js'
import { describeUnless } from '../fleet/own-lab.js'
import { describeOnLab } from '../fleet/shared.js'
import { openPane, type Pane, tmuxMissing } from '../terminal/tmux.js'
import { buildIfStale, muster, musterScript } from './muster.js'

const CONF = '/etc/muster-screen.conf'
const EACH = '/etc/muster-each.conf'
const OPERATION = `files.line({ path: '${CONF}', line: 'server new.example', replace: /^server / })`

const START = `'${process.execPath}' '${musterScript}' inventory.ts`

// a terminal of somebody else's making between muster and the person, as most have it who work on servers
describeUnless(tmuxMissing(), 'a session in tmux', () =>
  describeOnLab('on real hosts', lab => {
    let folder: WorkFolder
    let pane: Pane
    const everywhere = (command: string): Promise<string[]> =>
      Promise.all(lab.hosts.map(({ name }) => lab.exec(name, command)))
    const contents = (): Promise<string[]> => everywhere(`cat ${CONF}`)

    beforeAll(async () => {
      buildIfStale()
      folder = workFolder(labInventory(lab))
      await everywhere(`printf 'driftfile /x\\nserver old.example\\n' > ${CONF}`)
      await lab.exec('h2', `printf 'server other.example\\niburst\\n' > ${CONF}`)
      // the person's own shell: what is on the terminal before and after tells whether it was given back, and ^Z needs one
      const env = { HOME: folder.path, LANG: 'C.UTF-8' }
      pane = openPane({
        command: `exec env 'PS1=mine> ' bash --norc --noprofile -i`,
        cols: 120,
        rows: 40,
        cwd: folder.path,
        env,
      })
      await pane.shows('mine>')
      pane.type('echo before\n')
      await pane.shows(/^before$/m)
      pane.type(`${START}\n`)
    })
    afterAll(async () => {
      await pane?.close()
      folder?.remove()
      await everywhere(`rm -f ${CONF} ${EACH}`)
    })

    function enter(cell: string, wanted: string | RegExp): Promise<string> {
      pane.type(`${cell}\n`)
      return pane.shows(wanted)
    }
    /** What the screen says when nothing runs and the prompt has the keys. */
    const atPrompt = (): Promise<string> => pane.shows(/^ ⏎ run /m)

    const wanted = [
      'driftfile /x\nserver new.example\n',
      'server new.example\niburst\n',
      'driftfile /x\nserver new.example\n',
    ]

    test('the hosts come up, in their groups', async () => {
      const screen = await pane.shows('● 3 ready')
      expect(screen).toMatch(/^ muster · inventory\.ts +focus all 3\/3 +● 3 ready/)
      for (const row of ['▾ web              2/2', '● h1', '● h2', '▾ db               1/1', '● h3'])
        expect(screen).toContain(row)
      expect(pane.knows('alternate_on')).toBe('1')
    })

    test('a command is folded into one group, a fact is shown field by field', async () => {
      const [kernel = ''] = await everywhere('uname -r')
      expect(await enter('$`uname -r`', /3 hosts .*h\[1-3\]/)).toContain(`3 hosts  ${kernel.trim()}  h[1-3]`)
      expect(await enter('facts.server.os()', "codename: 'bookworm'")).toMatch(/▾ 3 hosts .* h\[1-3\]/)
    })

    test('an operation shows two groups, the diff of each, and asks', async () => {
      const screen = await enter(OPERATION, 'a all')
      expect(screen).toMatch(/plan {2}3 change/)
      expect(screen).toMatch(/2 hosts .*h\[1,3\]/)
      expect(screen).toMatch(/1 host .*≠ - ser.*\n.* h2 /)
      expect(screen).toMatch(/- server old\.example.*\n.*\+ server new\.example/)
      pane.key('down')
      expect(await pane.shows('- server other.example')).toMatch(/- server other\.example.*\n.*\+ server new\.example/)
      expect(await contents()).toEqual([
        'driftfile /x\nserver old.example\n',
        'server other.example\niburst\n',
        'driftfile /x\nserver old.example\n',
      ])
    })

    test('approved with a key, it is applied on all; recalled and run again there is nothing to do', async () => {
      await pane.shows(/^ a all /m)
      pane.type('a')
      await pane.shows('approved for 3 hosts')
      await expect.poll(contents, { timeout: 60_000 }).toEqual(wanted)
      await atPrompt()
      pane.key('up')
      await pane.shows(`› ${OPERATION}`.slice(0, 60))
      pane.key('enter')
      await pane.shows('nothing to do')
    })

    test('hosts are filtered and marked; S types to the shells of all that are marked, and they are sel in code', async () => {
      await atPrompt()
      pane.key('f6', 'f6')
      pane.type('/h3')
      await pane.shows(text => /\/h3/.test(text) && !/● h1/.test(text))
      pane.key('enter', 'end', 'space')
      await pane.shows(/\*● h3 .* m?s /)
      pane.key('/', 'escape')
      await pane.shows(/● h1 [\s\S]*\*● h3/)
      // by the mouse: a click goes there
      pane.clickOn('h2 ')
      pane.key('space')
      await pane.shows(/● h1 [\s\S]*\*● h2 [\s\S]*\*● h3 /)
      pane.type('S')
      await pane.shows('typing to all 2')
      pane.type('stty size; echo together\n')
      await pane.shows(/━ 2 hosts {2}h\[2-3\] ━[\s\S]*\n38 120[\s\S]*\ntogether/)
      pane.type('echo "I am $(hostname)"\n')
      await pane.shows(/[─━] h[23] [─━][\s\S]*I am h/)
      pane.key('ctrl-]')
      pane.type('q')
      await pane.shows('Again hangs up on all 2 shells')
      pane.key('ctrl-]')
      pane.type('q')
      expect(await pane.shows(/h\[2-3\]: ended/)).toContain('● 3 ready')
      pane.key('escape')
      await atPrompt()
      await enter('[...sel].map(host => host.name).join()', /│ {5}h3,h2 /)
    })

    test('a shell on a host takes the terminal, and the screen is there again when it ends', async () => {
      pane.type(':shell h2\n')
      await pane.shows(text => !text.includes('muster · inventory'))
      pane.type('echo "I am $(hostname), $(stty size)"\n')
      expect(await pane.shows(/I am h2, 40 120/)).not.toContain('● 3 ready')
      pane.type('exit 7\n')
      expect(await pane.shows('ended with 7')).toContain('● 3 ready')
    })

    test('^Z gives the terminal to the shell it came from, fg brings the screen back', async () => {
      pane.key('ctrl-z')
      await pane.shows('Stopped')
      expect(pane.knows('alternate_on')).toBe('0')
      expect(await pane.shows(/^before$/m)).not.toContain('● 3 ready')
      pane.type('echo "meanwhile $((6 * 7))"\n')
      await pane.shows(/^meanwhile 42$/m)
      pane.type('fg\n')
      expect(await pane.shows('● 3 ready')).toMatch(/^ muster/)
      expect(pane.knows('alternate_on')).toBe('1')
      await enter('1234 * 2', /^│.*││ {5}2468 /m)
    })

    test('an endless loop is stopped with Ctrl-C, and the session goes on', async () => {
      await enter('while (true) {}', /\[\d+\] while \(true\) \{\}/)
      pane.key('ctrl-c')
      await pane.shows('interrupted')
      await enter('6 * 7', /^│.*││ {5}42 /m)
    })

    test('wrong code is refused where it is typed', async () => {
      const screen = await enter('const n: number = "a"', "✗ 1:7 Type 'string' is not assignable to type 'number'.")
      expect(screen).toContain('› const n: number = "a"')
      pane.key('ctrl-c')
      await pane.shows(text => !text.includes('const n'))
    })

    test('the screen follows the terminal to 80×24, to 60 columns, and back', async () => {
      pane.resize(80, 24)
      const small = await pane.shows(/^┌─ hosts ─+┐┌─ session: .*┐\n(?:.*\n){21}.*run/m)
      expect(small.split('\n')[1]).toHaveLength(80)
      pane.resize(60, 20)
      const narrow = await pane.shows(/^┌─ session: .*┐$/m)
      expect(narrow.split('\n')[1]).toHaveLength(60)
      await enter('12 * 12', /^│ {5}144 /m)
      pane.resize(120, 40)
      const back = (await pane.shows(/facts +diff +output +doctor +help/)).split('\n')
      expect(back[1]).toMatch(/^┌─ hosts ─+┐┌─ session: .*┐┌─ .*┐$/)
      expect(back.filter(row => row.includes('● 3 ready'))).toHaveLength(1)
    })

    test('it is exported, and the terminal is given back on :quit', async () => {
      await enter(':export deploy.ts', /planned on h\[1-3\][\s\S]*nothing to change/)
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

    test('after kill -9 it is started again in the same terminal, without reset', async () => {
      pane.type(`${START}\n`)
      await pane.shows('● 3 ready')
      execFileSync('pkill', ['-KILL', '-P', pane.knows('pane_pid')])
      await pane.shows('Killed')
      // what the killed one had drawn is still there, and the terminal as it had set it
      expect(pane.knows('alternate_on')).toBe('1')
      pane.type(`${START}\n`)
      await pane.shows(text => text.startsWith(' muster') && text.includes('● 3 ready') && !text.includes('Killed'))
      await enter('6 * 7', /^│.*││ {5}42 /m)
    })

    test('of a plan in three groups one is approved', async () => {
      await Promise.all(lab.hosts.map(({ name }) => lab.exec(name, `echo "server ${name}.example" > ${EACH}`)))
      const plan = await enter(`files.line({ path: '${EACH}', line: 'server ours', replace: /^server / })`, /^ a all /m)
      expect(plan).toMatch(/plan {2}3 change/)
      pane.clickOn('g group by group')
      await pane.shows('group 1 of 3: h1')
      pane.type('ynn')
      await pane.shows(/2 hosts +– skipped not approved +h\[2-3\][\s\S]*1 host +✓/)
      expect(await everywhere(`cat ${EACH}`)).toEqual(['server ours\n', 'server h2.example\n', 'server h3.example\n'])
    })

    test('an answer is opened level by level, and what two hosts said is compared', async () => {
      await enter(`$\`cat ${EACH}; seq 30\``, /1 host .*h3/)
      await atPrompt()
      pane.key('f6', 'right')
      expect(await pane.shows(/▾ 1 host .*h3/)).not.toMatch(/^│.*││ +30 /m)
      pane.key('right')
      await pane.shows(/^│.*[│┃]+ +30 /m)
      pane.type('d')
      await pane.shows(/- server ours[\s\S]*\+ server h3\.example/)
      pane.key('left', 'left')
      await pane.shows(/▸ 1 host .*h3/)
      pane.key('escape')
      await atPrompt()
    })

    test('left again, the terminal is as it was', async () => {
      await given(':quit')
      pane.type('stty -a | grep -o -- "-\\?icanon"\n')
      await pane.shows(/^icanon$/m)
    })

    /** Leaves the session: the terminal is as it was. */
    async function given(line: string): Promise<void> {
      await atPrompt()
      pane.type(`${line}\n`)
      await pane.shows(/^mine>$/m)
      expect(pane.knows('alternate_on')).toBe('0')
      pane.type('echo "status $?"\n')
      await pane.shows(/^status 0$/m)
      expect(await pane.shows(/^before$/m)).not.toContain('● 3 ready')
      const flags = ['cursor_flag', 'mouse_any_flag', 'mouse_sgr_flag', 'keypad_cursor_flag'].map(name =>
        pane.knows(name),
      )
      expect(flags).toEqual(['1', '0', '0', '0'])
    }
  }),
)
