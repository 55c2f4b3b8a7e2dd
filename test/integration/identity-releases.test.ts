import { describe, expect, onTestFinished, test } from 'vitest'
import type { ConnectSettings } from '../../src/engine/connect/connector.js'
import { Credentials, createLink } from '../../src/engine/connect/index.js'
import type { Identity, Link, RunOptions } from '../../src/engine/connect/link.js'
import { IdentityError } from '../../src/engine/errors.js'
import { asking, closing } from '../fleet/link-to.js'
import { describeOnOwnLab } from '../fleet/own-lab.js'

const RELEASES = ['bullseye', 'bookworm', 'trixie'] as const
const hosts = { bullseye: { base: 'bullseye' }, bookworm: {}, trixie: { base: 'trixie' } } as const
const ROOT: Identity = { via: 'sudo' }
const PTY = { columns: 80, rows: 24 }

async function say(link: Link, script: string, options: RunOptions = {}): Promise<string> {
  const { stdout, stderr, exitCode } = await link.run(script, options)
  if (exitCode !== 0) throw new Error(`exit ${exitCode}: ${stdout}${stderr}`)
  return stdout.toString().trim()
}

/** All that a held shell does, where one could be had by way of a terminal alone. */
async function holds(link: Link, identity: Identity, user: string): Promise<void> {
  const { stdout, stderr, exitCode } = await link.run('id -un; echo err >&2; exit 3', { identity })
  expect([stdout.toString(), stderr.toString(), exitCode]).toEqual([`${user}\n`, 'err\n', 3])
  expect(await say(link, 'id -un; stty size', { identity, pty: PTY })).toBe(`${user}\r\n24 80`)
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7) % 256))
  const echoed = await link.run('cat', { identity, stdin: bytes })
  expect(echoed.stdout.equals(bytes)).toBe(true)
  expect(await say(link, '(: </dev/tty) 2>/dev/null && echo a terminal || echo none', { identity })).toBe('none')
  const path = `/tmp/held-${user}`
  await link.write(path, bytes, { identity })
  expect(await say(link, `stat -c '%U %s' ${path}; rm ${path}`, { identity })).toBe(`${user} 300000`)
  const run = link.run('sleep 4712 & (sleep 4712 &); sleep 4712', { identity, timeout: 500 })
  await expect(run).rejects.toMatchObject({ how: 'timeout' })
  expect(await say(link, "ps -e -o args= | grep -c '^[s]leep 4712' || true")).toBe('0')
  expect(await say(link, 'id -un', { identity })).toBe(user)
}

describeOnOwnLab('becoming somebody else, release by release', { hosts }, lab => {
  const linkAs = (
    name: string,
    user: string,
    secrets: string[] = [lab().deployPassword],
    more: ConnectSettings = {},
  ) => {
    const asker = asking({ secrets })
    const settings = { sshConfigFile: lab().sshConfig, agent: false as const, user, ...more }
    const link = closing(createLink({ name, settings }, { asker, credentials: new Credentials(asker) }))
    return { link, asker }
  }
  const change = async (name: string, doing: string, undoing: string) => {
    await lab().exec(name, doing)
    onTestFinished(async () => void (await lab().exec(name, undoing)))
  }

  describe.each(RELEASES)('%s', name => {
    test('sudo with a password, held and on a terminal; HOME and environment are the target’s', async () => {
      const { link, asker } = linkAs(name, 'deploy')
      const who = 'id -un; echo $HOME; echo ${SSH_CONNECTION-none}'
      expect(await say(link, who, { identity: ROOT })).toBe('root\n/root\nnone')
      expect(await say(link, who, { identity: ROOT, pty: PTY })).toBe('root\r\n/root\r\nnone')
      expect(asker.asked).toMatchObject([{ key: 'sudo:deploy', retry: false }])
    })

    test('sudo that asks on a terminal: wrong, then right; three times wrong', async () => {
      const { link, asker } = linkAs(name, 'deploy', ['wrong', lab().deployPassword])
      expect(await say(link, 'id -un', { identity: ROOT, pty: PTY })).toBe('root')
      expect(asker.asked.map(question => question.kind === 'secret' && question.retry)).toEqual([false, true])
      const { link: other } = linkAs(name, 'deploy', ['a', 'b', 'c'])
      const run = other.run('true', { identity: ROOT, pty: PTY })
      await expect(run).rejects.toBeInstanceOf(IdentityError)
      await expect(run).rejects.toThrow(`${name}: wrong sudo password for deploy`)
    })

    test('su with a password reads it from stdin, and on a terminal', async () => {
      const identity: Identity = { via: 'su', user: 'deploy' }
      const { link } = linkAs(name, 'ops')
      expect(await say(link, 'id -un; echo $HOME', { identity })).toBe('deploy\n/home/deploy')
      expect(await say(link, 'id -un; stty size', { identity, pty: PTY })).toBe('deploy\r\n24 80')
      const { link: other } = linkAs(name, 'ops', ['wrong', 'wrong', 'wrong'])
      await expect(other.run('true', { identity, pty: PTY })).rejects.toThrow(`${name}: wrong su password for deploy`)
    })

    test('requiretty: a shell is held all the same', async () => {
      await change(name, "echo 'Defaults:deploy requiretty' >/etc/sudoers.d/00-tty", 'rm -f /etc/sudoers.d/00-tty')
      const { link, asker } = linkAs(name, 'deploy')
      await holds(link, ROOT, 'root')
      expect(asker.asked).toMatchObject([{ key: 'sudo:deploy' }])
      expect(await say(link, 'id -un', { identity: { via: 'sudo', user: 'ops' } })).toBe('ops')
    })

    test('a sudo rule for some commands only, with sh not among them', async () => {
      await change(
        name,
        "cp -p /etc/sudoers.d/ops /root/ops.kept; echo 'ops ALL=(ALL) NOPASSWD: /usr/bin/id' >/etc/sudoers.d/ops; echo 'ops:x' | chpasswd",
        "usermod -p '!' ops; cp -p /root/ops.kept /etc/sudoers.d/ops; rm /root/ops.kept",
      )
      const { link } = linkAs(name, 'ops', ['x'])
      const run = link.run('id', { identity: ROOT })
      await expect(run).rejects.toBeInstanceOf(IdentityError)
      await expect(run).rejects.toThrow(
        /^\w+: ops may not become root with sudo \(Sorry, user ops is not allowed to execute/,
      )
    })

    test('a time-out under sudo ends what root was running, sessions of its own too', async () => {
      const { link } = linkAs(name, 'deploy')
      const script = 'sleep 4711 & setsid sleep 4711 & (sleep 4711 &); setsid sh -c "sleep 4711; :"'
      for (const pty of [undefined, PTY]) {
        const run = link.run(script, { identity: ROOT, timeout: 700, ...(pty ? { pty } : {}) })
        await expect(run).rejects.toMatchObject({ how: 'timeout' })
        await expect
          .poll(() => say(link, "ps -e -o args= | grep -c '^[s]leep 4711' || true"), { timeout: 5000 })
          .toBe('0')
      }
      expect(await say(link, "ps -e -o stat= -o args= | grep -c '^T.*[s]udo' || true")).toBe('0')
    })

    test.each([1, 2, 3])(
      'MaxSessions %i: several identities, long commands, terminals and kills take turns',
      async most => {
        await change(
          name,
          `echo 'MaxSessions ${most}' >/etc/ssh/sshd_config.d/00-few.conf; pkill -HUP -o -x sshd; sleep 0.3`,
          'rm /etc/ssh/sshd_config.d/00-few.conf; pkill -HUP -o -x sshd; sleep 0.3',
        )
        const { link } = linkAs(name, 'ops')
        await expect.poll(() => say(link, 'echo up').catch(String), { timeout: 10_000 }).toBe('up')
        const ways: RunOptions[] = [
          {},
          { identity: ROOT },
          { identity: { via: 'sudo', user: 'deploy' } },
          { identity: ROOT, pty: PTY },
          { identity: ROOT, stdin: Buffer.from('x') },
        ]
        const runs = Array.from({ length: 15 }, (_, n) =>
          say(link, `sleep 0.1; id -un; echo ${n}`, ways[n % ways.length]).then(text => text.replaceAll('\r', '')),
        )
        const users = ['ops', 'root', 'deploy', 'root', 'root']
        expect(await Promise.all(runs)).toEqual(runs.map((_, n) => `${users[n % users.length]}\n${n}`))
        await expect(link.run('sleep 4713', { identity: ROOT, timeout: 300 })).rejects.toMatchObject({ how: 'timeout' })
        expect(await say(link, "ps -e -o args= | grep -c '^[s]leep 4713' || true")).toBe('0')
      },
    )

    test('MaxSessions 0 is one sentence', async () => {
      await change(
        name,
        `echo 'MaxSessions 0' >/etc/ssh/sshd_config.d/00-few.conf; pkill -HUP -o -x sshd; sleep 0.3`,
        'rm /etc/ssh/sshd_config.d/00-few.conf; pkill -HUP -o -x sshd; sleep 0.3',
      )
      const { link } = linkAs(name, 'ops')
      await expect
        .poll(() => link.run('true').then(String, ({ message }) => message), { timeout: 15_000 })
        .toBe(`${name}: the server opens no more sessions (its MaxSessions)`)
    })
  })

  describe('doas', () => {
    const identity: Identity = { via: 'doas' }
    test('without a password, held', async () => {
      const { link } = linkAs('bookworm', 'ops')
      expect(await say(link, 'id -un', { identity })).toBe('root')
    })
    test('with one it asks on a terminal alone: a shell is held all the same', async () => {
      const { link, asker } = linkAs('bookworm', 'deploy')
      await holds(link, identity, 'root')
      expect(await say(link, 'id -un', { identity: { via: 'doas', user: 'ops' } })).toBe('ops')
      expect(asker.asked).toMatchObject([{ key: 'doas:deploy' }])
      expect(await lab().exec('bookworm', 'ls -A /dev/shm /tmp | grep muster || echo clean')).toBe('clean\n')
      await link.close()
      const left = () => lab().exec('bookworm', 'ps -A -o comm= | grep -cxE "dd|doas" || :')
      await expect.poll(left).toBe('0\n')
    })
    test.each([1, 2])('with one, where the server allows MaxSessions %i', async most => {
      await change(
        'bookworm',
        `echo 'MaxSessions ${most}' >/etc/ssh/sshd_config.d/00-few.conf; pkill -HUP -o -x sshd; sleep 0.3`,
        'rm /etc/ssh/sshd_config.d/00-few.conf; pkill -HUP -o -x sshd; sleep 0.3',
      )
      const { link } = linkAs('bookworm', 'deploy')
      await expect.poll(() => say(link, 'echo up').catch(String), { timeout: 10_000 }).toBe('up')
      const users = ['deploy', 'root', 'ops']
      const ways: RunOptions[] = [{}, { identity }, { identity: { via: 'doas', user: 'ops' } }]
      const runs = Array.from({ length: 9 }, (_, n) => say(link, `sleep 0.1; id -un; echo ${n}`, ways[n % 3]))
      expect(await Promise.all(runs)).toEqual(runs.map((_, n) => `${users[n % 3]}\n${n}`))
      await expect(link.run('sleep 4714', { identity, timeout: 300 })).rejects.toMatchObject({ how: 'timeout' })
      expect(await say(link, "ps -e -o args= | grep -c '^[s]leep 4714' || true")).toBe('0')
    })
    test('with one, where the server grants no terminal', async () => {
      await change(
        'bookworm',
        `echo 'PermitTTY no' >/etc/ssh/sshd_config.d/00-no.conf; pkill -HUP -o -x sshd; sleep 0.3`,
        'rm /etc/ssh/sshd_config.d/00-no.conf; pkill -HUP -o -x sshd; sleep 0.3',
      )
      // The server may still be the one it was.
      const told = () => linkAs('bookworm', 'deploy').link.run('true', { identity })
      await expect
        .poll(() => told().then(String, ({ message }) => message), { timeout: 15_000 })
        .toBe(
          'bookworm: doas asks for a password on a terminal alone, and the server grants no terminal (its PermitTTY)',
        )
    })
    test('a wrong password, and a user it is not permitted to', async () => {
      for (const options of [{ identity }, { identity, pty: PTY }]) {
        const { link } = linkAs('bookworm', 'deploy', [], { sudoPassword: 'no' })
        await expect(link.run('true', options)).rejects.toThrow('bookworm: wrong doas password for deploy')
      }
      await change(
        'bookworm',
        'cp -p /etc/doas.conf /root/doas.kept; echo "permit nopass root" >/etc/doas.conf',
        'mv /root/doas.kept /etc/doas.conf',
      )
      await expect(linkAs('bookworm', 'ops').link.run('true', { identity })).rejects.toThrow(
        /^bookworm: ops may not become root with doas \(doas: Operation not permitted\)/,
      )
    })
  })
})
