import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { labInventory, type WorkFolder, workFolder } from '../fleet/lab-inventory.js'
import { describeOnLab } from '../fleet/shared.js'
import { buildIfStale, muster } from './muster.js'

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
files.line ${CONF}  3 change
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
