import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dial, resolveName } from '../../src/engine/connect/dial.js'
import { linkTo, listener, stdout, unusedPort } from '../fleet/link-to.js'
import { type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`addresses of a real sshd: ${why}`)

describe.skipIf(why)('the address of a host', () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd({ config: ['ListenAddress ::1'] })
  })
  afterAll(async () => {
    await sshd?.stop()
  })
  /** Where the server says the connection came from and went to. */
  const ends = async (settings: Parameters<typeof linkTo>[1]) => {
    const link = linkTo(sshd, { hostKeyAlias: `[127.0.0.1]:${sshd.port}`, ...settings })
    const [from, , to] = (await stdout(link, 'echo $SSH_CONNECTION')).split(' ')
    return { from, to }
  }

  test.each<[string, (port: number) => Parameters<typeof linkTo>[1]]>([
    ['::1', () => ({ address: '::1' })],
    ['::0001', () => ({ address: '::0001' })],
    ['[::1]:port', port => ({ address: `[::1]:${port}` })],
    ['::1, IPv6 wanted', () => ({ address: '::1', addressFamily: 'inet6' })],
    ['::1, from ::1', () => ({ address: '::1', bindAddress: '::1' })],
  ])('%s', async (_, settings) => {
    expect(await ends(settings(sshd.port))).toEqual({ from: '::1', to: '::1' })
  })

  test('its key is looked up under [::1]:port, and a refusal names it so', async () => {
    await expect(linkTo(sshd, { address: '::1' }).connect()).rejects.toThrow(
      `the host key of [::1]:${sshd.port} is not known`,
    )
  })

  test('connects from the address that is chosen', async () => {
    expect(await ends({ bindAddress: '127.0.0.5' })).toEqual({ from: '127.0.0.5', to: '127.0.0.1' })
    await expect(linkTo(sshd, { bindAddress: '192.0.2.77' }).connect()).rejects.toThrow(
      `web-1: this machine has no address 192.0.2.77 to connect from (bindAddress) at 127.0.0.1:${sshd.port}`,
    )
    await expect(linkTo(sshd, { bindAddress: '::1' }).connect()).rejects.toThrow(
      'web-1: no address of the host can be reached from ::1 (bindAddress): they are 127.0.0.1',
    )
  })

  test('of the wrong family, or without the zone it needs, it is one sentence', async () => {
    await expect(linkTo(sshd, { address: '::1', addressFamily: 'inet' }).connect()).rejects.toThrow(
      'web-1: ::1 is no IPv4 address, and addressFamily is inet',
    )
    await expect(linkTo(sshd, { address: 'no-such.invalid', addressFamily: 'inet6' }).connect()).rejects.toThrow(
      'web-1: cannot resolve the name no-such.invalid to an IPv6 address',
    )
    await expect(linkTo(sshd, { address: 'fe80::1' }).connect()).rejects.toThrow(
      /does it lack its %zone\?|no route|unreachable/,
    )
  })

  test('a name whose first address is silent is reached at the second, soon', async () => {
    const silent = await silentServer('127.0.0.9', sshd.port)
    const tried: string[] = []
    const start = performance.now()
    try {
      const socket = await dial(['127.0.0.9', '127.0.0.1'], sshd.port, {
        addressFamily: 'any',
        attempts: 1,
        signal: new AbortController().signal,
        tried: (address, _, failure) => tried.push(`${address} ${failure ?? 'answered'}`),
      })
      expect(socket.remoteAddress).toBe('127.0.0.1')
      socket.destroy()
      await new Promise(resolve => setImmediate(resolve))
      expect(performance.now() - start).toBeLessThan(9000)
      expect(tried).toEqual([`127.0.0.1:${sshd.port} answered`, `127.0.0.9:${sshd.port} given up`])
    } finally {
      await silent.close()
    }
  })

  test('all addresses refuse: each is named', async () => {
    const port = await unusedPort()
    const addresses = [...(await resolveName('127.0.0.1', { addressFamily: 'any' })), '::1']
    const failed = dial(addresses, port, {
      addressFamily: 'any',
      attempts: 1,
      signal: new AbortController().signal,
      tried: () => {},
    })
    await expect(failed).rejects.toThrow(`connection refused at 127.0.0.1:${port}, connection refused at [::1]:${port}`)
  })

  test('connectionAttempts: a host that comes up a moment later is reached', async () => {
    const port = await unusedPort()
    const link = linkTo(sshd, { port, connectionAttempts: 5, hostKeyAlias: `[127.0.0.1]:${sshd.port}` })
    const connecting = link.connect()
    await new Promise(resolve => setTimeout(resolve, 300))
    const late = await listener(socket => relay(socket, sshd.port), port)
    await connecting
    late.close()
    await expect(linkTo(sshd, { port: await unusedPort(), connectionAttempts: 2 }).connect()).rejects.toThrow(
      'connection refused',
    )
  })
})

function relay(socket: Socket, port: number): void {
  const onward = connect(port, '127.0.0.1')
  socket.pipe(onward).pipe(socket)
  for (const each of [socket, onward]) each.on('error', () => socket.destroy() && onward.destroy())
}

/** A server so busy that the system answers no further connection: its queue is full and nobody takes from it. */
async function silentServer(host: string, port: number): Promise<{ close(): Promise<void> }> {
  const code = `require('net').createServer().listen({ host: '${host}', port: ${port}, backlog: 1 }, () => console.log('up'))`
  const server: ChildProcess = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(server.stdout ?? server, 'data')
  server.kill('SIGSTOP')
  const queue = Array.from({ length: 6 }, () => connect(port, host).on('error', () => {}))
  await new Promise(resolve => setTimeout(resolve, 200))
  return {
    close: async () => {
      for (const socket of queue) socket.destroy()
      server.kill('SIGKILL')
      await once(server, 'exit')
    },
  }
}
