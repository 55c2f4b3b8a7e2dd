import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Forward } from '../../src/engine/forward/forward.js'
import { openForward } from '../../src/engine/forward/open.js'
import type { ForwardSpec } from '../../src/engine/forward/spec.js'
import { linkTo as linkBy, unusedPort } from '../fleet/link-to.js'
import { descendants, type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`forwards over a real sshd: ${why}`)

describe.skipIf(why).each(['ssh', 'openssh'])('forwards over a real sshd by %s', connector => {
  const linkTo = (sshd: Sshd) => linkBy(sshd, { connector })
  let sshd: Sshd
  let folder = ''
  const closers: (() => unknown)[] = []
  beforeAll(async () => {
    sshd = await startSshd()
    folder = mkdtempSync(join(tmpdir(), 'muster-forward-'))
  })
  afterAll(async () => {
    await sshd?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  /** Answers each connection with what it was sent, in capitals, when its input has ended. */
  async function capitals(at: { port: number; host: string } | { path: string }): Promise<Server> {
    const server = createServer({ allowHalfOpen: true }, async socket => {
      socket.on('error', () => {})
      socket.end((await all(socket)).toUpperCase())
    })
    server.listen(at)
    await once(server, 'listening')
    closers.push(() => server.close())
    return server
  }

  async function capitalsPort(): Promise<number> {
    const address = (await capitals({ port: 0, host: '127.0.0.1' })).address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return address.port
  }

  async function forward(link: ReturnType<typeof linkTo>, spec: ForwardSpec, warned: string[] = []): Promise<Forward> {
    const opened = await openForward(link, spec, sentence => warned.push(sentence))
    closers.push(() => opened.close())
    return opened
  }

  /** Sends a text, ends it, and returns what comes back. */
  async function ask(to: number | string, text: string, host = '127.0.0.1'): Promise<string> {
    const socket =
      typeof to === 'string'
        ? connect({ path: to, allowHalfOpen: true })
        : connect({ host, port: to, allowHalfOpen: true })
    socket.end(text)
    return await all(socket)
  }

  describe('from here to the host', () => {
    test('any free port leads to a port of the host, both ways and with the end of each passed on', async () => {
      const opened = await forward(linkTo(sshd), { remote: await capitalsPort() })
      expect(opened.port).toBeGreaterThan(0)
      expect(await ask(opened.port, 'hello')).toBe('HELLO')
      expect(await Promise.all([1, 2, 3, 4].map(n => ask(opened.port, `a${n}`)))).toEqual(['A1', 'A2', 'A3', 'A4'])
      await expect.poll(() => opened.counts).toEqual({ open: 0, total: 5, failed: 0, sent: 13, received: 13 })
      expect(`${opened}`).toBe(`127.0.0.1:${opened.port} → ${opened.to} on web-1`)
    })

    test('the port and address asked for, and to a unix socket', async () => {
      const path = join(folder, 'far.sock')
      await capitals({ path })
      const port = await unusedPort()
      const opened = await forward(linkTo(sshd), { local: `127.0.0.1:${port}`, remote: path })
      expect(opened.from).toBe(`127.0.0.1:${port}`)
      expect(await ask(port, 'hello')).toBe('HELLO')
    })

    test('from a unix socket here, whose file goes with it', async () => {
      const path = join(folder, 'near.sock')
      const opened = await forward(linkTo(sshd), { local: path, remote: await capitalsPort() })
      expect(await ask(path, 'hello')).toBe('HELLO')
      expect(opened.port).toBe(0)
      await opened.close()
      await expect.poll(() => existsSync(path)).toBe(false)
    })

    test('megabytes pass unharmed', async () => {
      const opened = await forward(linkTo(sshd), { remote: await capitalsPort() })
      const text = 'abcdefgh'.repeat(1024 * 1024)
      expect((await ask(opened.port, text)) === text.toUpperCase()).toBe(true)
    })

    test('a port in use here is one sentence', async () => {
      const port = await capitalsPort()
      await expect(forward(linkTo(sshd), { local: port, remote: 80 })).rejects.toThrow(
        `Cannot listen on 127.0.0.1:${port} here: it is in use; choose another, or port 0 for any free one.`,
      )
    })

    test('where nothing answers, the connection ends and the forward says why, once', async () => {
      const port = await unusedPort()
      const warned: string[] = []
      const opened = await forward(linkTo(sshd), { remote: port }, warned)
      expect(await ask(opened.port, 'x')).toBe('')
      expect(await ask(opened.port, 'x')).toBe('')
      const sentence = `web-1: cannot reach localhost:${port} (Connection refused)`
      expect([opened.lastFailure, warned, opened.counts.failed]).toEqual([sentence, [sentence], 2])
    })

    test('a server that forbids it says so', async () => {
      const strict = await startSshd({ config: ['AllowTcpForwarding no'] })
      closers.push(() => strict.stop())
      const opened = await forward(linkTo(strict), { remote: 80 })
      expect(await ask(opened.port, 'x')).toBe('')
      expect(opened.lastFailure).toBe(
        'web-1: does not forward to localhost:80: its sshd forbids it (AllowTcpForwarding, PermitOpen)',
      )
    })

    test('closing breaks what is open and takes nothing more', async () => {
      const opened = await forward(linkTo(sshd), { remote: await capitalsPort() })
      const socket = connect(opened.port)
      socket.on('error', () => {})
      await expect.poll(() => opened.counts.open).toBe(1)
      const ended = once(socket, 'close')
      await opened.close()
      await ended
      await expect(ask(opened.port, 'x')).rejects.toThrow('ECONNREFUSED')
      expect(opened.state).toBe('closed')
    })

    test('the listener outlives the link, and new connections use the next one', async () => {
      const link = linkTo(sshd)
      const opened = await forward(link, { remote: await capitalsPort() })
      const socket = connect(opened.port)
      socket.on('error', () => {})
      await expect.poll(() => opened.counts.open).toBe(1)
      const broken = once(socket, 'close')
      for (const pid of descendants(sshd.pid)) kill(pid)
      await broken
      await expect.poll(() => link.state).toBe('lost')
      expect(await ask(opened.port, 'again')).toBe('AGAIN')
    })
  })

  describe('from the host to here', () => {
    test('a port of the host leads to one of this machine', async () => {
      const to = await capitalsPort()
      const opened = await forward(linkTo(sshd), { remote: 0, to })
      expect(await Promise.all(['a', 'b'].map(text => ask(opened.port, text)))).toEqual(['A', 'B'])
      expect(`${opened}`).toBe(`127.0.0.1:${opened.port} on web-1 → localhost:${to}`)
      const port = opened.port
      await opened.close()
      // The system's ssh asks the server to stop and does not wait until it has.
      await expect.poll(() => ask(port, 'x').catch(String)).toContain('ECONNREFUSED')
    })

    test('of a given address, and of every one where the server allows', async () => {
      const open = await startSshd({ config: ['GatewayPorts clientspecified'] })
      closers.push(() => open.stop())
      const link = linkTo(open)
      const to = await capitalsPort()
      for (const host of ['127.0.0.1', '*', '0.0.0.0', '127.0.0.5']) {
        const opened = await forward(link, { remote: `${host}:0`, to })
        expect(await ask(opened.port, 'x', host === '127.0.0.5' ? host : undefined)).toBe('X')
      }
    })

    test('a unix socket of the host leads to one here', async () => {
      const to = join(folder, 'here.sock')
      const path = join(folder, 'there.sock')
      await capitals({ path: to })
      const link = linkTo(sshd)
      const opened = await forward(link, { remote: path, to })
      expect(await ask(path, 'hello')).toBe('HELLO')
      await expect(forward(link, { remote: path, to })).rejects.toThrow(`web-1: does not listen on ${path}: it exists`)
      await opened.close()
      await expect(ask(path, 'x')).rejects.toThrow()
    })

    test('a port in use there, and a server that forbids it, are told apart', async () => {
      const port = await capitalsPort()
      await expect(forward(linkTo(sshd), { remote: port, to: 80 })).rejects.toThrow(
        `web-1: cannot listen on 127.0.0.1:${port}: the port is in use there`,
      )
      const strict = await startSshd({ config: ['AllowTcpForwarding local'] })
      closers.push(() => strict.stop())
      await expect(forward(linkTo(strict), { remote: 0, to: 80 })).rejects.toThrow(
        'web-1: does not listen on 127.0.0.1:0: its sshd forbids it (AllowTcpForwarding, PermitListen)',
      )
    })

    test('nothing answers here', async () => {
      const to = await unusedPort()
      const opened = await forward(linkTo(sshd), { remote: 0, to })
      expect(await ask(opened.port, 'x')).toBe('')
      expect(opened.lastFailure).toMatch(`nothing answers at localhost:${to} on this machine (ECONNREFUSED)`)
    })

    test('after the link was lost the host is asked to listen on the same port again', async () => {
      const link = linkTo(sshd)
      const opened = await forward(link, { remote: 0, to: await capitalsPort() })
      const { port } = opened
      for (const pid of descendants(sshd.pid)) kill(pid)
      await expect.poll(() => opened.state).toBe('interrupted')
      await expect.poll(() => opened.state).toBe('open')
      expect(opened.port).toBe(port)
      expect(await ask(port, 'again')).toBe('AGAIN')
    })
  })
})

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended with its parent.
  }
}

/** All that arrives until the end of that direction. */
async function all(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', chunk => {
    text += chunk
  })
  await once(socket, 'end')
  return text
}
