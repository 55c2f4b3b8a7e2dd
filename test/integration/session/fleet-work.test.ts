import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { labInventory } from '../../fleet/lab-inventory.js'
import { describeOnLab } from '../../fleet/shared.js'
import { approve, type WatchedSession, watchSession } from '../../fleet/watched-session.js'

const FOLDER = '/root/muster-work'

describeOnLab('work on real hosts in a session', lab => {
  let session: WatchedSession
  const everywhere = (command: string): Promise<string[]> =>
    Promise.all(lab.hosts.map(({ name }) => lab.exec(name, command)))
  beforeAll(async () => {
    session = await watchSession(labInventory(lab), { checkTypes: false })
    await everywhere(`mkdir -p ${FOLDER}`)
  })
  afterAll(async () => {
    await session?.close()
    await everywhere(`rm -rf ${FOLDER}`)
  })
  beforeEach(() => session.mark())
  afterEach(() => {
    session.decide = approve
  })

  /** Runs a cell that changes hosts: it is applied, then there is nothing to do; gives what was said of the change. */
  async function settles(cell: string): Promise<string> {
    const first = await session.read(cell)
    expect(await session.read(cell)).toMatch(/^● \S+(?: \(\d\))?\n {2}nothing to do$/)
    return first
  }

  /** Takes back the last change; it is planned like any other. */
  async function undo(): Promise<void> {
    session.mark()
    await session.port.command('undo')
    expect(session.since('approval.asked')).toHaveLength(1)
    expect(session.since('cell.end').map(({ end }) => end.kind)).toEqual(['ok'])
  }

  test('10 MB from one host come back whole, and are shown cut', async () => {
    const text = await session.read(
      "const { stdout } = await host('h1').$`yes 0123456789abcde | head -c 10485760`\nstdout.length",
    )
    expect(text).toBe('10485760')
    const shown = await session.read('$`[ $(hostname) = h1 ] && yes 0123456789abcde | head -c 10485760; true`')
    expect(shown.length).toBeLessThan(80_000)
    expect(shown).toContain('● h[2-3] (2)')
    expect(shown).toMatch(/… 10,4\d\d,\d\d\d more bytes/)
  })

  test('a file name with quotes, spaces and what a shell would expand', async () => {
    const name = `${FOLDER}/it's "a" $(touch /tmp/expanded) \`b\` *; name\\n`
    expect(await settles(`files.put({ content: 'kept\\n', dest: ${JSON.stringify(name)} })`)).toContain('changed')
    expect(await session.read(`$\`cat \${${JSON.stringify(name)}}\``)).toBe('● h[1-3] (3)\n  kept')
    expect(await lab.exec('h2', `ls ${FOLDER}; ls /tmp/expanded 2>&1 || true`)).toContain("it's")
    expect(await everywhere('ls /tmp/expanded 2>/dev/null || true')).toEqual(['', '', ''])
    await undo()
    expect(await everywhere(`ls ${FOLDER}`)).toEqual(['', '', ''])
  })

  test('approvals of the branches of an each are one question', async () => {
    const text = await session.read(
      `await fleet.each(async host => {\n  const { hostname } = { hostname: await host.facts.server.hostname() }\n  return (await host.files.put({ content: 'same\\n', dest: '${FOLDER}/each' })).outcome + ' ' + hostname.slice(0, 1)\n})`,
    )
    expect(text).toBe('● h[1-3] (3)\n  changed h')
    const asked = session.since('approval.asked')
    expect(asked.map(({ request }) => [request.hosts, request.choices.length])).toEqual([[['h1', 'h2', 'h3'], 1]])
  })

  test('only the approved group is changed', async () => {
    await lab.exec('h3', `echo other > ${FOLDER}/group`)
    session.decide = () => ({ kind: 'apply', choices: [2] })
    const text = await session.read(`files.line({ path: '${FOLDER}/group', line: 'x' })`)
    expect(text).toMatch(/○ h\[1-2\] \(2\) {2}skipped\n {2}not approved\n● h3 {2}changed/)
    expect(await everywhere(`cat ${FOLDER}/group 2>/dev/null || true`)).toEqual(['', '', 'other\nx\n'])
  })

  test('declined, nothing is changed and the rest of the cell is not run', async () => {
    session.decide = () => ({ kind: 'decline' })
    const text = await session.read(
      `await files.put({ content: 'x', dest: '${FOLDER}/no' })\nawait $\`touch ${FOLDER}/after\``,
    )
    expect(text).toMatch(/^Declined: files\.put .* was not applied\.$/)
    expect(await everywhere(`ls ${FOLDER}/no ${FOLDER}/after 2>/dev/null || true`)).toEqual(['', '', ''])
  })

  test('what somebody else changed since is seen by the next cell', async () => {
    const cell = `files.line({ path: '${FOLDER}/drift', line: 'x' })`
    await settles(cell)
    await lab.exec('h2', `echo y > ${FOLDER}/drift`)
    expect(await session.read(cell)).toBe(`● h[1,3] (2)\n  nothing to do\n● h2  changed\n  edit ${FOLDER}/drift`)
  })

  test('undo plans against the hosts as they are now, with a diff', async () => {
    await everywhere(`printf 'a\\nb\\n' > ${FOLDER}/undo`)
    await settles(`files.line({ path: '${FOLDER}/undo', line: 'B', replace: 'b' })`)
    await lab.exec('h2', `rm ${FOLDER}/undo`)
    await undo()
    const plan = session.since('plan').at(-1)?.plan
    expect(plan?.groups.map(({ hosts }) => hosts.join())).toEqual(['h1,h3', 'h2'])
    expect(await everywhere(`cat ${FOLDER}/undo`)).toEqual(['a\nb\n', 'a\nb\n', 'a\nb\n'])
  })

  test('packages and a service on the host with systemd: planned, applied, same, taken back', async () => {
    await session.port.command('focus h1')
    onTestFinished(async () => void (await session.port.command('focus')))
    expect(await settles("apt.packages({ packages: ['muster-demo'] })")).toContain('install muster-demo')
    await session.read("systemd.service({ service: 'muster-demo', running: false, enabled: false })")
    expect(await settles("systemd.service({ service: 'muster-demo', running: true, enabled: true })")).toBe(
      '● h1  changed\n  start muster-demo.service, enable muster-demo.service',
    )
    expect(await lab.exec('h1', 'systemctl is-active muster-demo')).toBe('active\n')
    await undo()
    expect(await lab.exec('h1', 'systemctl is-active muster-demo || true')).toBe('inactive\n')
    await session.read("apt.packages({ packages: ['muster-demo'], present: false, purge: true })")
  })

  test('a user: made, changed, removed by undo', async () => {
    expect(await settles("server.user({ user: 'muster-guest', shell: '/bin/sh' })")).toContain('muster-guest')
    expect(await everywhere('getent passwd muster-guest | cut -d : -f 7')).toEqual([
      '/bin/sh\n',
      '/bin/sh\n',
      '/bin/sh\n',
    ])
    await undo()
    expect(await everywhere('getent passwd muster-guest || true')).toEqual(['', '', ''])
  })
})

describeOnLab('a sudo password in a session', lab => {
  let session: WatchedSession
  beforeEach(async () => {
    session = await watchSession(labInventory(lab, { user: 'deploy' }), { checkTypes: false })
  })
  afterEach(() => session?.close())

  test('is asked for once for three hosts, again when it was wrong, and is in no record', async () => {
    const answers = ['wrong', lab.deployPassword]
    session.answer = () => answers.shift()
    expect(await session.read('fleet.with({ sudo: true }).$`id -un`')).toBe('● h[1-3] (3)\n  root')
    const questions = session.since('question.asked').map(({ question }) => question)
    expect(questions).toMatchObject([
      { kind: 'secret', prompt: 'sudo password of deploy', retry: false },
      { kind: 'secret', retry: true },
    ])
    expect(await session.read('fleet.with({ sudo: true }).$`id -u`')).toBe('● h[1-3] (3)\n  0')
    expect(await session.read(`'echo ${lab.deployPassword}'`)).not.toContain(lab.deployPassword)
    expect(JSON.stringify(session.records)).not.toContain(lab.deployPassword)
  })

  test('that stays wrong is one sentence for all hosts, and the session goes on', async () => {
    session.answer = () => 'wrong'
    const text = await session.read('fleet.with({ sudo: true }).$`id -un`')
    expect(text).toMatch(/^✗ h\[1-3\] \(3\) {2}failed\n {2}[^\n]*sudo[^\n]*password[^\n]*$/)
    expect(await session.read('$`id -un`')).toBe('● h[1-3] (3)\n  deploy')
  })

  test('that nobody gives is one sentence too', async () => {
    const text = await session.read('fleet.with({ sudo: true }).$`id -un`')
    expect(text).toMatch(/^✗ h\[1-3\] \(3\) {2}failed\n {2}[^\n]*sudo[^\n]*password[^\n]*$/)
  })
})
