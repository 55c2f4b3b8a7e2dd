import { expect, onTestFinished, test } from 'vitest'
import * as operations from '../../../src/operations/index.js'
import { labInventory } from '../../fleet/lab-inventory.js'
import { describeOnOwnLab } from '../../fleet/own-lab.js'
import { watchSession } from '../../fleet/watched-session.js'

/** All that the operations below may alter. */
const STATE = `find /srv/undo /home/undone /etc/undo.conf -printf '%p %y %m %u %g %l\\n' 2>/dev/null | sort
cat /etc/undo.conf /srv/undo/* 2>/dev/null | od -An -c; getent passwd undone; getent group undone; id -nG nobody
dpkg-query -W -f '\${db:Status-Abbrev}\${Package}\\t\${Version}\n' 'muster-*' 2>/dev/null | grep ^ii | sort; systemctl is-active muster-demo; systemctl is-enabled muster-demo
hostname; cat /etc/hostname /etc/timezone; find /etc/localtime /etc/timezone -printf '%p %y %m %u %l\n'; readlink -f /etc/localtime; date +%Z; getent group undogroup; sysctl -n net.ipv4.ip_forward
apt-mark showmanual 'muster-*'; dnf -q repoquery --userinstalled 2>/dev/null | sort; rpm -qa 2>/dev/null | sort; git -C /srv/clone log --oneline --decorate 2>/dev/null
cat /etc/sysctl.d/*undo* /etc/sysctl.d/*muster* 2>/dev/null; crontab -l 2>/dev/null; true`

/** Every operation that has a way back, and each way that it has one. */
const CELLS = [
  `const root = group('web').with({ sudo: true })
  await root.files.directory({ path: '/srv/undo/deep', mode: '0750', owner: 'deploy' })`,
  "await root.files.put({ dest: '/srv/undo/deep/new', content: 'one\\n' })",
  "await root.files.put({ dest: '/etc/undo.conf', content: 'two\\n', mode: '0600' })",
  `await root.files.line({ path: '/etc/undo.conf', line: 'three' })
  await root.files.link({ path: '/srv/undo/link', target: '/etc/undo.conf' })
  await root.files.link({ path: '/srv/undo/old-link', target: '/etc/hosts' })
  await root.files.file({ path: '/srv/undo/old', mode: '0600', owner: 'deploy' })
  await root.files.put({ dest: '/srv/undo/binary', content: Buffer.from([0, 255, 1, 10]) })
  await root.files.file({ path: '/srv/undo/gone', present: false })`,
  "await root.files.template({ src: ({ host }) => `of ${JSON.stringify(host)}\\n`, dest: '/srv/undo/deep/template' })",
  `await root.server.user({ user: 'undone', comment: 'For a while', groups: ['adm'] })
  await root.server.user({ user: 'nobody', groups: ['games'] })
  await root.server.group({ group: 'undogroup' })
  await root.server.crontab({ command: '/bin/true undo', minute: '5' })
  await root.server.sysctl({ key: 'net.ipv4.ip_forward', value: 1 })
  await fleet.server.timezone({ timezone: 'Europe/Berlin' }, { sudo: true })
  await host('h2').server.hostname({ hostname: 'undone.example' }, { sudo: true })
  await root.files.replace({ path: '/srv/undo/old', pattern: /old/, replacement: 'new' })
  await root.files.copy({ src: '/etc/hosts', dest: '/srv/undo/copied' })
  await root.apt.packages({ packages: ['muster-demo', 'muster-hello'], update: true, latest: true })
  await host('h2').apt.packages({ packages: 'muster-hello', present: false }, { sudo: true })`,
  `const db = group('db').with({ sudo: true })
  await db.dnf.packages({ packages: ['muster-hello', 'muster-old'], present: false })
  await db.dnf.packages({ packages: ['muster-hello-1.0'] })
  await db.git.repo({ src: 'file:///srv/git/site.git', dest: '/srv/clone' })`,
  // once more what an earlier cell did, and a change of what goes when that is taken back
  `await db.git.repo({ src: 'file:///srv/git/site.git', dest: '/srv/clone', branch: 'stable' })
  await fleet.server.timezone({ timezone: 'Asia/Tokyo' }, { sudo: true })
  await root.files.directory({ path: '/home/undone', mode: '0700' })`,
  `await host('h1').systemd.service({ service: 'muster-demo', running: false }, { sudo: true })
  await host('h1').systemd.service({ service: 'muster-demo', enabled: false }, { sudo: true })`,
]

/** Operations that have no way back, and those that these hosts cannot carry out. */
const NOT_HERE: ReadonlySet<string> = new Set([
  ...['server.shell', 'server.reboot'],
  // Debian has no apk: test/by-hand
  'apk.packages',
  // what takes others back: done by the undo below
  ...['apk.restore', 'apt.restore', 'dnf.restore', 'files.restore', 'files.attributes', 'server.restoreCrontab'],
  ...['server.restoreHostname', 'server.restoreTimezone'],
])

/** What a host may have been before: a zone is said in several ways, a name is not always the one of the next boot, packages are there for others. */
const BEFORE = {
  h1: 'apt-get -q update; apt-get -q -y install muster-tool; ln -sfn ../usr/share/zoneinfo/UTC /etc/localtime; rm -f /etc/timezone',
  h2: "apt-get -q update; apt-get -q -y install muster-tool; ln -sfn /usr/share/zoneinfo/Etc/GMT /etc/localtime; printf 'Etc/Universal' > /etc/timezone; echo another > /etc/hostname",
  h3: 'rm /etc/localtime; cp -L /usr/share/zoneinfo/Asia/Tokyo /etc/localtime; chmod 640 /etc/localtime; dnf -q -y install muster-tool',
} as const

describeOnOwnLab('undo', { hosts: { h1: { systemd: true }, h2: {}, h3: { base: 'rpm' } } }, lab => {
  test('of a whole session, in another one after a restart: hosts are as they were; a cell that others stand on is not taken back alone', async () => {
    const on = (names: readonly string[], command: string): Promise<string[]> =>
      Promise.all(names.map(name => lab().exec(name, command)))
    const all = Object.keys(BEFORE)
    const both = (command: string): Promise<string[]> => on(['h1', 'h2'], command)
    for (const [name, command] of Object.entries(BEFORE)) await lab().exec(name, command)
    await both(`mkdir -p /srv/undo; chown ops /srv/undo; printf 'old\\n' > /srv/undo/old; printf 'gone\\n' > /srv/undo/gone
      chmod 4711 /srv/undo/gone; printf '\\000\\001' > /srv/undo/binary; ln -s /etc/passwd /srv/undo/old-link`)
    const before = await on(all, STATE)

    const first = await watchSession(labInventory(lab(), { user: 'ops' }), { checkTypes: false })
    onTestFinished(() => first.folder.remove())
    await first.port.command('because the mail of Tuesday')
    for (const cell of CELLS) {
      const said = await first.read(cell)
      expect(said, cell).not.toMatch(/✗|Error|\^/)
    }
    const session = first.records.find(record => record.type === 'session.start')?.session ?? ''
    const done = new Set(
      first
        .since('plan')
        .flatMap(({ plan: { operation, groups } }) =>
          groups.some(({ changes }) => changes.some(({ undoable }) => undoable)) ? [operation] : [],
        ),
    )
    const known = Object.entries(operations).flatMap(([domain, each]) =>
      Object.keys(each).map(name => `${domain}.${name}`),
    )
    // an operation that is added has its case above, or says here why it has none
    expect(known.filter(name => !done.has(name) && !NOT_HERE.has(name))).toEqual([])
    const changed = await on(all, STATE)
    expect(changed[0]).toMatch(/undo.conf f 600[\s\S]*undone:x[\s\S]*\nii muster-demo\t[\s\S]*\nactive\ndisabled\n/)
    expect(changed[2]).toMatch(/JST\n[\s\S]*muster-hello-1.0-1.noarch\n[\s\S]*origin\/stable/)
    await first.port.close()

    const second = await watchSession(labInventory(lab(), { user: 'ops' }), {
      directory: first.folder.path,
      checkTypes: false,
    })
    onTestFinished(() => second.close())
    const say = async (line: string): Promise<string> => {
      const reply = await second.port.command(line)
      return reply.kind === 'text' ? reply.text : ''
    }

    await expect(say('undo')).rejects.toThrow(`Before it, cell 9 of ${session} did systemd.service muster-demo`)
    await expect(say(`undo ${session}/3`)).rejects.toThrow(
      `Cell 3 cannot be taken back alone: cell 4 (files.line /etc/undo.conf) depends on it, by “edit /etc/undo.conf” on h[1-2] (2). Take that back first: :undo ${session}/4.`,
    )
    await expect(say(`undo ${session}/1`)).rejects.toThrow(
      new RegExp(
        `cell 2 \\(files.put /srv/undo/deep/new\\) depends on it.* Take back first what came later: :undo ${session}/5, then :undo ${session}/2\\.`,
      ),
    )
    await expect(say(`undo ${session}/6`)).rejects.toThrow('(server.timezone Asia/Tokyo) depends on it')
    await expect(say('undo yesterday')).rejects.toThrow('There is no session yesterday in ')

    // an earlier one that nothing depends on
    await say(`undo ${session}/5`)
    expect(second.since('cell.end').map(({ end }) => end.kind)).toEqual(['ok'])
    expect(await both('ls /srv/undo/deep')).toEqual(['new\n', 'new\n'])
    await expect(say(`undo ${session}/5`)).rejects.toThrow('Cell 5 changed nothing that still stands.')

    second.mark()
    await say(`undo ${session}`)
    expect(second.since('approval.asked')).toHaveLength(1)
    expect(second.since('task.host').filter(({ outcome }) => outcome.status !== 'ok')).toEqual([])
    expect(await on(all, STATE)).toEqual(before)

    const who = await say('who /etc/undo.conf')
    expect(who).toMatch(
      /\S+@\S+ {2}\S+\/3 {2}h\[1-2\] \(2\)\n {2}create \/etc\/undo.conf with mode 0600 {2}\+1 −0 {2}\(taken back since\)/,
    )
    expect(who).toContain('  because the mail of Tuesday\n')
    expect(who).toContain('    + three')
    expect(who).toMatch(/remove \/etc\/undo.conf .*took .*\/3 back/)
  }, 480_000)
})
