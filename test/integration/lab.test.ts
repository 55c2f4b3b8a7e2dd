import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { CommandFailed, run } from '../fleet/command.js'
import { startLab } from '../fleet/lab.js'
import { describeOnOwnLab, describeUnless } from '../fleet/own-lab.js'
import { checkout } from '../fleet/places.js'
import { handOver } from '../fleet/record.js'
import { labUnavailable } from '../fleet/requirements.js'
import { describeOnLab } from '../fleet/shared.js'
import { ssh } from '../fleet/ssh-client.js'

describeOnLab('the shared lab', lab => {
  test.each(['h1', 'h2', 'h3'])('%s answers to ssh under its own name', async host => {
    expect(await ssh(lab, host, 'hostname')).toBe(`${host}\n`)
  })

  test('every user logs in with the one key', async () => {
    for (const user of ['root', 'ops', 'deploy']) expect(await ssh(lab, 'h1', 'id -un', '-l', user)).toBe(`${user}\n`)
  })

  test('each host has a key, a machine id and a boot id of its own', async () => {
    for (const read of [
      'cat /etc/ssh/ssh_host_ed25519_key.pub',
      'cat /etc/machine-id',
      'cat /proc/sys/kernel/random/boot_id',
    ]) {
      const answers = await Promise.all(lab.hosts.map(host => lab.exec(host.name, read)))
      expect(new Set(answers).size).toBe(lab.hosts.length)
    }
  })

  test('each host has a file system of its own', async () => {
    await ssh(lab, 'h1', 'echo only here > /srv/own')
    expect(await lab.exec('h1', 'cat /srv/own')).toBe('only here\n')
    await expect(lab.exec('h2', 'cat /srv/own')).rejects.toThrow(/No such file/)
    await expect(readFile('/srv/own')).rejects.toThrow(/ENOENT/)
    await lab.exec('h1', 'rm /srv/own')
  })

  test('each host has processes of its own', async () => {
    expect(await ssh(lab, 'h1', 'cat /proc/1/comm')).toBe('systemd\n')
    expect(await ssh(lab, 'h2', 'cat /proc/1/comm')).toBe('sh\n')
    await expect(ssh(lab, 'h2', 'pgrep -x systemd')).rejects.toThrow(CommandFailed)
  })

  test('sudo asks ops for nothing', async () => {
    expect(await ssh(lab, 'h2', 'sudo -n id -un', '-l', 'ops')).toBe('root\n')
  })

  test('sudo asks deploy for the password', async () => {
    await expect(ssh(lab, 'h2', 'sudo -n id -un', '-l', 'deploy')).rejects.toThrow(/a password is required/)
    const sudo = promisify(execFile)('ssh', ['-F', lab.sshConfig, '-l', 'deploy', 'h2', "sudo -S -p '' id -un"])
    sudo.child.stdin?.end(`${lab.deployPassword}\n`)
    expect((await sudo).stdout).toBe('root\n')
  })

  test('apt installs, upgrades and removes from the repository on the host', async () => {
    await ssh(lab, 'h3', 'apt-get -q update && apt-get -q -y install muster-hello=1.0')
    expect(await ssh(lab, 'h3', 'muster-hello')).toBe('hello 1.0\n')
    await ssh(lab, 'h3', 'apt-get -q -y install muster-tool')
    expect(await ssh(lab, 'h3', 'muster-tool')).toBe('hello 1.1\n')
    await expect(ssh(lab, 'h2', 'command -v muster-hello')).rejects.toThrow(CommandFailed)
    await ssh(lab, 'h3', 'apt-get -q -y purge muster-hello')
    await expect(ssh(lab, 'h3', 'dpkg -s muster-tool')).rejects.toThrow(/not installed/)
  })

  test('a packaged unit starts, reloads and stops under systemd', async () => {
    expect(await lab.exec('h1', 'systemctl is-system-running')).toBe('running\n')
    await ssh(lab, 'h1', 'apt-get -q -y install muster-demo && systemctl enable --now muster-demo')
    expect(await ssh(lab, 'h1', 'systemctl is-active muster-demo')).toBe('active\n')
    await ssh(lab, 'h1', 'echo GREETING=evening > /etc/muster-demo.conf && systemctl reload muster-demo')
    await expect.poll(() => ssh(lab, 'h1', 'cat /run/muster-demo')).toBe('evening\n')
    await ssh(lab, 'h1', 'systemctl disable --now muster-demo && apt-get -q -y purge muster-demo')
    await expect(ssh(lab, 'h1', 'systemctl is-active muster-demo')).rejects.toThrow(/inactive/)
  })
})

describeOnOwnLab('a lab of its own', { hosts: 2, systemd: 0 }, own => {
  test('an unknown host is named, with those there are', async () => {
    await expect(own().exec('h7', 'true')).rejects.toThrow('the lab has no host h7: it has h1 h2')
  })
})

describeUnless(labUnavailable(), 'after a lab', () => {
  test('stop leaves nothing behind', async () => {
    const lab = await startLab({ hosts: 2, systemd: 1 })
    onTestFinished(() => lab.stop())
    const traces = ['tmpfs', `muster${lab.id}`, '-switch', 'cgroup', `muster-fleet/${lab.id}`, 'unshare']
    expect(await tracesOf(lab.id)).toEqual(expect.arrayContaining(traces.map(part => expect.stringContaining(part))))
    await lab.stop()
    expect(await tracesOf(lab.id)).toEqual([])
  })

  test('what a process that was killed had started is removed soon', { timeout: 90_000 }, async () => {
    const start =
      "import { startLab } from './test/fleet/lab.ts'; console.log((await startLab({ hosts: 1, systemd: 0 })).id)"
    const arguments_ = ['--import', 'tsx', '--input-type=module', '--eval', `${start}; setInterval(() => {}, 1000)`]
    const owner = spawn(process.execPath, arguments_, { cwd: checkout, stdio: ['ignore', 'pipe', 'inherit'] })
    const [id] = await once(owner.stdout, 'data')
    expect(await tracesOf(Number(id))).not.toEqual([])
    owner.kill('SIGKILL')
    await expect.poll(() => tracesOf(Number(id)), { timeout: 60_000, interval: 500 }).toEqual([])
  })

  test('what a crashed run left is removed by the next', async () => {
    const abandoned = await startLab({ hosts: 1, systemd: 0 })
    await handOver(abandoned.id, { kind: 'process', pid: process.pid, startTime: 'another process had this pid' })
    const next = await startLab({ hosts: 1, systemd: 0 })
    onTestFinished(() => next.stop())
    expect(await tracesOf(abandoned.id)).toEqual([])
    expect(await ssh(next, 'h1', 'hostname')).toBe('h1\n')
  })
})

/** All that a lab can leave on this machine: mounts, links, network namespaces, cgroups, folders, processes. */
async function tracesOf(id: number): Promise<readonly string[]> {
  const own = new RegExp(`muster-?(fleet/)?${id}\\b`)
  const lines = [
    ...(await readFile('/proc/self/mounts', 'utf8')).split('\n'),
    ...(await readdir('/sys/class/net')),
    ...(await run('ip', 'netns', 'list')).split('\n'),
    ...(await run('find', '/sys/fs/cgroup', '-maxdepth', '2', '-name', 'muster-*')).split('\n'),
    ...(await readdir('/run/muster-fleet')).map(name => `muster-fleet/${name}`),
    ...(await run('ps', '-eo', 'args')).split('\n').filter(args => args.startsWith('unshare')),
  ]
  return lines.filter(line => own.test(line))
}
