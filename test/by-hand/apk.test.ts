import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { diffLines } from '../../src/engine/plan/render-diff.js'
import { run } from '../fleet/command.js'
import type { Root } from '../fleet/roots.js'
import { watchSession } from '../fleet/watched-session.js'
import type { TinyApk } from './apk-repository.js'
import { apkRoot } from './apk-root.js'

const { MUSTER_APK: apk } = process.env
if (apk === undefined)
  throw new Error(
    'Set MUSTER_APK to an apk to try, built from github.com/alpinelinux/apk-tools as docs/testing.md tells.',
  )

const hello = (version: string): TinyApk => ({
  name: 'hello',
  version,
  files: { '/usr/bin/hello': `#!/bin/sh\necho "hello ${version}"\n` },
})

/** Two versions of one package, one that needs the newer, one that needs any. */
const PACKAGES: readonly TinyApk[] = [
  hello('1.0-r0'),
  hello('1.1-r0'),
  { name: 'tool', version: '2.3-r1', depends: ['hello>=1.1'], files: { '/usr/bin/tool': '#!/bin/sh\nexec hello\n' } },
  { name: 'old', version: '0.9-r0', depends: ['hello'], files: { '/etc/old/old.conf': 'old = yes\n' } },
]

/** What is installed, what was asked for, and every file but the notes of apk, with rights and checksum. */
const STATE = `apk info -v | sort; sort /etc/apk/world
find / '(' -path /proc -o -path /dev -o -path /tmp -o -path /var -o -path /root -o -path '*/apk/db' ')' -prune -o \\
  -exec stat -c '%n %A %u:%g' {} ';' | sort
find /usr /etc ! -path '*/apk/*' -type f -exec cksum {} ';' | sort`

/** `installed` is there before anything is typed. */
const CASES: Readonly<Record<string, { installed: string[]; typed: string[]; gives: string; told: string[] }>> = {
  'installs what is needed, too': {
    installed: [],
    typed: ["apk.packages({ packages: ['tool'], update: true })"],
    gives: "apk.packages({ packages: ['tool'], update: true })",
    told: ['+tool 2.3-r1', '+hello 1.1-r0'],
  },
  'upgrades what another needs newer, and puts the older version back': {
    installed: ['old', 'hello=1.0-r0', 'hello'],
    typed: ["apk.packages({ packages: ['tool'] })"],
    gives: "apk.packages({ packages: ['tool'] })",
    told: ['-hello 1.0-r0', '+hello 1.1-r0', '+tool 2.3-r1'],
  },
  'a version that is held, then another': {
    installed: ['old'],
    typed: ["apk.packages({ packages: ['hello=1.0-r0'] })", "apk.packages({ packages: ['hello=1.1-r0'] })"],
    gives: "apk.packages({ packages: ['hello=1.1-r0'] })",
    told: [
      '-hello 1.1-r0',
      '+hello 1.0-r0 (hello=1.0-r0)',
      '-hello 1.0-r0 (hello=1.0-r0)',
      '+hello 1.1-r0 (hello=1.1-r0)',
    ],
  },
  'another version in the place of a held one': {
    installed: ['hello=1.0-r0'],
    typed: ["apk.packages({ packages: ['hello=1.1-r0'] })"],
    gives: "apk.packages({ packages: ['hello=1.1-r0'] })",
    told: ['-hello 1.0-r0 (hello=1.0-r0)', '+hello 1.1-r0 (hello=1.1-r0)'],
  },
  'removes what nothing needs any longer, too': {
    installed: ['tool', 'old=0.9-r0'],
    typed: ["apk.packages({ packages: ['tool', 'old'], present: false })"],
    gives: "apk.packages({ packages: ['tool', 'old'], present: false })",
    told: ['-tool 2.3-r1', '-old 0.9-r0 (old=0.9-r0)', '-hello 1.1-r0'],
  },
  'lines that were typed': {
    installed: ['old'],
    typed: ['$`apk list --installed`', '$`apk add --no-cache tool`', '$`apk del old`', '$`apk info -v`'],
    gives: "apk.packages({ packages: ['tool'], update: true })",
    told: [],
  },
}

test.each(Object.entries(CASES))('%s', async (_, { installed, typed, gives, told }) => {
  const [used, fresh] = await Promise.all([apkRoot(apk, PACKAGES, installed), apkRoot(apk, PACKAGES, installed)])
  onTestFinished(() => Promise.all([used, fresh].map(root => root.remove())).then(() => {}))
  const state = ({ folder }: Root): Promise<string> => run('chroot', folder, '/bin/sh', '-c', STATE)
  const on = ({ folder }: Root, name: string) => ({ hosts: { [name]: { connector: 'chroot' as const, root: folder } } })
  const before = await state(used)
  expect(await state(fresh)).toBe(before)

  const first = await watchSession(on(used, 'edge'), { checkTypes: false })
  onTestFinished(() => first.folder.remove())
  for (const line of typed) expect(await first.read(line), line).not.toMatch(/✗|Error/)
  const plans = first.since('plan').flatMap(({ plan }) => plan.groups.flatMap(({ changes }) => changes))
  const lines = plans.flatMap(({ diff }) => diffLines(diff).filter(({ sign }) => sign !== '@'))
  expect(lines.map(({ sign, text }) => `${sign}${text}`)).toEqual(told)
  const session = first.records.find(record => record.type === 'session.start')?.session ?? ''
  await first.port.command('export deploy.ts')
  await first.port.close()
  const made = await readFile(join(first.folder.path, 'deploy.ts'), 'utf8')
  expect(made).toContain(gives)
  expect(made).toMatch(/^\/\/ Proof: .* planned on edge .*: nothing to change\. /m)
  const after = await state(used)
  expect(after).not.toBe(before)

  // on a host that has seen nothing of it; a second run finds nothing left to do
  const second = await watchSession(on(fresh, 'edge'), { checkTypes: false })
  onTestFinished(() => second.close())
  second.folder.write('deploy.ts', made)
  await second.read("import deploy from './deploy.js'")
  await second.read('await deploy(fleet)')
  expect(await state(fresh)).toBe(after)
  second.mark()
  await second.read('await deploy(fleet)')
  expect(second.since('approval.asked')).toEqual([])

  // what the first session did, taken back in a third
  const third = await watchSession(on(used, 'edge'), { directory: first.folder.path, checkTypes: false })
  onTestFinished(() => third.close())
  if (plans.length === 0)
    await expect(third.port.command(`undo ${session}`)).rejects.toThrow('nothing that still stands')
  else await third.port.command(`undo ${session}`)
  expect(third.since('task.host').filter(({ outcome }) => outcome.status !== 'ok')).toEqual([])
  expect(await state(used)).toBe(plans.length === 0 ? after : before)
})
