import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { linkTo, listener, stdout } from '../../fleet/link-to.js'
import { type Sshd, sshdMissing, startSshd } from '../../fleet/sshd.js'

/** Servers that are none, or that break off: each ends in bounded time with one sentence, and nothing stays open. */

const why = sshdMissing()
if (why) test.skip(`servers that break off: ${why}`)

describe.skipIf(why)('a server', () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(async () => {
    await sshd?.stop()
  })

  /** Connects to whatever answers on a port of its own, and gives the sentence in which that ends. */
  const told = async (greet: (socket: Socket) => void, seconds = 3): Promise<string> => {
    const open = new Set<Socket>()
    const server = await listener(socket => {
      open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => open.delete(socket))
      greet(socket)
      socket.resume()
    })
    const start = performance.now()
    const link = linkTo(sshd, {
      port: server.port,
      connectTimeout: seconds,
      hostKeyAlias: `[127.0.0.1]:${sshd.port}`,
    })
    const error: unknown = await link.connect().then(
      async () => {
        await link.close()
        return new Error('web-1: it connected')
      },
      thrown => thrown,
    )
    expect(performance.now() - start).toBeLessThan(30_000)
    for (let tries = 0; open.size > 0 && tries < 100; tries += 1) await new Promise(resolve => setTimeout(resolve, 20))
    expect(open.size, `connections left open after: ${String(error)}`).toBe(0)
    server.close()
    if (!(error instanceof Error)) throw new Error('no error')
    expect(error.message).not.toMatch(/\p{Cc}/u)
    expect(error.message.length).toBeLessThan(500)
    return error.message.replaceAll(String(server.port), 'PORT')
  }

  test.each<[string, (socket: Socket) => void, RegExp | string]>([
    [
      'that accepts and says nothing',
      () => {},
      'web-1: 127.0.0.1:PORT timed out after 3 s, waiting for the key exchange',
    ],
    [
      'that names itself and says no more',
      socket => socket.write('SSH-2.0-Tired\r\n'),
      'web-1: 127.0.0.1:PORT timed out after 3 s, waiting for the key exchange',
    ],
    [
      'that talks for ever before its name',
      socket => {
        const timer = setInterval(() => socket.write('one moment please\r\n'), 20)
        socket.on('close', () => clearInterval(timer))
      },
      /^web-1: 127\.0\.0\.1:PORT timed out after 3 s, waiting for the key exchange/,
    ],
    [
      'that floods before its name',
      socket => {
        const more = () => {
          while (socket.writable && socket.write('x'.repeat(65_536)));
        }
        socket.on('drain', more)
        more()
      },
      /^web-1: 127\.0\.0\.1:PORT does not answer as an SSH server/,
    ],
    [
      'that hangs up at once',
      socket => socket.destroy(),
      /^web-1: 127\.0\.0\.1:PORT accepted and then closed the connection without a word of SSH$/,
    ],
    [
      'of HTTP',
      socket =>
        socket.once('data', () =>
          socket.end('HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>\u001b[31mno</html>\r\n'),
        ),
      /^web-1: 127\.0\.0\.1:PORT does not answer as an SSH server \(it says: HTTP\/1\.1 400 Bad Request\)$/,
    ],
    [
      'of mail',
      socket => socket.write('220 mail.example ESMTP\r\n500 what?\r\n') && socket.end(),
      /^web-1: 127\.0\.0\.1:PORT does not answer as an SSH server \(it says: 220 mail\.example ESMTP\)$/,
    ],
    [
      'of SSH 1 alone',
      socket => socket.write('SSH-1.5-OpenSSH_1.2\r\n'),
      /^web-1: 127\.0\.0\.1:PORT speaks SSH 1\.5 alone, which is not safe and which muster does not speak$/,
    ],
    [
      'that sends binary rubbish',
      socket => socket.write(Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 7919) % 256))),
      /^web-1: 127\.0\.0\.1:PORT /,
    ],
    [
      'that sends rubbish behind its name',
      socket => socket.write(Buffer.concat([Buffer.from('SSH-2.0-Rubbish\r\n'), Buffer.alloc(2048, 0xa5)])),
      /^web-1: 127\.0\.0\.1:PORT (broke|timed out)/,
    ],
    [
      'that is too busy, in its own words',
      socket => socket.end('Not allowed at this time\r\n'),
      /^web-1: 127\.0\.0\.1:PORT accepted and then closed the connection without a word of SSH \(it says: Not allowed at this time\)$/,
    ],
  ])('%s', async (_, greet, sentence) => {
    expect(await told(greet)).toMatch(sentence)
  })

  /** Passes everything on to the real server until so many bytes have come back from it. */
  const cutting = (bytes: number) => (socket: Socket) => {
    const onward = connect(sshd.port, '127.0.0.1')
    let left = bytes
    onward.on('data', chunk => {
      socket.write(chunk.subarray(0, left))
      left -= chunk.length
      if (left <= 0) socket.end()
    })
    socket.on('data', chunk => onward.write(chunk))
    socket.on('close', () => onward.destroy())
    onward.on('error', () => {}).on('close', () => socket.destroy())
  }

  test('that cuts anywhere in the handshake', async () => {
    let passed = 0
    const whole = await listener(socket => {
      const onward = connect(sshd.port, '127.0.0.1').on('error', () => {})
      onward.on('data', chunk => {
        passed += chunk.length
        socket.write(chunk)
      })
      socket.on('data', chunk => onward.write(chunk)).on('error', () => {})
      socket.on('close', () => onward.destroy())
    })
    await stdout(linkTo(sshd, { port: whole.port, hostKeyAlias: `[127.0.0.1]:${sshd.port}` }), 'true')
    whole.close()
    expect(passed).toBeGreaterThan(1500)
    const cuts = [...Array.from({ length: 16 }, (_, n) => Math.floor((n * passed) / 16)), 1, 20, 41, passed - 1]
    for (const bytes of cuts.filter(each => each < passed)) {
      const sentence = await told(cutting(bytes), 5)
      // The last bytes are those of the command that was measured along.
      if (bytes > passed - 400 && sentence === 'web-1: it connected') continue
      expect(sentence, `cut after ${bytes} of ${passed}`).toMatch(
        /^web-1: (127\.0\.0\.1:PORT (accepted and then closed|closed the connection|broke the connection off)|no shell|logged in as|connection lost|the network connection was reset|the host had closed|the server closed)/,
      )
    }
  }, 120_000)
})
