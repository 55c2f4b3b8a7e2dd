import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Link, UploadRequest } from '../../src/engine/connect/link.js'
import { InterruptedError } from '../../src/engine/errors.js'
import { Cargo } from '../../src/engine/transfer/cargo.js'
import { linkTo } from '../fleet/link-to.js'
import { descendants, type Sshd, type SshdOptions, sshdMissing, startSshd } from '../fleet/sshd.js'

const missing = sshdMissing()
if (missing) test.skip(`transfers that go wrong: ${missing}`)

const SIZE = 24_000_000

describe.skipIf(missing)('transfers that go wrong', () => {
  let folder = ''
  let local = ''
  let remote = ''
  const servers: Sshd[] = []
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-faults-'))
    writeFileSync(join(folder, 'big'), Buffer.alloc(SIZE, 'new '))
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  beforeEach(() => {
    local = mkdtempSync(join(folder, 'local-'))
    remote = mkdtempSync(join(folder, 'remote-'))
    writeFileSync(join(remote, 'big'), 'old')
  })
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop()
  })

  const start = async (options: SshdOptions): Promise<Sshd> => {
    const server = await startSshd(options)
    servers.push(server)
    return server
  }
  const send = async (link: Link, rest: Partial<UploadRequest> = {}) =>
    link.upload({
      cargo: await Cargo.local(join(folder, 'big'), { shared: false }),
      path: join(remote, 'big'),
      ...rest,
    })
  const left = (where: string) => readdirSync(where).filter(name => name.startsWith('.muster-'))
  /** Called once some of it is on its way, and not all. */
  const midway = (act: () => void) => {
    let acted = false
    return (done: number, total: number) => {
      if (acted || done === 0 || done === total) return
      acted = true
      act()
    }
  }

  describe.each([
    ['over sftp', true],
    ['over a shell', false],
  ] as const)('%s', (_title, sftp) => {
    test('the server is killed: the old file stands, and the next upload takes away what was left', async () => {
      const server = await start({ sftp })
      const link = linkTo(server)
      let killed: Promise<void> | undefined
      const onBytes = midway(() => {
        killed = server.kill()
      })
      const error = await send(link, { onBytes }).catch((thrown: unknown) => thrown)
      await killed
      expect(error).toBeInstanceOf(InterruptedError)
      expect(error).toMatchObject({ how: 'lost' })
      expect(String(error)).toContain(`${join(remote, 'big')} is as it was`)
      expect(readFileSync(join(remote, 'big'), 'utf8')).toBe('old')
      const again = await startSshd({ sftp, folder: server.folder, port: server.port })
      onTestFinished(() => again.kill())
      expect(await send(link)).toMatchObject({ bytes: SIZE, unchanged: false })
      expect([statSync(join(remote, 'big')).size, left(remote)]).toEqual([SIZE, []])
    })

    test('cancelled: the old file stands, nothing is left', async () => {
      const controller = new AbortController()
      const link = linkTo(await start({ sftp }))
      const onBytes = midway(() => controller.abort())
      const sending = send(link, { onBytes, signal: controller.signal })
      await expect(sending).rejects.toMatchObject({ how: 'cancelled' })
      expect([readFileSync(join(remote, 'big'), 'utf8'), left(remote)]).toEqual(['old', []])
      expect((await link.run('echo alive')).stdout.toString()).toBe('alive\n')
    })

    test('a download is cut off: the old file stands, nothing is left', async () => {
      const server = await start({ sftp })
      writeFileSync(join(local, 'big'), 'old')
      const onBytes = midway(() => void server.kill())
      const request = { path: join(folder, 'big'), local: join(local, 'big'), overwrite: true, onBytes }
      await expect(linkTo(server).download(request)).rejects.toMatchObject({ how: 'lost' })
      expect([readFileSync(join(local, 'big'), 'utf8'), readdirSync(local)]).toEqual(['old', ['big']])
    })

    test('a host that freezes lets go at once when it is cancelled; thawed, what was left is taken away', async () => {
      const server = await start({ sftp })
      const link = linkTo(server)
      await link.run('true')
      const frozen: number[] = []
      onTestFinished(() => signalAll(frozen, 'SIGCONT'))
      const controller = new AbortController()
      const freeze = midway(() => {
        frozen.push(...descendants(server.pid))
        signalAll(frozen, 'SIGSTOP')
        setTimeout(() => controller.abort(), 100)
      })
      const since = performance.now()
      const sending = send(link, { onBytes: freeze, signal: controller.signal })
      await expect(sending).rejects.toMatchObject({ how: 'cancelled' })
      expect(performance.now() - since).toBeLessThan(20_000)
      expect(readFileSync(join(remote, 'big'), 'utf8')).toBe('old')
      signalAll(frozen, 'SIGCONT')
      expect(await send(link)).toMatchObject({ bytes: SIZE })
      expect([statSync(join(remote, 'big')).size, left(remote)]).toEqual([SIZE, []])
    })

    test('a download from a host that freezes lets go at once when it is cancelled', async () => {
      const server = await start({ sftp })
      const link = linkTo(server)
      await link.run('true')
      const frozen: number[] = []
      onTestFinished(() => signalAll(frozen, 'SIGCONT'))
      const controller = new AbortController()
      const onBytes = midway(() => {
        frozen.push(...descendants(server.pid))
        signalAll(frozen, 'SIGSTOP')
        setTimeout(() => controller.abort(), 100)
      })
      const request = { path: join(folder, 'big'), local: join(local, 'big'), onBytes, signal: controller.signal }
      await expect(link.download(request)).rejects.toMatchObject({ how: 'cancelled' })
      expect(readdirSync(local)).toEqual([])
    })

    test('a server that grants one session at a time is enough', async () => {
      const link = linkTo(await start({ sftp, config: ['MaxSessions 1'] }))
      await link.run('echo held')
      expect(await send(link)).toMatchObject({ bytes: SIZE })
      await link.download({ path: join(remote, 'big'), local: join(local, 'back') })
      expect([statSync(join(remote, 'big')).size, statSync(join(local, 'back')).size]).toEqual([SIZE, SIZE])
    })

    test('what arrives otherwise than it was sent is not put in place', async () => {
      const bin = join(local, 'bin')
      mkdirSync(bin)
      for (const name of ['sha256sum', 'openssl']) {
        writeFileSync(join(bin, name), `#!/bin/sh\ncat >/dev/null; echo ${'0'.repeat(64)}\n`)
        chmodSync(join(bin, name), 0o755)
      }
      const link = linkTo(await start({ sftp, config: [`SetEnv PATH=${bin}:/usr/bin:/bin HOME=/`] }))
      await expect(send(link)).rejects.toThrow(`${join(remote, 'big')}: what arrived is not what was sent`)
      expect([readFileSync(join(remote, 'big'), 'utf8'), left(remote)]).toEqual(['old', []])
    })

    test('a host with no program for SHA-256 compares by cksum', async () => {
      const bin = join(local, 'bin')
      mkdirSync(bin)
      const tools = ['sh', 'cat', 'chmod', 'chown', 'cksum', 'cut', 'dd', 'find', 'head', 'ln', 'mkdir', 'mv']
      for (const name of [...tools, 'readlink', 'rm', 'stat', 'sync', 'wc'])
        symlinkSync(`/usr/bin/${name}`, join(bin, name))
      const link = linkTo(await start({ sftp, config: [`SetEnv PATH=${bin} HOME=/`] }))
      expect((await link.run('command -v sha256sum; command -v cksum')).stdout.toString()).toBe(`${bin}/cksum\n`)
      expect(await send(link)).toMatchObject({ bytes: SIZE, unchanged: false })
      expect(await send(link)).toMatchObject({ bytes: 0, unchanged: true })
      await link.download({ path: join(remote, 'big'), local: join(local, 'back') })
      expect(statSync(join(local, 'back')).size).toBe(SIZE)
    })
  })

  test('sftp that may not write is left for the shell', async () => {
    const link = linkTo(await start({ sftp: false, config: ['Subsystem sftp internal-sftp -R'] }))
    expect(await send(link)).toMatchObject({ bytes: SIZE })
    expect([statSync(join(remote, 'big')).size, left(remote)]).toEqual([SIZE, []])
  })

  test('sftp whose server cannot be started is left for the shell', async () => {
    const link = linkTo(await start({ sftp: false, config: ['Subsystem sftp /nowhere/sftp-server'] }))
    expect(await send(link)).toMatchObject({ bytes: SIZE })
  })

  test('sftp spoilt by what a login shell prints is left for the shell', async () => {
    const link = linkTo(await start({ sftp: false, config: ['Subsystem sftp echo Welcome to this host; sleep 60'] }))
    expect(await send(link)).toMatchObject({ bytes: SIZE })
  })
})

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended in the meantime.
    }
  }
}
