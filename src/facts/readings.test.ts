import { describe, expect, test } from 'vitest'
import type { Fact } from '../engine/fact.js'
import * as facts from './index.js'

/** What a fact reads from what its command printed. */
function read<A, T>(fact: Fact<A, T>, args: A, stdout: string, stderr = ''): T {
  return fact.ask(args).parse({ bytes: Buffer.from(stdout), stderr, exitCode: 0 })
}

describe('server', () => {
  test('server.uptime on Linux and FreeBSD', () => {
    expect(read(facts.server.uptime, undefined, '350735.47 234388.90\n')).toBe(350735.47)
    const freebsd = '{ sec = 1700000000, usec = 433234 } Tue Nov 14 22:13:20 2023\n1700000060\n'
    expect(read(facts.server.uptime, undefined, freebsd)).toBe(60)
    expect(() => read(facts.server.uptime, undefined, 'nonsense\n')).toThrow('expected seconds')
  })

  test('server.load on Linux, FreeBSD and where the comma is decimal', () => {
    const loads = { one: 0.52, five: 0.58, fifteen: 0.59 }
    expect(read(facts.server.load, undefined, '0.52 0.58 0.59 2/345 6789\n')).toEqual(loads)
    expect(
      read(facts.server.load, undefined, ' 1:02PM  up 3 days, 2 users, load averages: 0.52, 0.58, 0.59\n'),
    ).toEqual(loads)
    expect(read(facts.server.load, undefined, ' 13:02 up 3:01, load average: 0,52, 0,58, 0,59\n')).toEqual(loads)
    expect(() => read(facts.server.load, undefined, 'nonsense\n')).toThrow('expected three averages')
  })

  test('server.clock with and without parts of a second', () => {
    expect(read(facts.server.clock, undefined, '1700000000.123456789\n')).toBe(1_700_000_000.123)
    expect(read(facts.server.clock, undefined, '1700000000.N\n')).toBe(1_700_000_000)
    expect(() => read(facts.server.clock, undefined, 'nonsense\n')).toThrow('expected seconds')
  })

  test('hardware.disks of what stands on a device', () => {
    const df = [
      'Filesystem     1024-blocks    Used Available Capacity Mounted on',
      '/dev/vda            100000   40000     55000      43% /',
      'tmpfs                 5000       0      5000       0% /run',
      '/dev/mapper/a b        200     200         0     100% /srv/with blank',
      'zroot/ROOT/default    1000      10       990       1% /',
    ].join('\n')
    expect(read(facts.hardware.disks, undefined, df.split('\n').slice(0, 4).join('\n'))).toEqual({
      '/': { device: '/dev/vda', total: 102_400_000, used: 40_960_000, available: 56_320_000 },
      '/srv/with blank': { device: '/dev/mapper/a b', total: 204_800, used: 204_800, available: 0 },
    })
    expect(Object.values(read(facts.hardware.disks, undefined, df)).map(({ device }) => device)).toContain(
      'zroot/ROOT/default',
    )
  })

  test('server.users of Debian, Alpine and FreeBSD', () => {
    const text = [
      'root:x:0:0:root:/root:/bin/bash',
      'deploy:x:1000:1000:Deploy,,,:/home/deploy:/bin/bash',
      'lost:x:1001:4242::/nonexistent:/usr/sbin/nologin',
      'toor:*:0:0:Bourne-again Superuser:/root:',
      '+::::::',
      '--',
      'root:x:0:root,toor',
      'wheel:*:0:root',
      'adm:x:4:syslog,deploy',
      'sudo:x:27:deploy',
      'deploy:x:1000:deploy',
      '',
    ].join('\n')
    expect(read(facts.server.users, undefined, text)).toEqual({
      root: { uid: 0, gid: 0, group: 'root', groups: ['wheel'], home: '/root', shell: '/bin/bash', comment: 'root' },
      deploy: {
        uid: 1000,
        gid: 1000,
        group: 'deploy',
        groups: ['adm', 'sudo'],
        home: '/home/deploy',
        shell: '/bin/bash',
        comment: 'Deploy,,,',
      },
      lost: {
        uid: 1001,
        gid: 4242,
        group: '4242',
        groups: [],
        home: '/nonexistent',
        shell: '/usr/sbin/nologin',
        comment: '',
      },
      toor: { uid: 0, gid: 0, group: 'root', groups: [], home: '/root', shell: '', comment: 'Bourne-again Superuser' },
    })
    expect(read(facts.server.account, { user: 'constructor' }, '--\n')).toBeUndefined()
  })

  test('server.mounts of /proc, of mount on Linux, FreeBSD and macOS', () => {
    const text = [
      'sysfs /sys sysfs rw,nosuid,nodev 0 0',
      '/dev/sdb1 /mnt/my\\040disk\\134 ext4 rw 0 0',
      '/dev/sda1 on /boot type ext2 (rw,relatime)',
      'zroot/ROOT/default on / (zfs, local, noatime, nfsv4acls)',
      'map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)',
      'devfs on /dev (devfs)',
      '',
    ].join('\n')
    expect(read(facts.server.mounts, undefined, text)).toEqual({
      '/sys': { device: 'sysfs', type: 'sysfs', options: ['rw', 'nosuid', 'nodev'] },
      '/mnt/my disk\\': { device: '/dev/sdb1', type: 'ext4', options: ['rw'] },
      '/boot': { device: '/dev/sda1', type: 'ext2', options: ['rw', 'relatime'] },
      '/': { device: 'zroot/ROOT/default', type: 'zfs', options: ['local', 'noatime', 'nfsv4acls'] },
      '/System/Volumes/Data/home': { device: 'map auto_home', type: 'autofs', options: ['automounted', 'nobrowse'] },
      '/dev': { device: 'devfs', type: 'devfs', options: [] },
    })
  })
})

describe('hardware', () => {
  test('hardware.cpus: a count, or the list that Linux keeps', () => {
    const cpus = (printed: string) => read(facts.hardware.cpus, undefined, printed)
    expect(['8\n', 'online 0\n', 'online 0-3,6\n', 'online 1-3\n'].map(cpus)).toEqual([8, 1, 5, 3])
    expect(() => cpus('online \n')).toThrow('number of processors')
  })

  test('hardware.memory of Linux, of an old kernel, of FreeBSD', () => {
    const linux =
      'MemTotal:        8000 kB\nMemFree:         1000 kB\nMemAvailable:    6000 kB\nSwapTotal: 512 kB\nSwapFree: 256 kB\n'
    expect(read(facts.hardware.memory, undefined, linux)).toEqual({
      total: 8_192_000,
      available: 6_144_000,
      swap: { total: 524_288, free: 262_144 },
    })
    const old =
      'MemTotal: 8000 kB\nMemFree: 1000 kB\nBuffers: 200 kB\nCached: 300 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n'
    expect(read(facts.hardware.memory, undefined, old).available).toBe(1500 * 1024)
    const freebsd = [
      'hw.physmem: 4271767552',
      'hw.pagesize: 4096',
      'vm.stats.vm.v_free_count: 1000',
      'vm.stats.vm.v_inactive_count: 500',
      '/dev/da0p2         2097152     1024  2096128     0%',
      '',
    ].join('\n')
    expect(read(facts.hardware.memory, undefined, freebsd)).toEqual({
      total: 4271767552,
      available: 1500 * 4096,
      swap: { total: 2097152 * 1024, free: 2096128 * 1024 },
    })
    expect(() => read(facts.hardware.memory, undefined, '')).toThrow('MemTotal')
  })
})

describe('files', () => {
  const at = { path: '/x' }
  const times = 'atime=1594804583 mtime=1594804583 ctime=0'

  test('files.file from GNU, busybox and BSD stat', () => {
    expect(read(facts.files.file, at, `user=root group=adm mode=-rw-r----- ${times} size=12 uid=0 gid=4\n`)).toEqual({
      type: 'file',
      mode: '0640',
      owner: 'root',
      group: 'adm',
      size: 12,
      times: { accessed: new Date(1594804583000), modified: new Date(1594804583000), changed: new Date(0) },
    })
    const unnamed = `user=UNKNOWN group=UNKNOWN mode=drwxrws--T ${times} size=4096 uid=1234 gid=99\n`
    expect(read(facts.files.file, at, unnamed)).toMatchObject({
      type: 'directory',
      mode: '3770',
      owner: '1234',
      group: '99',
    })
    const bsd = `user=root group=domain users mode=lrwxr-xr-x ${times} size=4 uid=0 gid=0\nto\nhere`
    expect(read(facts.files.file, at, bsd)).toMatchObject({ type: 'link', group: 'domain users', target: 'to\nhere' })
    for (const [letter, type] of [
      ['s', 'socket'],
      ['p', 'pipe'],
      ['b', 'block'],
      ['c', 'character'],
    ])
      expect(read(facts.files.file, at, `user=a group=b mode=${letter}rw------- ${times} size=0\n`)).toMatchObject({
        type,
      })
    expect(() => read(facts.files.file, at, 'stat: cannot\n')).toThrow('expected a line of stat')
  })

  test('files.sha256 from every tool', () => {
    const hash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    for (const text of [
      `${hash}  -\n`,
      `${hash}\n`,
      `SHA2-256(stdin)= ${hash}\n`,
      `SHA256 (x) = ${hash}\n`,
      `\\${hash}  a\\nb\n`,
    ])
      expect(read(facts.files.sha256, at, text)).toBe(hash)
    expect(read(facts.files.sha256, at, 'absent\n')).toBeUndefined()
  })

  test('paths are absolute and have one spelling', () => {
    expect(facts.files.file.ask({ path: '/etc//ssh/./x/' }).args).toEqual({ path: '/etc/ssh/x' })
    expect(() => facts.files.file.ask({ path: '~/x' })).toThrow(
      'files.file: path: expected an absolute path: begin it with /',
    )
  })
})

describe('apt', () => {
  test('apt.packages: held, foreign, and removed ones', () => {
    const text = [
      'amd64',
      'install ok installed|curl|7.88.1-10+deb12u12|amd64',
      'hold ok installed|linux-image-amd64|6.1.99-1|amd64',
      'install ok installed|libc6|2.36-9|amd64',
      'install ok installed|libc6|2.36-9|i386',
      'install ok installed|adduser|3.134|all',
      'deinstall ok config-files|nano|7.2-1|amd64',
      'install ok half-configured|broken|1|amd64',
      '',
    ].join('\n')
    expect(read(facts.apt.packages, undefined, text)).toEqual({
      curl: { version: '7.88.1-10+deb12u12', architecture: 'amd64', held: false },
      'linux-image-amd64': { version: '6.1.99-1', architecture: 'amd64', held: true },
      libc6: { version: '2.36-9', architecture: 'amd64', held: false },
      'libc6:i386': { version: '2.36-9', architecture: 'i386', held: false },
      adduser: { version: '3.134', architecture: 'all', held: false },
    })
    expect(facts.apt.packages.ask(undefined).missing).toEqual({ value: undefined })
  })

  test('apt.candidates', () => {
    const text = `chrony:
  Installed: (none)
  Candidate: 4.3-2+deb12u3
  Version table:
     4.3-2+deb12u3 500
        500 http://deb.example/debian bookworm/main amd64 Packages
dash:
  Installed: 0.5.12-2
  Candidate: 0.5.12-3
  Version table:
     0.5.12-3 500
        500 http://deb.example/debian bookworm/main amd64 Packages
 *** 0.5.12-2 500
        500 http://deb.example/debian bookworm/main amd64 Packages
        100 /var/lib/dpkg/status
mail-transport-agent:
  Installed: (none)
  Candidate: (none)
  Version table:
`
    expect(read(facts.apt.candidates, { packages: [] }, text)).toEqual({
      chrony: { installed: undefined, candidate: '4.3-2+deb12u3', versions: ['4.3-2+deb12u3'] },
      dash: { installed: '0.5.12-2', candidate: '0.5.12-3', versions: ['0.5.12-3', '0.5.12-2'] },
      'mail-transport-agent': { installed: undefined, candidate: undefined, versions: [] },
    })
  })

  test('apt.simulation: what comes, goes, changes, and why not', () => {
    const args = { action: 'install' as const }
    const text = `Reading package lists...
Remv systemd-timesyncd [252.38-1~deb12u1]
Inst libgcrypt20 [1.10.1-3] (1.10.1-3+deb12u1 Debian:12.15/oldstable, Debian-Security:12/oldstable-security [amd64]) []
Inst chrony (4.3-2+deb12u3 Debian:12.15/oldstable [amd64])
Inst local (1.0 [all])
Purg less [590-2.1~deb12u2]
Conf chrony (4.3-2+deb12u3 Debian:12.15/oldstable [amd64])
`
    expect(read(facts.apt.simulation, args, text)).toEqual({
      possible: true,
      steps: [
        { name: 'systemd-timesyncd', before: '252.38-1~deb12u1' },
        { name: 'libgcrypt20', before: '1.10.1-3', after: '1.10.1-3+deb12u1', architecture: 'amd64' },
        { name: 'chrony', after: '4.3-2+deb12u3', architecture: 'amd64' },
        { name: 'local', after: '1.0', architecture: 'all' },
        { name: 'less', before: '590-2.1~deb12u2' },
      ],
    })
    const unmet =
      'The following packages have unmet dependencies:\n muster-tool : Depends: muster-hello (>= 1.1) but 1.0 is to be installed\nexit 100\n'
    expect(
      read(facts.apt.simulation, args, unmet, 'E: Unable to correct problems, you have held broken packages.\n'),
    ).toEqual({
      possible: false,
      reason:
        'muster-tool : Depends: muster-hello (>= 1.1) but 1.0 is to be installed; Unable to correct problems, you have held broken packages.',
    })
  })

  test('apk.simulation and apk.world: what comes, goes, changes, and why not', () => {
    const args = { action: 'add' as const, packages: ['tool'] }
    const text = `(1/3) Purging old (0.9-r0)
(2/3) Upgrading hello (1.0-r0 -> 1.1-r0)
(3/3) Installing tool (2.3-r1)
OK: 0 MiB in 2 packages
`
    expect(read(facts.apk.simulation, args, text)).toEqual({
      possible: true,
      steps: [
        { name: 'old', before: '0.9-r0' },
        { name: 'hello', before: '1.0-r0', after: '1.1-r0' },
        { name: 'tool', after: '2.3-r1' },
      ],
    })
    const kept =
      'World updated, but the following packages are not removed due to:\n  hello: tool\n\nOK: 0 MiB in 2 packages\n'
    expect(read(facts.apk.simulation, args, kept)).toEqual({ possible: false, reason: 'hello is needed by tool' })
    const error = 'ERROR: unable to select packages:\n  nothing (no such package):\n    required by: world[nothing]\n'
    expect(read(facts.apk.simulation, args, 'exit 1\n', error)).toEqual({
      possible: false,
      reason: 'unable to select packages: nothing (no such package): required by: world[nothing]',
    })
    expect(read(facts.apk.world, undefined, 'hello=1.0-r0\n!old\ntool@edge\n')).toEqual({
      hello: 'hello=1.0-r0',
      old: '!old',
      tool: 'tool@edge',
    })
  })

  test('dnf.simulation: what comes, goes, changes, and why not, as dnf, dnf5 and yum tell it', () => {
    const args = { action: 'install' as const, packages: ['muster-tool'] }
    const dnf = `Last metadata expiration check: 0:00:03 ago on Sat Nov 28 16:40:29 2026.
Dependencies resolved.
================================================================================
 Package                Architecture     Version            Repository     Size
================================================================================
Installing:
 muster-tool            noarch           2.3-1              lab           6.0 k
Upgrading:
 a-package-with-a-name-that-is-too-long-for-its-column
                        noarch           1:1.1-1            lab           6.0 k
Removing dependent packages:
 muster-old             noarch           0.9-1              @lab            28

Transaction Summary
================================================================================
Install  1 Package
`
    expect(read(facts.dnf.simulation, args, dnf)).toEqual({
      possible: true,
      steps: [
        { name: 'muster-tool', after: '2.3-1' },
        { name: 'a-package-with-a-name-that-is-too-long-for-its-column', after: '1.1-1' },
        { name: 'muster-old', before: '0.9-1' },
      ],
    })
    const dnf5 = `Package           Arch    Version       Repository       Size
Upgrading:
 hello            noarch  0:1.1-1       lab            6.0 KiB
   replacing hello noarch 0:1.0-1       lab            6.0 KiB
Removing unused dependencies:
 qtermwidget      x86_64  0:2.0.1-1.fc41 fedora        1.0 MiB

Transaction Summary:
 Upgrading:          1 package
 Replacing:          1 package
 Removing:           1 package
`
    expect(read(facts.dnf.simulation, args, dnf5)).toEqual({
      possible: true,
      steps: [
        { name: 'hello', after: '1.1-1' },
        { name: 'qtermwidget', before: '2.0.1-1.fc41' },
      ],
    })
    const none = 'No match for argument: muster-nothing\n'
    expect(read(facts.dnf.simulation, args, none, 'Error: Unable to find a match: muster-nothing\n')).toEqual({
      possible: false,
      reason: 'No match for argument: muster-nothing',
    })
    expect(read(facts.dnf.simulation, args, 'Dependencies resolved.\nNothing to do.\nComplete!\n')).toEqual({
      possible: true,
      steps: [],
    })
  })

  test('apt.listsAge', () => {
    expect(read(facts.apt.listsAge, undefined, '1700000000\n1700000100\n')).toBe(100)
    expect(read(facts.apt.listsAge, undefined, '')).toBeUndefined()
  })
})

describe('systemd', () => {
  test('systemd.units: loaded, and installed only; with and without a preset column', () => {
    const text = `Id=ssh.service
Names=ssh.service sshd.service
LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled
Description=OpenBSD Secure Shell server
NeedDaemonReload=no

Id=cron.service
LoadState=loaded
ActiveState=failed
SubState=failed
UnitFileState=
Description=a = b
NeedDaemonReload=yes

files
ssh.service      enabled  enabled
foo@.service     disabled enabled
bar.timer        static
`
    expect(read(facts.systemd.units, undefined, text)).toEqual({
      'ssh.service': {
        id: 'ssh.service',
        load: 'loaded',
        active: 'active',
        sub: 'running',
        enabled: 'enabled',
        description: 'OpenBSD Secure Shell server',
        stale: false,
      },
      'cron.service': {
        id: 'cron.service',
        load: 'loaded',
        active: 'failed',
        sub: 'failed',
        description: 'a = b',
        stale: true,
      },
      'foo@.service': expect.objectContaining({ load: 'stub', active: 'inactive', enabled: 'disabled' }),
      'bar.timer': expect.objectContaining({ enabled: 'static' }),
    })
    expect(read(facts.systemd.units, undefined, 'not booted\n')).toBeUndefined()
  })

  test('systemd.unit of an init script asks whether the script is enabled', () => {
    const text =
      'Id=old.service\nLoadState=loaded\nActiveState=inactive\nSubState=dead\nUnitFileState=generated\nIsEnabled=enabled\n'
    expect(read(facts.systemd.unit, { unit: 'old.service' }, text)).toMatchObject({ enabled: 'enabled' })
  })

  test('a scope is part of the command and of the topic', () => {
    const question = facts.systemd.unit.ask({ unit: 'a b.service', userMode: true, machine: 'm', userName: 'u' })
    expect(question.command).toContain('systemctl --user --machine=u@m show')
    expect(question.command).toContain("-- 'a b.service'")
    expect(question.reads[0]).toBe('unit:user/u/m/a b.service')
  })
})
