import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { linkTo, stdout } from '../../fleet/link-to.js'
import { type Sshd, type SshdOptions, sshdMissing, startSshd } from '../../fleet/sshd.js'

/** What a server has limits for, what it does not serve, and what it says at login. */

const why = sshdMissing()
if (why) test.skip(`limits of a real sshd: ${why}`)

const banner = join(mkdtempSync(join(tmpdir(), 'muster-banner-')), 'banner')
afterAll(() => rmSync(dirname(banner), { recursive: true }))
const servers: Sshd[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(sshd => sshd.stop()))
})
async function start(options: SshdOptions): Promise<Sshd> {
  const sshd = await startSshd(options)
  servers.push(sshd)
  return sshd
}

describe.skipIf(why)('a server', () => {
  test('of one session runs many commands, ends those that take too long, and goes on', async () => {
    const link = linkTo(await start({ config: ['MaxSessions 1'] }))
    const many = await Promise.all(Array.from({ length: 12 }, (_, n) => stdout(link, `sleep 0.0${n % 3}; echo ${n}`)))
    expect(many).toEqual(many.map((_, n) => `${n}\n`))
    const marker = `sleep ${31_000 + Math.floor(Math.random() * 1000)}`
    const began = performance.now()
    await expect(link.run(`echo begun; ${marker}`, { timeout: 500 })).rejects.toThrow('web-1: killed after 0.5 s')
    expect(performance.now() - began).toBeLessThan(15_000)
    expect(await stdout(link, 'echo goes on')).toBe('goes on\n')
    expect(await stdout(link, `ps -A -o args= | grep -c '^${marker}$'; :`)).toBe('0\n')
  })

  test('of no session says so, in bounded time', async () => {
    const link = linkTo(await start({ config: ['MaxSessions 0'] }))
    const began = performance.now()
    await expect(link.run('true')).rejects.toThrow(/^web-1: the server opens no (more )?sessions \(its MaxSessions\)$/)
    expect(performance.now() - began).toBeLessThan(20_000)
  })

  test('that is full (MaxStartups) is given up after some tries, and reached when there is room', async () => {
    const sshd = await start({ config: ['MaxStartups 1:100:1'] })
    const idle = await loiterer(sshd.port)
    const link = linkTo(sshd)
    const began = performance.now()
    await expect(link.connect()).rejects.toThrow(
      /^web-1: 127\.0\.0\.1:\d+ accepted and then closed the connection without a word of SSH( \(it says: [^)]*MaxStartups\))?$/,
    )
    expect(performance.now() - began).toBeLessThan(25_000)
    idle.destroy()
    await once(idle, 'close')
    // The server hears of it a moment later: whoever is turned away until then tries again.
    expect(await stdout(link, 'echo in')).toBe('in\n')
  })

  test('without sftp takes files over the shell', async () => {
    const sshd = await start({ sftp: false })
    const link = linkTo(sshd)
    const file = join(sshd.folder, 'written')
    await link.write(file, Buffer.from([0, 10, 13, 255]), { mode: '0600' })
    expect(await link.read(file)).toEqual(Buffer.from([0, 10, 13, 255]))
  })

  test('with a banner lets us in, and the banner is kept without control characters', async () => {
    const sshd = await start({ config: [`Banner ${banner}`] })
    writeFileSync(banner, 'Authorised \u001b[31muse\u001b[0m only\u0007\r\n\u001b]0;title\u0007second line\n')
    const link = linkTo(sshd)
    expect(await stdout(link, 'echo in')).toBe('in\n')
    const banners = link.traces.flatMap(({ notes }) => notes).filter(note => note.kind === 'banner')
    expect(banners).toEqual([{ kind: 'banner', text: 'Authorised use only\nsecond line' }])
  })

  test('that refuses, with a banner that says why, is quoted', async () => {
    const sshd = await start({ config: [`Banner ${banner}`, 'DenyUsers *'] })
    writeFileSync(banner, 'Closed for \u001b[5mmaintenance\u001b[0m\nuntil noon\n')
    await expect(linkTo(sshd).connect()).rejects.toThrow(/^web-1: [^\p{Cc}]* says: Closed for maintenance until noon$/u)
  })
})

/** Somebody who has connected and does not log in. The server may still be busy with whoever looked whether it is up. */
async function loiterer(port: number): Promise<Socket> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const [greeting] = await once(socket, 'data')
    if (String(greeting).startsWith('SSH-')) return socket
    socket.destroy()
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
