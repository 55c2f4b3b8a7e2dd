import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { labInventory } from '../../fleet/lab-inventory.js'
import { describeOnLab } from '../../fleet/shared.js'
import { type WatchedSession, watchSession } from '../../fleet/watched-session.js'

describeOnLab('bad input in a session', lab => {
  let session: WatchedSession
  beforeAll(async () => {
    session = await watchSession(labInventory(lab))
  })
  afterAll(() => session?.close())
  beforeEach(() => session.mark())

  /** How many TCP segments have reached the hosts: not one more when nothing was sent. */
  async function received(): Promise<string> {
    const counts = lab.hosts.map(({ name }) => lab.exec(name, "grep '^Tcp: [0-9]' /proc/net/snmp | cut -d ' ' -f 11"))
    return (await Promise.all(counts)).join()
  }

  // before anything has connected: what is refused here would have to connect first
  test.each([
    [
      'a syntax error',
      'await $`touch /tmp/sent`\nconst x = ;',
      '2:11 Expression expected.\n  const x = ;\n            ^',
    ],
    [
      'a type error',
      'const n: number = "x"; await $`touch /tmp/sent`',
      `1:7 Type 'string' is not assignable to type 'number'.\n  const n: number = "x"; await $\`touch /tmp/sent\`\n        ^`,
    ],
    [
      'an argument that an operation does not have',
      "await $`touch /tmp/sent`\nfiles.link({ pth: '/etc/x' })",
      /^2:14 files\.link has no argument pth; did you mean path\?/,
    ],
    [
      'a host that is not in the inventory',
      "fleet.host('h4').$`touch /tmp/sent`",
      /^1:12 There is no host h4; did you mean h1\?/,
    ],
    [
      'a group that is not in the inventory',
      "group('wbe').$`touch /tmp/sent`",
      /^1:7 There is no group wbe; did you mean web\?/,
    ],
    [
      'a module that is not there',
      "import { a } from './nowhere.js'\nawait $`touch /tmp/sent`",
      /^1:19 Cannot find module '\.\/nowhere\.js'/,
    ],
  ])('%s is refused: nothing is run and nothing is sent', async (_, source, wanted) => {
    const before = await received()
    const text = await session.read(source)
    if (typeof wanted === 'string') expect(text).toBe(`${wanted}\nNothing was run and nothing was sent.`)
    else expect(text).toMatch(wanted)
    expect(text).toMatch(/\nNothing was run and nothing was sent\.$/)
    expect(await received()).toBe(before)
    expect(session.since('task.start')).toEqual([])
  })

  test.each([
    ['a syntax error', 'export const a = = 1', 'lib.ts:1:18: Expression expected.'],
    ['a type error', "export const a: number = 'x'", "lib.ts:1:14: Type 'string' is not assignable to type 'number'."],
  ])('%s in a file that a cell imports is named with its place, and nothing is sent', async (_, text, wanted) => {
    const cell = "import { a } from './lib.js'\nawait $`echo " + '$' + '{a}`'
    const before = await received()
    session.folder.write('lib.ts', `${text}\n`)
    expect(await session.read(cell)).toBe(
      `1:19 ${wanted}\n  import { a } from './lib.js'\n                    ^^^^^^^^\nNothing was run and nothing was sent.`,
    )
    expect(await received()).toBe(before)
  })

  test('what is well typed and surely not meant is refused with its fix, and nothing is sent', async () => {
    const cells: readonly (readonly [source: string, first: string, fix?: string])[] = [
      ["match('web9')", '1:7 There is no host web9; there are h1, h2, h3.'],
      ["match('wbe')", '1:7 There is no host wbe; there are h1, h2, h3.'],
      ["match('@wbe')", '1:7 There is no group @wbe; did you mean @web?', 'fix: write @web'],
      ['$`touch /tmp/sent`\n1', '1:1 $ is not awaited:', 'fix: await it'],
      ['if (fleet) 1', '1:5 A fleet is true even when it is empty: ask .size > 0.', 'fix: ask .size > 0'],
    ]
    const before = await received()
    for (const [source, first, fix = ''] of cells) {
      const text = await session.read(source)
      expect(text).toContain(first)
      expect(text).toContain(fix)
      expect(text).toContain('Nothing was run and nothing was sent.')
    }
    expect(await received()).toBe(before)
  })

  test('when the file is mended, the cell runs', async () => {
    session.folder.write('lib.ts', "export const a: string = 'mended'\n")
    expect(await session.read("import { a } from './lib.js'\nawait $`echo " + '$' + '{a}`')).toBe(
      '● h[1-3] (3)\n  mended',
    )
  })

  test('what only running can tell names its place in the cell', async () => {
    const places: readonly (readonly [source: string, text: string])[] = [
      ["fleet.group('wbe' as 'web')", '1:7 There is no group wbe; did you mean web?'],
      ["\n  host('h4' as 'h1')", '2:3 There is no host h4 in this fleet of 3; did you mean h1?'],
      ["match(String('h[1-'))", '1:1 The host pattern h[1-: “[” without “]”.'],
      ["match(String('web9'))", '1:1 There is no host web9; there are h1, h2, h3.'],
      [
        "files.line({ path: 'etc/hosts', line: 'x' })",
        '1:7 files.line: path: expected an absolute path: begin it with /',
      ],
      ["await host('h2').$`exit 3`", '1:1 h2: exit 3 exited with 3'],
      ["await host('h2').read('/no/such')", '1:1 h2: /no/such: no such file'],
      ["const boom = () => { throw new Error('boom') }\nboom()", '1:28 Error: boom'],
      ['await Promise.reject("text")', "'text' was thrown"],
    ]
    const texts: string[] = []
    for (const [source] of places) texts.push((await session.read(source)).split('\n')[0] ?? '')
    expect(texts).toEqual(places.map(([, text]) => text))
  })

  test('an exception in a user file names its place there too', async () => {
    session.folder.write('ntp.ts', "export function pick(): string {\n  throw new Error('no server')\n}\n")
    expect(await session.read("import { pick } from './ntp.js'\npick()")).toBe(
      '2:1 Error: no server\n  pick()\n  ^\n  at ntp.ts:2:9',
    )
  })

  test('a colon command that cannot be carried out says so', async () => {
    const refused = (line: string): Promise<string> =>
      session.port.command(line).then(
        () => 'carried out',
        (error: Error) => error.message,
      )
    expect(await refused('focus web9')).toBe('There is no host web9; there are h1, h2, h3.')
    expect(await refused('fokus web')).toBe('There is no command :fokus; did you mean :focus?')
    expect(await refused('guard shut')).toBe('There is no guard shut; there are open, confirm, count, readonly.')
    expect(await refused('undo')).toBe('There is nothing to undo in this session.')
  })

  test('the session is as usable as before', async () => {
    expect(await session.read('$`hostname`')).toBe('● h1\n  h1\n● h2\n  h2\n● h3\n  h3')
  })

  test('an inventory that cannot be opened is one sentence with its place', async () => {
    const open = (inventory: string): Promise<string> =>
      watchSession({ hosts: {} }, { inventory, directory: session.folder.path }).then(
        () => 'opened',
        (error: Error) => error.message,
      )
    session.folder.write('syntax.ts', 'export default {\n  hosts: {,\n}\n')
    session.folder.write('throws.ts', "export default () => {\n  throw new Error('the cloud does not answer')\n}\n")
    session.folder.write('other.ts', 'export const hosts = {}\n')
    expect(await open('missing.ts')).toMatch(/^There is no inventory file missing\.ts in /)
    expect(await open('syntax.ts')).toMatch(/syntax\.ts:2:11: Property assignment expected\.$/)
    expect(await open('throws.ts')).toBe('throws.ts:2:9: the cloud does not answer')
    expect(await open('other.ts')).toBe(
      'other.ts has no default export: write export default inventory({ hosts: { … } }).',
    )
    expect(await open('@lcoal')).toMatch(/^“@lcoal” in @lcoal is not a host: write name, user@name/)
  })
})
