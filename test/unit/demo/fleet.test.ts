import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Client } from 'ssh2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoUnavailable } from '../../../src/demo/available.js'
import { type DemoFleet, startDemoFleet } from '../../../src/demo/fleet.js'
import { makeKeyPair } from '../../../src/demo/ssh/key-pair.js'
import { units } from '../../../src/facts/systemd.js'
import { connect, loginTo, open, type RunOptions, run } from './client.js'
import { sandboxed } from './processes.js'

const execute = promisify(execFile)
const unavailable = demoUnavailable()

describe.skipIf(unavailable !== undefined)(unavailable ? `skipped: ${unavailable}` : 'the demo fleet', () => {
  let fleet: DemoFleet
  const clients = new Map<string, Client>()

  beforeAll(async () => {
    fleet = await startDemoFleet()
    for (const host of fleet.hosts) clients.set(host.name, await loginTo(fleet, host.name))
  })
  afterAll(async () => {
    for (const client of clients.values()) client.end()
    await fleet.stop()
  })

  const client = (host: string): Client => {
    const found = clients.get(host)
    if (!found) throw new Error(`not logged in to ${host}`)
    return found
  }
  const on = (host: string, command: string, options?: RunOptions) => run(client(host), command, options)

  test('five hosts answer under their names, as root, each with files of its own', async () => {
    expect(fleet.hosts.map(host => host.name)).toEqual(['web-1', 'web-2', 'web-3', 'db-1', 'edge-1'])
    const answers = await Promise.all(fleet.hosts.map(host => on(host.name, 'hostname; id -un; pwd')))
    expect(answers.map(answer => answer.stdout)).toEqual(fleet.hosts.map(host => `${host.name}\nroot\n/root\n`))
    await on('web-1', 'echo mine > /etc/only-here')
    expect((await on('web-1', 'cat /etc/only-here')).stdout).toBe('mine\n')
    expect((await on('web-2', 'cat /etc/only-here')).code).toBe(1)
  })

  test('stdout, stderr, stdin, exit status and signal each come through', async () => {
    expect(await on('web-1', 'cat; echo wrong >&2; exit 7', { stdin: 'right' })).toEqual({
      stdout: 'right',
      stderr: 'wrong\n',
      code: 7,
      signal: undefined,
    })
    expect(await on('web-1', 'kill -KILL $$')).toMatchObject({ code: null, signal: 'SIGKILL' })
    expect(await on('web-1', 'no-such-command')).toMatchObject({ code: 127 })
  })

  test('ten megabytes go there and back whole', async () => {
    const answer = await on('db-1', 'cat | wc -c; head -c 10000000 /dev/zero', { stdin: 'x'.repeat(10_000_000) })
    expect(answer.stdout.slice(0, 9)).toBe('10000000\n')
    expect(answer.stdout.length).toBe(9 + 10_000_000)
  })

  test('a command leads a process group of its own, which a signal reaches whole', async () => {
    const [pid, group, session] = (await on('web-1', 'echo $$ $(ps -o pgid=,sid= -p $$)')).stdout.trim().split(' ')
    expect([group, session]).toEqual([pid, pid])
    const channel = await open(client('web-1'), 'sleep 444 & sleep 444')
    await expect.poll(async () => (await on('web-1', 'pgrep -c -x sleep')).stdout).toBe('2\n')
    const exit = once(channel, 'exit')
    channel.signal('TERM')
    channel.resume()
    expect((await exit)[1]).toBe('SIGTERM')
    await expect.poll(async () => (await on('web-1', 'pgrep -c -x sleep')).stdout).toBe('0\n')
  })

  test('a terminal: its size, a new size, and the hang-up when the client goes', async () => {
    const channel = await open(
      client('edge-1'),
      'stty size; trap "stty size" WINCH; while :; do sleep 0.05; done',
      true,
    )
    let seen = ''
    channel.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
    })
    await expect.poll(() => seen).toBe('30 90\r\n')
    channel.setWindow(40, 100, 0, 0)
    // stty sets rows and columns one after the other: two signals, each seen before or after the other change.
    await expect.poll(() => seen).toMatch(/^30 90\r\n(40 90\r\n)?(40 100\r\n){1,2}$/)
    channel.close()
    await expect.poll(async () => (await on('edge-1', 'pgrep -c "script|sleep"')).stdout).toBe('0\n')
    expect(await on('edge-1', 'tty; exit 4', { pty: true })).toMatchObject({
      stdout: expect.stringMatching(/^\/dev\/pts\/\d/),
      code: 4,
    })
  })

  test('packages: a database of its own, and a source to install and upgrade from', async context => {
    if ((await on('web-1', 'command -v apt-get')).code !== 0) return context.skip('this machine has no apt')
    const versions = await Promise.all(fleet.hosts.map(host => on(host.name, 'dpkg-query -W curl')))
    expect(new Set(versions.map(answer => answer.stdout)).size).toBe(3)
    expect((await on('db-1', 'dpkg-query -W nginx')).code).toBe(1)
    expect((await on('web-1', 'dpkg --audit')).stdout).toBe('')
    expect((await on('web-1', 'apt-get install -qq chrony >/dev/null && dpkg-query -W chrony')).stdout).toBe(
      'chrony\t4.3-2+deb12u1\n',
    )
    const upgrade = await on('web-2', 'apt-get update -qq && apt-get upgrade -qq >/dev/null; dpkg-query -W curl')
    expect(upgrade.stdout).toBe('curl\t7.88.1-10+deb12u8\n')
    expect((await on('web-1', 'apt-get remove -qq chrony >/dev/null; ls -A /opt')).stdout).toBe('')
  })

  test('units: each host has its own, which are stopped, disabled, masked and lifted again as with systemctl(1)', async () => {
    const { command, parse } = units.ask(undefined)
    const ofHost = async (host: string) => {
      const { stdout, stderr } = await on(host, command)
      return parse({ bytes: Buffer.from(stdout), stderr, exitCode: 0 }) ?? {}
    }
    expect(Object.keys(await ofHost('db-1'))).toEqual(expect.arrayContaining(['cron.service', 'postgresql.service']))
    expect((await ofHost('web-3'))['old-metrics.service']).toMatchObject({ active: 'failed', enabled: 'enabled' })
    const steps: readonly (readonly [command: string, expected: object])[] = [
      ['systemctl stop nginx', { active: 'inactive', sub: 'dead', enabled: 'enabled' }],
      ['systemctl disable -- nginx.service', { active: 'inactive', enabled: 'disabled' }],
      ['systemctl mask nginx', { load: 'masked', enabled: 'masked' }],
      ['systemctl unmask nginx', { load: 'loaded', enabled: 'disabled' }],
      ['systemctl enable --now nginx', { active: 'active', sub: 'running', enabled: 'enabled' }],
    ]
    for (const [step, expected] of steps) {
      expect(await on('edge-1', step)).toMatchObject({ code: 0, stderr: '' })
      expect((await ofHost('edge-1'))['nginx.service']).toMatchObject(expected)
    }
    expect(await on('web-1', 'systemctl start nosuch')).toMatchObject({
      code: 5,
      stderr: 'Failed to start nosuch.service: Unit nosuch.service not found.\n',
    })
    expect(await on('web-3', 'systemctl is-active ssh old-metrics')).toMatchObject({
      code: 3,
      stdout: 'active\nfailed\n',
    })
  })

  test('what a command leaves behind is reaped', async () => {
    await on('web-2', '(sleep 0.05 >/dev/null 2>&1 &) ; (true &) ')
    await expect.poll(async () => (await on('web-2', 'ps -eo stat= | grep -c Z')).stdout).toBe('0\n')
  })

  describe('the machine underneath stays untouched', () => {
    test.each([
      ['/etc/muster-demo-test', 'touch /etc/muster-demo-test'],
      ['/tmp/muster-demo-test', 'touch /tmp/muster-demo-test'],
      ['/var/tmp/muster-demo-test', 'touch /var/tmp/muster-demo-test'],
      ['/usr/local/muster-demo-test', 'touch /usr/local/muster-demo-test'],
    ])('%s is written inside only', async (path, command) => {
      expect((await on('web-1', `${command} && ls ${path}`)).stdout).toBe(`${path}\n`)
      expect(existsSync(path)).toBe(false)
    })

    test.each([
      ['its programs', 'touch /usr/muster-demo-test'],
      ['its programs, mounted anew', 'mount -o remount,rw,bind /usr && touch /usr/muster-demo-test'],
      ['what lies under a mount', 'umount /usr'],
      ['kernel settings', 'echo 1 > /proc/sys/vm/drop_caches'],
      ['the magic key', 'echo h > /proc/sysrq-trigger'],
      ['its devices', 'mknod /dev/muster-demo-test b 8 0'],
    ])('%s cannot be changed', async (_what, command) => {
      expect((await on('web-1', command)).code).not.toBe(0)
    })

    test('its name, its processes and its network are out of reach', async () => {
      const before = hostname()
      expect((await on('web-3', 'hostname changed; hostname')).stdout).toBe('changed\n')
      expect(hostname()).toBe(before)
      await on('web-3', 'hostname web-3')
      const processes = (await on('web-3', 'ps -eo args=')).stdout
      expect(processes).not.toMatch(/node|vitest/)
      const own = (await on('web-3', "awk 'NR > 2 { print $1 }' /proc/net/dev")).stdout
      expect(own).toBe('lo:\n')
    })

    test('no process of a sandbox is root outside', async () => {
      const processes = sandboxed(process.pid)
      expect(processes.length).toBeGreaterThanOrEqual(5)
      expect(processes.filter(pid => statSync(`/proc/${pid}`).uid === 0)).toEqual([])
    })

    test('a command that misses its sandbox finds no shell to run in', () => {
      expect(existsSync('/.demo')).toBe(false)
    })
  })

  test('another key and another user are refused', async () => {
    const [host] = fleet.hosts
    const stranger = makeKeyPair().private
    const own = readFileSync(join(fleet.directory, 'id_ed25519'))
    const attempt = (username: string, privateKey: string | Buffer) =>
      expect(connect({ port: host?.port ?? 0, username, privateKey })).rejects.toThrow('authentication')
    await attempt('root', stranger)
    await attempt('ops', own)
  })

  test('a framed command over a held shell takes under two milliseconds', async () => {
    const channel = await open(client('web-1'), 'exec sh')
    let buffered = ''
    let wake = () => {}
    channel.on('data', (chunk: Buffer) => {
      buffered += chunk.toString()
      wake()
    })
    const times: number[] = []
    for (let index = 0; index < 200; index++) {
      const began = performance.now()
      channel.write(`printf 'end %d\\n' ${index}\n`)
      while (!buffered.endsWith(`end ${index}\n`)) {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
      times.push(performance.now() - began)
    }
    channel.end()
    const [median = Number.POSITIVE_INFINITY] = times.sort((a, b) => a - b).slice(100)
    expect(median).toBeLessThan(2)
  })

  test('OpenSSH’s own client: a command, its status, and a copy by SFTP', async context => {
    if (!existsSync('/usr/bin/ssh')) return context.skip('no ssh client is installed')
    const { connect: settings } = fleet.inventory
    const port = fleet.hosts[3]?.port
    const options = ['-F', 'none', '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes', '-o', 'StrictHostKeyChecking=yes']
    const files = ['-i', `${settings.identityFile}`, '-o', `UserKnownHostsFile=${settings.knownHostsFile}`]
    const ssh = execute('ssh', [...options, ...files, '-p', `${port}`, 'root@127.0.0.1', 'hostname; exit 3'])
    await expect(ssh).rejects.toMatchObject({ stdout: 'db-1\n', code: 3 })
    if (!(await on('db-1', 'ls /usr/lib/openssh/sftp-server')).stdout) return
    await execute('scp', [
      '-q',
      '-s',
      ...options,
      ...files,
      '-P',
      `${port}`,
      '/etc/passwd',
      'root@127.0.0.1:/root/copied',
    ])
    expect((await on('db-1', 'cat /root/copied')).stdout).toBe(readFileSync('/etc/passwd', 'utf8'))
  })
})
