import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nobody } from '../../src/engine/connect/ask.js'
import type { ConnectSettings } from '../../src/engine/connect/connector.js'
import { Credentials } from '../../src/engine/connect/index.js'
import { SshConnector } from '../../src/engine/connect/ssh/ssh.js'
import { linkTo, stdout } from '../fleet/link-to.js'
import { isAlive } from '../fleet/processes.js'
import { type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`ProxyCommand: ${why}`)

describe.skipIf(why)('ProxyCommand', () => {
  let sshd: Sshd
  let jump: Sshd
  let folder = ''
  beforeAll(async () => {
    sshd = await startSshd()
    jump = await startSshd()
    folder = mkdtempSync(join(tmpdir(), 'muster-proxy-'))
  })
  afterAll(async () => {
    await sshd?.stop()
    await jump?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const through = (proxyCommand: string, settings: ConnectSettings = {}) => linkTo(sshd, { proxyCommand, ...settings })
  /** A program that joins its stdin and stdout to a TCP port. */
  const pipe = `${process.execPath} -e 'const s = require("node:net").connect(process.argv[2], process.argv[1]); process.stdin.pipe(s).pipe(process.stdout)'`
  const ssh = () =>
    `ssh -F none -i ${jump.key} -o UserKnownHostsFile=${jump.knownHosts} -p ${jump.port} -W %h:%p %r@127.0.0.1`

  test.each([
    ['the real ssh -W', ssh],
    ['a program that connects', () => `${pipe} %h %p`],
    ['tokens, quotes and pipes of the shell', () => `sh -c 'cat | ${pipe.replaceAll("'", `'"'"'`)} "$0" "$1"' %h %p`],
  ])('%s carries commands and megabytes', async (_, command) => {
    const link = through(command())
    expect(await stdout(link, 'echo in')).toBe('in\n')
    const { stdout: zeros } = await link.run('head -c 5000000 /dev/zero')
    expect(zeros.length).toBe(5_000_000)
    const sent = Buffer.alloc(3_000_000, 'x')
    expect(await stdout(link, 'wc -c', sent)).toMatch(/^\s*3000000\n$/)
  })

  test('by ssh_config, where the host needs no address of its own', async () => {
    const config = join(folder, 'config')
    writeFileSync(
      config,
      `Host web-1\n  HostName far.invalid\n  HostKeyAlias [127.0.0.1]:${sshd.port}\n  ProxyCommand ${pipe} 127.0.0.1 ${sshd.port}\n`,
    )
    const { knownHosts, key } = sshd
    const link = linkTo(sshd, { sshConfigFile: config, knownHostsFile: knownHosts, identityFile: key })
    expect(await stdout(link, 'echo in')).toBe('in\n')
  })

  test('one that fails is not tried again and again, and its last words are the reason', async () => {
    const tries = join(folder, 'tries')
    await expect(
      through(`sh -c "echo try >>${tries}; echo trying >&2; echo no way to %h >&2; exit 3"`).connect(),
    ).rejects.toThrow('web-1: its ProxyCommand ended with exit code 3: no way to 127.0.0.1')
    expect(readFileSync(tries, 'utf8')).toBe('try\n')
    await expect(through('no-such-program').connect()).rejects.toThrow(
      /^web-1: its ProxyCommand ended with exit code 127: .*no-such-program/,
    )
  })

  test('one that ends well, saying something else than SSH, is to blame all the same', async () => {
    await expect(through('echo no way to %h >&2; exit 3').connect()).rejects.toThrow(
      'web-1: its ProxyCommand ended without a word of SSH: no way to 127.0.0.1',
    )
  })

  test('one that reads no more is waited for: how it ends is the reason', async () => {
    const tries = join(folder, 'tries-unread')
    await expect(
      through(`sh -c "exec <&-; echo try >>${tries}; sleep 0.4; echo gone home >&2; exit 3"`).connect(),
    ).rejects.toThrow('web-1: its ProxyCommand ended with exit code 3: gone home')
    expect(readFileSync(tries, 'utf8')).toBe('try\n')
  })

  test('one that says nothing counts against the time to connect, and is ended', async () => {
    const file = join(folder, 'silent.pid')
    await expect(through(`sh -c 'echo $$ > ${file}; sleep 100'`, { connectTimeout: 2 }).connect()).rejects.toThrow(
      'timed out after 2 s, waiting for the key exchange',
    )
    await gone(file)
  })

  test('with all it has started it ends when the link is closed', async () => {
    const file = join(folder, 'group.pid')
    const link = through(`sh -c 'sleep 100 & echo $! > ${file}; ${pipe.replaceAll("'", `'"'"'`)} %h %p'`)
    expect(await stdout(link, 'echo in')).toBe('in\n')
    await link.close()
    await gone(file)
  })

  test('when it dies the link is lost, with its name', async () => {
    const file = join(folder, 'dies.pid')
    const link = through(`sh -c 'echo $$ > ${file}; exec ${pipe.replaceAll("'", `'"'"'`)} %h %p'`)
    await link.connect()
    process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL')
    await expect.poll(() => link.state).toBe('lost')
    expect(link.standing.reason).toBe('its ProxyCommand was ended by SIGKILL')
    expect(await stdout(link, 'echo back')).toBe('back\n')
  })

  test('nothing that a shell would read is put into it', async () => {
    await expect(through('true %h', { address: '-oops$(id)' }).connect()).rejects.toThrow(
      'web-1: "-oops$(id)" does not go into its ProxyCommand: a shell would read it.',
    )
  })

  test('one that hands over a socket is for the openssh connector', async () => {
    const config = join(folder, 'fdpass')
    writeFileSync(config, 'Host *\n  ProxyCommand true\n  ProxyUseFdpass yes\n')
    const context = {
      signal: new AbortController().signal,
      asker: nobody,
      credentials: new Credentials(),
      turn: <T>(work: () => Promise<T>) => work(),
      phase: () => {},
      note: () => {},
    }
    const opening = new SshConnector().open({ name: 'web-1', settings: { sshConfigFile: config } }, context)
    await expect(opening).rejects.toMatchObject({ feature: 'proxy-socket', host: 'web-1' })
  })
})

/** Waits until the process whose number is in a file has ended. */
async function gone(file: string): Promise<void> {
  const pid = Number(readFileSync(file, 'utf8'))
  await expect.poll(() => isAlive(pid)).toBe(false)
}
