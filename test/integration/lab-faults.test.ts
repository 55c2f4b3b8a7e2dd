import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { twoHops } from '../fleet/kinds.js'
import type { Lab } from '../fleet/lab.js'
import { describeOnOwnLab } from '../fleet/own-lab.js'
import { ssh } from '../fleet/ssh-client.js'

const bootId = 'cat /proc/sys/kernel/random/boot_id'

/** A session that says `tick` ten times a second. */
function ticking(lab: Lab, host: string) {
  const child = spawn('ssh', ['-F', lab.sshConfig, host, 'while echo tick; do sleep 0.1; done'])
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let ended = false
  child.once('exit', () => {
    ended = true
  })
  return {
    next: () => once(child.stdout, 'data', { signal: AbortSignal.timeout(10_000) }),
    ended: () => ended,
    /** How many bytes come in so many milliseconds. */
    async bytesIn(ms: number): Promise<number> {
      let bytes = 0
      const count = (chunk: Buffer): void => {
        bytes += chunk.length
      }
      child.stdout.on('data', count)
      await new Promise(resolve => setTimeout(resolve, ms))
      child.stdout.off('data', count)
      return bytes
    },
  }
}

describeOnOwnLab('the power', { hosts: { h1: {}, h2: {}, sys: { systemd: true }, tiny: { base: 'busybox' } } }, lab => {
  test('a killed host falls silent, the others answer, and it comes back with its disk', async () => {
    await lab().exec('h1', 'echo kept > /srv/kept')
    const boot = await lab().exec('h1', bootId)
    const session = ticking(lab(), 'h1')
    await session.next()
    await lab().kill('h1')
    await lab().kill('h1')
    await expect(ssh(lab(), 'h1', 'true')).rejects.toThrow(/No route to host|timed out/)
    await expect(lab().exec('h1', 'true')).rejects.toThrow('h1 is off')
    expect(await ssh(lab(), 'h2', 'hostname')).toBe('h2\n')
    expect(session.ended()).toBe(false)
    await lab().start('h1')
    await lab().start('h1')
    expect(await ssh(lab(), 'h1', 'cat /srv/kept')).toBe('kept\n')
    expect(await lab().exec('h1', bootId)).not.toBe(boot)
  })

  test.each(['h1', 'sys', 'tiny'])(
    '%s reboots: it closes its connections, is off, and has another boot id',
    async host => {
      const boot = await ssh(lab(), host, bootId)
      const session = ticking(lab(), host)
      await session.next()
      await lab().reboot(host)
      await expect.poll(session.ended).toBe(true)
      expect(await ssh(lab(), host, bootId)).not.toBe(boot)
    },
  )

  test.each(['h1', 'sys', 'tiny'])('%s comes back from a reboot that was asked for on it', async host => {
    const boot = await ssh(lab(), host, bootId)
    await ssh(lab(), host, '(sleep 0.2; reboot) > /dev/null 2>&1 &')
    await expect.poll(() => ssh(lab(), host, bootId).catch(() => boot)).not.toBe(boot)
  })

  test('a host that was switched off from within stays off until it is started', async () => {
    await lab()
      .exec('tiny', 'poweroff -f')
      .catch(() => {})
    await expect.poll(() => lab().exec('tiny', 'true').catch(String)).toContain('tiny is off')
    await expect(ssh(lab(), 'tiny', 'true')).rejects.toThrow(/No route to host|timed out/)
    await lab().start('tiny')
    expect(await ssh(lab(), 'tiny', 'hostname')).toBe('tiny\n')
  })
})

describeOnOwnLab('the network', { hosts: { h1: {}, ...twoHops } }, lab => {
  test.each(['h1', 'j2'])('%s partitioned: silence, no refusal; healed: the same session goes on', async host => {
    const session = ticking(lab(), host)
    await session.next()
    await lab().partition(host)
    await lab().partition(host)
    await session.bytesIn(50)
    expect(await session.bytesIn(300)).toBe(0)
    await expect(ssh(lab(), host, 'true', '-o', 'ConnectTimeout=1')).rejects.toThrow(/timed out/)
    expect(await ssh(lab(), 'p1', 'hostname')).toBe('p1\n')
    expect(session.ended()).toBe(false)
    await lab().heal(host)
    await lab().heal(host)
    await session.next()
    expect(await ssh(lab(), host, 'hostname')).toBe(`${host}\n`)
  })

  test('latency: what a round trip takes, and no longer once it is healed', async () => {
    const trip = async (): Promise<number> => {
      const { address } = lab().host('j1')
      const said = await lab().exec('h1', `ping -c 3 -i 0.2 ${address} | tail -n 1`)
      return Number(said.split('/').at(4))
    }
    await lab().impair('h1', { latency: 200 })
    await lab().impair('h1', { latency: 40 })
    expect(await trip()).toBeGreaterThan(80)
    const big = await ssh(lab(), 'h1', 'head -c 3000000 /dev/zero | tr "\\0" x')
    expect(big).toBe('x'.repeat(3_000_000))
    await lab().heal('h1')
    expect(await trip()).toBeLessThan(80)
  })

  test('loss: frames are lost, bytes are not', async () => {
    await lab().impair('h1', { loss: 10 })
    const said = await lab().exec('h1', `ping -q -c 200 -i 0.002 ${lab().host('j1').address} || true`)
    const lost = Number(/([\d.]+)% packet loss/.exec(said)?.[1])
    expect(lost).toBeGreaterThan(5)
    expect(lost).toBeLessThan(60)
    expect(await ssh(lab(), 'h1', 'head -c 100000 /dev/zero | tr "\\0" x', '-o', 'ConnectTimeout=30')).toHaveLength(
      100_000,
    )
    await lab().heal('h1')
  })
})

const servers = {
  light: {},
  systemd: { systemd: true },
  dropbear: { server: 'dropbear' },
  tinysshd: { server: 'tinysshd' },
} as const

describeOnOwnLab('the server', { hosts: servers }, lab => {
  test.each(['light', 'dropbear', 'tinysshd'])(
    '%s killed: sessions go on, nobody gets in until it is started',
    async host => {
      const session = ticking(lab(), host)
      await session.next()
      await lab().killServer(host)
      await lab().killServer(host)
      await expect(ssh(lab(), host, 'true')).rejects.toThrow(/Connection refused/)
      await session.next()
      await lab().startServer(host)
      await lab().startServer(host)
      expect(await ssh(lab(), host, 'hostname')).toBe(`${host}\n`)
      expect(session.ended()).toBe(false)
    },
  )

  test('killed under systemd: it is there again', async () => {
    const pid = 'systemctl show --property MainPID --value ssh'
    const before = await lab().exec('systemd', pid)
    await lab().killServer('systemd')
    await lab().startServer('systemd')
    expect(await ssh(lab(), 'systemd', pid)).not.toBe(before)
  })

  test.each(Object.keys(servers))('the newest session on %s killed: the older one and the server live', async host => {
    await expect(lab().killSession(host)).rejects.toThrow(`there is no session on ${host}`)
    const older = ticking(lab(), host)
    await older.next()
    const newer = ticking(lab(), host)
    await newer.next()
    await lab().killSession(host)
    await expect.poll(newer.ended).toBe(true)
    await older.next()
    expect(older.ended()).toBe(false)
    expect(await ssh(lab(), host, 'hostname')).toBe(`${host}\n`)
    await lab().killSession(host)
  })
})

describeOnOwnLab('a host', { hosts: { h1: {}, h2: {} } }, lab => {
  test('frozen: takes connections and says nothing; thawed: goes on', async () => {
    const session = ticking(lab(), 'h1')
    await session.next()
    await lab().freeze('h1')
    await lab().freeze('h1')
    await session.bytesIn(50)
    expect(await session.bytesIn(300)).toBe(0)
    await expect(ssh(lab(), 'h1', 'true', '-o', 'ConnectTimeout=1')).rejects.toThrow(/timed out/)
    expect(await ssh(lab(), 'h2', 'hostname')).toBe('h2\n')
    await lab().thaw('h1')
    await lab().thaw('h1')
    await session.next()
    expect(await ssh(lab(), 'h1', 'hostname')).toBe('h1\n')
  })

  test('frozen: can be killed and started', async () => {
    await lab().freeze('h1')
    await lab().kill('h1')
    await lab().start('h1')
    expect(await ssh(lab(), 'h1', 'hostname')).toBe('h1\n')
  })

  test('with a full disk: nothing can be written until there is room again; what was there is whole', async () => {
    await lab().exec('h1', 'echo there > /srv/there')
    await lab().fillDisk('h1')
    await lab().fillDisk('h1')
    await expect(ssh(lab(), 'h1', 'echo new > /srv/new')).rejects.toThrow(/No space left on device/)
    expect(await ssh(lab(), 'h1', 'cat /srv/there; df /srv | grep -o 100%')).toBe('there\n100%\n')
    expect(await ssh(lab(), 'h2', 'echo new > /srv/new && cat /srv/new')).toBe('new\n')
    await lab().freeDisk('h1')
    await lab().freeDisk('h1')
    expect(await ssh(lab(), 'h1', 'echo new > /srv/new && cat /srv/new')).toBe('new\n')
  })
})
