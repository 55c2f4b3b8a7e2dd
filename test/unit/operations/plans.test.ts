import { describe, expect, test } from 'vitest'
import type { Operation } from '../../../src/engine/operation.js'
import type { Account } from '../../../src/facts/accounts.js'
import { apt, dnf, server, systemd } from '../../../src/operations/index.js'
import { type Answers, lines, planTwice } from '../local/told-host.js'

/** One row: what the host is, what is asked, what the plan says; a second plan over its predictions must find nothing to do. */
async function expectPlan<A>(answers: Answers, operation: Operation<A>, args: NoInfer<A>, expected: readonly string[]) {
  const { first, second } = await planTwice(answers, operation, args)
  expect(lines(first)).toEqual(expected)
  expect(second.changes.filter(({ settles }) => settles !== false)).toEqual([])
  expect(second.outcome).toBe(second.changes.length > 0 || first.outcome === 'failed' ? first.outcome : 'same')
}

describe('apt.packages', () => {
  const packages = {
    curl: { version: '1', architecture: 'amd64', held: false },
    old: { version: '1', architecture: 'all', held: false },
  }
  const candidates = {
    curl: { installed: '1', candidate: '2', versions: ['2', '1'] },
    chrony: { installed: undefined, candidate: '4', versions: ['4'] },
  }
  const host = (steps: unknown[] = [], more = {}): Answers => ({
    'apt.packages': packages,
    'apt.candidates': candidates,
    'apt.simulation': { possible: true, steps },
    'apt.listsAge': 7200,
    'apt.automatic': ['old'],
    ...more,
  })
  const run = (words: string) =>
    `$ DEBIAN_FRONTEND=noninteractive apt-get -y -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=120 ${words}`
  const chrony = { name: 'chrony', after: '4', architecture: 'amd64' }

  test('nothing to do asks for nothing', async () => {
    await expectPlan({ 'apt.packages': packages }, apt.packages, { packages: ['curl', 'old=1'], update: true }, [])
    await expectPlan({ 'apt.packages': packages }, apt.packages, { packages: 'none', present: false }, [])
  })

  test('an installation with what comes and goes along', async () => {
    const steps = [{ name: 'old', before: '1' }, { name: 'lib', after: '3', architecture: 'all' }, chrony]
    await expectPlan(host(steps), apt.packages, { packages: ['curl', 'chrony'], recommends: false }, [
      'install chrony',
      '- old 1',
      '+ lib 3',
      '+ chrony 4',
      run('--no-install-recommends install chrony'),
    ])
  })

  test('the latest', async () => {
    const newer = [{ name: 'curl', before: '1', after: '2', architecture: 'amd64' }]
    await expectPlan(host(newer), apt.packages, { packages: ['curl'], latest: true }, [
      'upgrade curl',
      '- curl 1',
      '+ curl 2',
      run('install curl'),
    ])
    await expectPlan(host(), apt.packages, { packages: ['curl'], latest: true }, [])
  })

  test('an update of the lists, where there is something to install and they are old', async () => {
    const update = ['update package lists', '! apt-get update', run('update')]
    const install = ['install chrony', '+ chrony 4', run('install chrony')]
    await expectPlan(host([chrony]), apt.packages, { packages: 'chrony', update: true }, [...update, ...install])
    await expectPlan(host([chrony]), apt.packages, { packages: 'chrony', update: true, cacheTime: 3600 }, [
      ...update,
      ...install,
    ])
    await expectPlan(host([chrony]), apt.packages, { packages: 'chrony', update: true, cacheTime: 86_400 }, install)
    await expectPlan(host(), apt.packages, { update: true, cacheTime: 3600 }, update)
  })

  test('all is upgraded', async () => {
    const newer = [{ name: 'curl', before: '1', after: '2', architecture: 'amd64' }]
    await expectPlan(host(newer), apt.packages, { upgrade: true }, [
      'upgrade all packages',
      '- curl 1',
      '+ curl 2',
      run('upgrade'),
    ])
  })

  test('what cannot be is refused', async () => {
    const refused = { 'apt.simulation': { possible: false, reason: 'held broken packages' } }
    await expectPlan(host([], refused), apt.packages, { packages: 'chrony' }, [
      'failed: apt-get cannot install chrony: held broken packages.',
    ])
    await expectPlan(host(), apt.packages, { packages: ['nothing', 'curl=3'] }, [
      'failed: apt.packages: there is no package nothing in the package lists; curl has no version 3, only 2, 1.',
    ])
    await expectPlan({ 'apt.packages': undefined }, apt.packages, { packages: 'curl' }, [
      'failed: this host has no dpkg; apt is for Debian and systems like it.',
    ])
    expect(() => apt.packages.check({ packages: ['--purge'] })).toThrow("expected 'name'")
    expect(() => apt.packages.check({ packages: ['a=1'], present: false })).toThrow('a version says nothing')
  })

  test('put back', async () => {
    const steps = [
      { name: 'curl', before: '1', after: '2' },
      { name: 'old', before: '1' },
    ]
    await expectPlan(host(steps), apt.restore, { packages: { curl: '2', old: null } }, [
      'put back curl, old',
      '- old 1',
      '- curl 1',
      '+ curl 2',
      run("--allow-downgrades install 'curl=2' old-"),
    ])
    await expectPlan(host(), apt.restore, { packages: { curl: '0.9' } }, [
      'failed: curl 0.9 is no longer in the package lists, so it cannot be put back.',
    ])
  })

  test('put back with the marks of what was there only for others', async () => {
    const lib = { name: 'lib', after: '3', architecture: 'all' }
    const known = { ...candidates, lib: { installed: undefined, candidate: '3', versions: ['3'] } }
    const back = { packages: { chrony: '4', lib: '3' }, automatic: { chrony: false, lib: true } }
    await expectPlan(host([chrony, lib], { 'apt.candidates': known }), apt.restore, back, [
      'put back chrony, lib',
      '+ chrony 4',
      '+ lib 3',
      run("--allow-downgrades install 'chrony=4' 'lib=3'"),
      '$ apt-mark auto lib',
    ])
    await expectPlan(host(), apt.restore, { packages: {}, automatic: { curl: true, old: false, gone: true } }, [
      'put back curl, old',
      '- curl 1 (asked for)',
      '+ curl 1 (needed by others)',
      '- old 1 (needed by others)',
      '+ old 1 (asked for)',
      '$ apt-mark auto curl',
      '$ apt-mark manual old',
    ])
    // what was named comes back with the mark that naming it took
    const newer = [{ name: 'old', before: '1', after: '2', architecture: 'all' }]
    const upgraded = host(newer, { 'apt.candidates': { old: { candidate: '2', versions: ['2', '1'] } } })
    const { first } = await planTwice(upgraded, apt.packages, { packages: 'old', latest: true })
    expect(first.changes.map(({ undo }) => undo?.args)).toEqual([{ packages: { old: '1' }, automatic: { old: true } }])
  })
})

test('dnf.restore marks what comes back for others alone, and what is marked otherwise by now', async () => {
  const host = {
    'dnf.packages': { tool: ['2-1'], other: ['3-1'] },
    'dnf.userInstalled': ['other'],
    'dnf.simulation': ({ action }: { action: string }) => ({
      possible: true,
      steps: action === 'install' ? [{ name: 'lib', after: '1-1' }] : [],
    }),
  }
  const packages = { lib: ['1-1'], other: ['3-1'] }
  const automatic = { lib: true, tool: false, other: false, gone: true }
  const { first } = await planTwice(host, dnf.restore, { packages, automatic })
  const choose = 'if command -v dnf >/dev/null 2>&1; then m=dnf; else m=yum; fi; '
  const mark = (dnf5: string, dnf4: string, name: string): string =>
    `$ ${choose}case $($m --version) in dnf5*) v=${dnf5} ;; *) v=${dnf4} ;; esac; $m -y mark "$v" ${name}`
  expect(lines(first)).toEqual([
    ...['put back lib', '- tool 2-1 (needed by others)', '+ tool 2-1 (asked for)', '+ lib 1-1'],
    `$ ${choose}$m install -y lib-1-1`,
    mark('dependency', 'remove', 'lib'),
    mark('user', 'install', 'tool'),
  ])
  expect(first.changes.map(({ undo }) => undo?.args)).toEqual([{ packages: { lib: [] }, automatic: { tool: true } }])
})

describe('systemd.service', () => {
  const unit = {
    id: 'x.service',
    load: 'loaded',
    active: 'inactive',
    sub: 'dead',
    enabled: 'disabled',
    description: '',
    stale: false,
  }
  const host = (more: Partial<typeof unit> = {}): Answers => ({ 'systemd.unit': { ...unit, ...more } })
  const start = ['start x.service', '- active: inactive', '+ active: active', '$ systemctl start -- x.service']

  test.each<[string, Partial<typeof unit>, object, string[]]>([
    ['starts', {}, {}, start],
    ['runs already', { active: 'active' }, {}, []],
    [
      'comes up again from failure',
      { active: 'failed' },
      {},
      ['start x.service', '- active: failed', '+ active: active', '$ systemctl start -- x.service'],
    ],
    ['is stopped when failed', { active: 'failed' }, { running: false }, []],
    [
      'stops what keeps restarting',
      { active: 'activating' },
      { running: false },
      ['stop x.service', '- active: activating', '+ active: inactive', '$ systemctl stop -- x.service'],
    ],
    [
      'restarts what runs',
      { active: 'active' },
      { restarted: true },
      ['restart x.service', '! systemctl restart -- x.service', '$ systemctl restart -- x.service'],
    ],
    ['starts rather than restarts', {}, { restarted: true, reloaded: true }, start],
    [
      'reloads what runs',
      { active: 'active' },
      { reloaded: true },
      ['reload x.service', '! systemctl reload -- x.service', '$ systemctl reload -- x.service'],
    ],
    ['does not start to reload', {}, { running: false, reloaded: true }, []],
    [
      'enables',
      { active: 'active' },
      { enabled: true },
      ['enable x.service', '- enabled: disabled', '+ enabled: enabled', '$ systemctl enable -- x.service'],
    ],
    [
      'enables for good what was enabled until reboot',
      { active: 'active', enabled: 'enabled-runtime' },
      { enabled: true },
      ['enable x.service', '- enabled: enabled-runtime', '+ enabled: enabled', '$ systemctl enable -- x.service'],
    ],
    ['has nothing to disable in a static unit', { active: 'active', enabled: 'static' }, { enabled: false }, []],
    [
      'cannot enable a static unit',
      { active: 'active', enabled: 'static' },
      { enabled: true },
      ['failed: x.service cannot be enabled: it is static.'],
    ],
    [
      'is stopped and disabled where there is none',
      { load: 'not-found', enabled: '' },
      { running: false, enabled: false },
      [],
    ],
    ['cannot start what is not there', { load: 'not-found' }, {}, ['failed: there is no unit x.service on this host.']],
    [
      'cannot start what is masked',
      { load: 'masked', enabled: 'masked' },
      {},
      ['failed: x.service is masked, so it can be neither started nor enabled; masked: false lifts that.'],
    ],
    [
      'masks',
      {},
      { masked: true },
      ['mask x.service', '- load: loaded', '+ load: masked', '$ systemctl mask -- x.service'],
    ],
  ])('%s', async (_, state, args, expected) => {
    await expectPlan(host(state), systemd.service, { service: 'x', ...args }, expected)
  })

  test('reads unit files again first; another name and scope lead to the unit', async () => {
    await expectPlan(
      host({ active: 'active' }),
      systemd.service,
      { service: 'alias.service', daemonReload: true, userMode: true },
      [
        'have systemd read its unit files again',
        '! systemctl --user daemon-reload',
        '$ systemctl --user daemon-reload',
      ],
    )
    await expectPlan(host(), systemd.service, { service: 'alias', machine: 'm' }, [
      'start x.service',
      '- active: inactive',
      '+ active: active',
      '$ systemctl --machine=m start -- x.service',
    ])
  })

  test('what a lifted mask hid is unknown', async () => {
    const { first } = await planTwice(host({ load: 'masked', enabled: 'masked' }), systemd.service, {
      service: 'x',
      masked: false,
    })
    expect(first).toMatchObject({ outcome: 'unknown', changes: [{ summary: 'unmask x.service' }] })
  })
})

describe('server.user', () => {
  const dora: Account = {
    uid: 1000,
    gid: 1000,
    group: 'dora',
    groups: ['adm'],
    home: '/home/dora',
    shell: '/bin/sh',
    comment: '',
  }
  const groups: Readonly<Record<string, { gid: number; members: string[] }>> = {
    adm: { gid: 4, members: ['dora'] },
    sudo: { gid: 27, members: [] },
    staff: { gid: 50, members: [] },
  }
  const host = (account: Account | undefined, tool = 'useradd'): Answers => ({
    'server.account': account,
    'server.group': ({ group }: { group: string }) => groups[group],
    'server.which': ({ command }: { command: string }) => (command === tool ? `/usr/sbin/${tool}` : undefined),
    'files.file': undefined,
    'server.identity': { user: 'root', uid: 0, group: 'root' },
    'server.kernel': { name: 'Linux' },
  })
  const path = 'PATH="$PATH:/usr/sbin:/sbin"'

  test('fields that differ are changed, groups are replaced or added to', async () => {
    await expectPlan(host(dora), server.user, { user: 'dora', shell: '/bin/sh', groups: ['adm'] }, [])
    await expectPlan(host(dora), server.user, { user: 'dora', shell: '/bin/bash', groups: ['sudo'], comment: "D'Or" }, [
      'change groups, shell, comment of user dora',
      '- groups: adm',
      '+ groups: sudo',
      '- shell: /bin/sh',
      '+ shell: /bin/bash',
      '- comment: ',
      "+ comment: D'Or",
      `$ ${path} usermod -G sudo -s /bin/bash -c 'D'\\''Or' -- dora`,
    ])
    await expectPlan(host(dora), server.user, { user: 'dora', groups: ['sudo'], append: true }, [
      'change groups of user dora',
      '- groups: adm',
      '+ groups: adm, sudo',
      `$ ${path} usermod -G adm,sudo -- dora`,
    ])
    await expectPlan(host(dora), server.user, { user: 'dora', group: 'staff', groups: [] }, [
      'change group, groups of user dora',
      '- group: dora',
      '+ group: staff',
      '- groups: adm',
      '+ groups: ',
      `$ ${path} usermod -g staff -G '' -- dora`,
    ])
  })

  test.each<[string, string]>([
    ['useradd', 'useradd -u 1001 -g staff -G adm,sudo -s /bin/sh -m -- dora'],
    ['pw', 'pw useradd -n dora -u 1001 -g staff -G adm,sudo -s /bin/sh -m -w no'],
    [
      'adduser',
      `adduser -D -u 1001 -G staff -s /bin/sh dora && ${path} addgroup dora adm && ${path} addgroup dora sudo`,
    ],
  ])('created by %s', async (tool, script) => {
    const args = { user: 'dora', uid: 1001, group: 'staff', groups: ['adm', 'sudo'], shell: '/bin/sh' }
    const { first } = await planTwice(host(undefined, tool), server.user, args)
    expect(lines(first)).toContain(`$ ${path} ${script}`)
    expect(first.changes[0]?.undo?.args).toEqual({ user: 'dora', present: false, removeHome: true })
  })

  test.each<[string, string]>([
    ['useradd', 'userdel -r -- dora'],
    ['pw', 'pw userdel -n dora -r'],
    ['adduser', 'deluser --remove-home dora'],
  ])('removed by the kin of %s', async (tool, script) => {
    const { first, second } = await planTwice(host(dora, tool), server.user, {
      user: 'dora',
      present: false,
      removeHome: true,
    })
    expect(lines(first)).toContain(`$ ${path} ${script}`)
    expect(first.changes[0]).toMatchObject({
      irreversible: 'the password of dora and its home directory cannot be restored',
    })
    expect(second.outcome).toBe('same')
  })

  test('what cannot be is refused', async () => {
    await expectPlan(host(dora, 'adduser'), server.user, { user: 'dora', shell: '/x' }, [
      'failed: changing the account dora needs usermod, which this host lacks (package shadow).',
    ])
    await expectPlan(host(undefined, 'none'), server.user, { user: 'dora' }, [
      'failed: this host has none of useradd, pw and adduser to keep accounts with.',
    ])
    await expectPlan(host(undefined), server.user, { user: 'dora', groups: ['none'] }, [
      'failed: there is no group none on this host.',
    ])
    expect(() => server.user.check({ user: '-r' })).toThrow('user: expected a name')
    expect(() => server.user.check({ user: 'x', comment: 'a:b' })).toThrow('comment: expected text without colon')
  })
})
