import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import ssh2, { type Client, type Connection } from 'ssh2'
import { afterEach, describe, expect, test } from 'vitest'
import { openTunnel } from './ssh-tunnel.js'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A server that has no channel to spare for so many requests, as one with many clients has not. */
async function shortOfChannels(refusals: number): Promise<{ client: Client; refused: () => number }> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = privateKey.export({ type: 'pkcs1', format: 'pem' })
  let refused = 0
  const server = new ssh2.Server({ hostKeys: [key] }, connection => {
    connection.on('error', () => {})
    connection.on('authentication', context => context.accept())
    connection.on('ready', () => withoutChannels(connection, () => refused < refusals && ++refused > 0))
    connection.on('tcpip', accept => {
      const stream = accept()
      stream.end('hello')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const client = new ssh2.Client()
  closers.push(
    () => client.end(),
    () => server.close(),
  )
  client.connect({ host: '127.0.0.1', port: address.port, username: 'ada' })
  await once(client, 'ready')
  return { client, refused: () => refused }
}

/** ssh2 has no setting for it: its own table of channels is made to say that it is full. */
function withoutChannels(connection: Connection, full: () => boolean): void {
  const table: unknown = Reflect.get(connection, '_chanMgr')
  if (typeof table !== 'object' || table === null) throw new Error('ssh2 keeps its channels elsewhere now')
  const add: unknown = Reflect.get(table, 'add')
  if (typeof add !== 'function') throw new Error('ssh2 numbers its channels elsewhere now')
  Reflect.set(table, 'add', (...args: unknown[]) => (full() ? -1 : add.apply(table, args)))
}

describe('openTunnel', () => {
  test('a server short of channels is asked again until it has one', async () => {
    const { client, refused } = await shortOfChannels(3)
    const stream = await openTunnel(client, { host: 'db', port: 5432 })
    const [chunk] = await once(stream, 'data')
    expect([String(chunk), refused()]).toEqual(['hello', 3])
  })

  test('one that stays so is given up, in one sentence', async () => {
    const { client } = await shortOfChannels(1000)
    await expect(openTunnel(client, { host: 'db', port: 5432 })).rejects.toThrow(/^has no room for a stream to db:5432/)
  })

  test('waiting ends when nobody wants the stream any more', async () => {
    const { client, refused } = await shortOfChannels(1000)
    const cancel = new AbortController()
    const opening = openTunnel(client, { host: 'db', port: 5432 }, cancel.signal)
    setTimeout(() => cancel.abort(), 100)
    await expect(opening).rejects.toThrow('abort')
    expect(refused()).toBeLessThan(4)
  })

  test('a lost connection is no place to open one', async () => {
    const { client } = await shortOfChannels(0)
    client.end()
    await once(client, 'close')
    await expect(openTunnel(client, { host: 'db', port: 5432 })).rejects.toThrow(/^opens no stream to db:5432/)
  })
})
