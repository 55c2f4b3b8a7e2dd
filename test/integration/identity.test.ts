import { describe, expect, onTestFinished, test } from 'vitest'
import type { Asker } from '../../src/engine/connect/ask.js'
import type { ConnectSettings } from '../../src/engine/connect/connector.js'
import { Credentials, createLink } from '../../src/engine/connect/index.js'
import type { Identity, Link, RunOptions } from '../../src/engine/connect/link.js'
import { IdentityError } from '../../src/engine/errors.js'
import { Secret } from '../../src/engine/secret.js'
import type { Lab } from '../fleet/lab.js'
import { asking, closing } from '../fleet/link-to.js'
import { describeOnLab } from '../fleet/shared.js'

const ROOT: Identity = { via: 'sudo' }

/** Links to all hosts of the lab, which share their credentials as those of one engine do. */
function linksTo(lab: Lab, settings: ConnectSettings, asker: Asker = asking()): Link[] {
  const credentials = new Credentials(asker)
  return lab.hosts.map(({ name }) =>
    closing(
      createLink(
        { name, settings: { sshConfigFile: lab.sshConfig, agent: false, ...settings } },
        { asker, credentials },
      ),
    ),
  )
}

function linkTo(lab: Lab, settings: ConnectSettings, asker: Asker = asking()): Link {
  const [link] = linksTo(lab, settings, asker)
  if (!link) throw new Error('the lab has no host')
  return link
}

async function say(link: Link, script: string, options: RunOptions = {}): Promise<string> {
  const { stdout, stderr, exitCode } = await link.run(script, options)
  if (exitCode !== 0) throw new Error(`exit ${exitCode}: ${stderr}`)
  return stdout.toString().trim()
}

describeOnLab('identities', lab => {
  test('sudo without a password asks nobody', async () => {
    const asker = asking()
    const link = linkTo(lab, { user: 'ops' }, asker)
    expect(await say(link, 'id -un; echo $HOME', { identity: ROOT })).toBe('root\n/root')
    expect(await say(link, 'id -un', { identity: { via: 'sudo', user: 'deploy' } })).toBe('deploy')
    expect(await say(link, 'id -un')).toBe('ops')
    expect(asker.asked).toEqual([])
  })

  test('a sudo password is asked for once for all hosts, and given over stdin alone', async () => {
    const asker = asking({ secrets: [lab.deployPassword] })
    const all = linksTo(lab, { user: 'deploy' }, asker)
    expect(await Promise.all(all.map(link => say(link, 'id -un', { identity: ROOT })))).toEqual([
      'root',
      'root',
      'root',
    ])
    expect(asker.asked).toEqual([
      {
        kind: 'secret',
        key: 'sudo:deploy',
        prompt: 'sudo password of deploy',
        hosts: expect.any(Array),
        retry: false,
      },
    ])
    const [link] = all
    if (!link) throw new Error('no link')
    const everywhere = await say(link, "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' ' '", {
      identity: ROOT,
    })
    expect(everywhere).toContain('sudo')
    expect(everywhere).not.toContain(lab.deployPassword)
  })

  test('a wrong answer is asked for again', async () => {
    const asker = asking({ secrets: ['wrong', lab.deployPassword] })
    const all = linksTo(lab, { user: 'deploy' }, asker)
    expect(await Promise.all(all.map(link => say(link, 'id -un', { identity: ROOT })))).toEqual([
      'root',
      'root',
      'root',
    ])
    expect(asker.asked.map(question => question.kind === 'secret' && question.retry)).toEqual([false, true])
  })

  test('three wrong answers are one sentence, and the link goes on', async () => {
    const asker = asking({ secrets: ['a', 'b', 'c'] })
    const link = linkTo(lab, { user: 'deploy' }, asker)
    const run = link.run('true', { identity: ROOT })
    await expect(run).rejects.toBeInstanceOf(IdentityError)
    await expect(run).rejects.toThrow('h1: wrong sudo password for deploy')
    expect(asker.asked).toHaveLength(3)
    expect(await say(link, 'id -un')).toBe('deploy')
  })

  test('a wrong password of the inventory is tried on one host, not on all', async () => {
    const onAll = (command: string) => Promise.all(lab.hosts.map(({ name }) => lab.exec(name, command)))
    await onAll("echo 'Defaults logfile=/var/log/sudo.test' >/etc/sudoers.d/00-log")
    onTestFinished(async () => {
      await onAll('rm -f /etc/sudoers.d/00-log /var/log/sudo.test')
    })
    const all = linksTo(lab, { user: 'deploy', sudoPassword: 'wrong' })
    const ends = await Promise.allSettled(all.map(link => link.run('true', { identity: ROOT })))
    expect(ends.map(end => (end.status === 'rejected' ? end.reason.message : 'ran'))).toEqual(
      ['h1', 'h2', 'h3'].map(name => `${name}: wrong sudo password for deploy`),
    )
    await Promise.all(all.map(link => link.close()))
    const failures = () => onAll('grep -c "incorrect password" /var/log/sudo.test 2>/dev/null || true')
    await expect.poll(async () => (await failures()).filter(count => count.trim() === '1')).toHaveLength(1)
  })

  test('a password of the inventory, as text, secret or function', async () => {
    for (const sudoPassword of [
      lab.deployPassword,
      new Secret(lab.deployPassword),
      async () => new Secret(lab.deployPassword),
    ]) {
      const asker = asking()
      expect(await say(linkTo(lab, { user: 'deploy', sudoPassword }, asker), 'id -un', { identity: ROOT })).toBe('root')
      expect(asker.asked).toEqual([])
    }
  })

  test('nobody to ask: the sentence says what to do', async () => {
    await expect(linkTo(lab, { user: 'deploy' }).run('true', { identity: ROOT })).rejects.toThrow(
      'h1: sudo wants a password of deploy and got none; set sudoPassword in the inventory or answer the question',
    )
  })

  test.each<[string, Identity, string, RegExp]>([
    [
      'not in sudoers',
      ROOT,
      'rm /etc/sudoers.d/ops',
      /^h1: ops may not become root with sudo \(ops is not in the sudoers file/,
    ],
    [
      'only some commands',
      ROOT,
      "echo 'ops ALL=(ALL) /bin/true' >/etc/sudoers.d/ops",
      /^h1: ops may not become root with sudo \(Sorry, user ops is not allowed to execute/,
    ],
    ['no such user', { via: 'sudo', user: 'nosuch' }, ':', /^h1: there is no user nosuch to become with sudo$/],
    [
      'no sudo',
      ROOT,
      'chmod 700 /usr/bin; mv /usr/bin/sudo /usr/bin/sudo.away; chmod 755 /usr/bin',
      /^h1: sudo is not installed$/,
    ],
    ['no doas', { via: 'doas' }, 'mv /usr/bin/doas /usr/bin/doas.away', /^h1: doas is not installed$/],
  ])('%s', async (_what, identity, change, sentence) => {
    await lab.exec(
      'h1',
      `cp -p /etc/sudoers.d/ops /root/ops.kept; echo 'ops:${lab.deployPassword}' | chpasswd; ${change}`,
    )
    onTestFinished(async () => {
      await lab.exec(
        'h1',
        'usermod -p "!" ops; cp -p /root/ops.kept /etc/sudoers.d/ops; rm /root/ops.kept; for name in sudo doas; do [ ! -e /usr/bin/$name.away ] || mv /usr/bin/$name.away /usr/bin/$name; done',
      )
    })
    const asker = asking({ secrets: ['any', 'any', 'any'] })
    const run = linkTo(lab, { user: 'ops', sudoPassword: lab.deployPassword }, asker).run('true', { identity })
    await expect(run).rejects.toThrow(sentence)
    await expect(run).rejects.toBeInstanceOf(IdentityError)
  })

  describe('su', () => {
    const DEPLOY: Identity = { via: 'su', user: 'deploy' }

    test('asks for the password of the other user', async () => {
      const asker = asking({ secrets: [lab.deployPassword] })
      expect(await say(linkTo(lab, { user: 'ops' }, asker), 'id -un', { identity: DEPLOY })).toBe('deploy')
      expect(asker.asked).toMatchObject([{ key: 'su:deploy', prompt: 'su password of deploy' }])
    })
    test('asks root for none', async () => {
      expect(await say(linkTo(lab, { user: 'root' }), 'id -un', { identity: DEPLOY })).toBe('deploy')
    })
    test('a wrong password is one sentence', async () => {
      await expect(
        linkTo(lab, { user: 'ops', sudoPassword: 'wrong' }).run('true', { identity: DEPLOY }),
      ).rejects.toThrow('h1: wrong su password for deploy')
    })
  })

  test('a time-out under sudo ends what root was running', async () => {
    const link = linkTo(lab, { user: 'deploy', sudoPassword: lab.deployPassword })
    const run = link.run('sleep 4711 & (sleep 4711 &) ; sleep 4711', { identity: ROOT, timeout: 400 })
    await expect(run).rejects.toMatchObject({ how: 'timeout' })
    expect(await say(link, "ps -e -o args= | grep -c '^[s]leep 4711' || true")).toBe('0')
    expect(await say(link, 'id -un', { identity: ROOT })).toBe('root')
  })

  test('stdin under sudo goes to the command, not to sudo', async () => {
    const link = linkTo(lab, { user: 'deploy', sudoPassword: lab.deployPassword })
    const { stdout } = await link.run('id -un; cat', { identity: ROOT, stdin: Buffer.from('for the command\n') })
    expect(stdout.toString()).toBe('root\nfor the command\n')
  })

  test('a login password, asked for once for all hosts', async () => {
    const asker = asking({ secrets: ['wrong', lab.deployPassword] })
    const settings = { user: 'deploy', identityFile: '/no/such/key', identitiesOnly: true }
    const all = linksTo(lab, settings, asker)
    expect(await Promise.all(all.map(link => say(link, 'id -un')))).toEqual(['deploy', 'deploy', 'deploy'])
    expect(asker.asked).toMatchObject([
      { key: 'password:deploy', retry: false },
      { key: 'password:deploy', retry: true },
    ])
    const given = linkTo(lab, { ...settings, password: lab.deployPassword })
    expect(await say(given, 'id -un')).toBe('deploy')
    await expect(linkTo(lab, { ...settings, password: 'wrong' }).connect()).rejects.toThrow(
      /does not let deploy in \(.*wrong password\)/,
    )
  })

  test('keyboard-interactive, where the server takes nothing else', async () => {
    await lab.exec(
      'h1',
      'echo PasswordAuthentication no >/etc/ssh/sshd_config.d/00-test.conf; echo KbdInteractiveAuthentication yes >>/etc/ssh/sshd_config.d/00-test.conf; pkill -HUP -o -x sshd',
    )
    onTestFinished(async () => {
      await lab.exec('h1', 'rm /etc/ssh/sshd_config.d/00-test.conf; pkill -HUP -o -x sshd')
    })
    const link = linkTo(lab, {
      user: 'deploy',
      identityFile: '/no/such/key',
      identitiesOnly: true,
      password: lab.deployPassword,
    })
    await expect.poll(() => say(link, 'id -un').catch(String), { timeout: 10_000, interval: 300 }).toBe('deploy')
  })

  describe('files as root', () => {
    const link = () => linkTo(lab, { user: 'deploy', sudoPassword: lab.deployPassword })
    const stat = (path: string) => lab.exec('h1', `stat -c '%a %U %G' ${path}`)
    const folder = async (setUp = ':') => {
      const path = `/srv/files-${Math.random().toString(36).slice(2)}`
      await lab.exec('h1', `mkdir ${path}; cd ${path}; ${setUp}`)
      onTestFinished(async () => {
        await lab.exec('h1', `umount ${path} 2>/dev/null; rm -rf ${path}`)
      })
      return path
    }

    test('a new file is 0644 and root’s; mode, owner and group as asked', async () => {
      const path = await folder()
      await link().write(`${path}/a`, Buffer.from('a'), { identity: ROOT })
      await link().write(`${path}/b`, Buffer.from('b'), { identity: ROOT, mode: '4750', owner: 'deploy', group: 'ops' })
      expect([await stat(`${path}/a`), await stat(`${path}/b`)]).toEqual(['644 root root\n', '4750 deploy ops\n'])
      expect((await link().read(`${path}/b`, { identity: ROOT })).toString()).toBe('b')
    })

    test('a replaced file keeps its mode and owner, and what had it open keeps the old one', async () => {
      const path = await folder('echo old >f; chown ops:deploy f; chmod 640 f; ln f hardlink')
      await link().write(`${path}/f`, Buffer.from('new\n'), { identity: ROOT })
      expect([await stat(`${path}/f`), await lab.exec('h1', `cat ${path}/f ${path}/hardlink; ls -A ${path}`)]).toEqual([
        '640 ops deploy\n',
        'new\nold\nf\nhardlink\n',
      ])
    })

    test('behind symbolic links it is their target that is replaced', async () => {
      const path = await folder(
        'mkdir d; echo old >d/target; chmod 600 d/target; ln -s target d/near; ln -s d/near link; ln -s loop loop',
      )
      await link().write(`${path}/link`, Buffer.from('new\n'), { identity: ROOT })
      expect(await lab.exec('h1', `cat ${path}/d/target; readlink ${path}/link`)).toBe('new\nd/near\n')
      expect(await stat(`${path}/d/target`)).toBe('600 root root\n')
      await expect(link().write(`${path}/loop`, Buffer.from('x'), { identity: ROOT })).rejects.toThrow(
        `h1: ${path}/loop: the symbolic links go in a circle`,
      )
    })

    test('what cannot be written is one sentence and leaves nothing behind', async () => {
      const path = await folder(
        'mkdir d; mkdir full; mount -t tmpfs -o size=64k full full; mkdir ro; mount -t tmpfs -o ro ro ro; echo kept >full/f',
      )
      onTestFinished(async () => {
        await lab.exec('h1', `umount ${path}/full ${path}/ro`)
      })
      const as = { identity: ROOT }
      const big = Buffer.alloc(100_000, 'x')
      await expect(link().write(`${path}/no/f`, big, as)).rejects.toThrow(
        `h1: ${path}/no/f: the directory does not exist`,
      )
      await expect(link().write(`${path}/d`, big, as)).rejects.toThrow('it is a directory')
      await expect(link().write(`${path}/ro/f`, big, as)).rejects.toThrow('the file system is read-only')
      await expect(link().write(`${path}/f`, big)).rejects.toThrow('no permission to write there')
      await expect(link().write(`${path}/full/f`, big, as)).rejects.toThrow('no space left on the device')
      await expect(link().write(`${path}/full/f`, Buffer.alloc(900_000, 0), as)).rejects.toThrow(
        'no space left on the device',
      )
      await expect(link().write(`${path}/f`, big, { ...as, owner: 'nosuch' })).rejects.toThrow(
        /cannot take the owner or group asked for \(.*nosuch/,
      )
      expect(await lab.exec('h1', `cat ${path}/full/f; ls -A ${path} ${path}/full | grep muster || echo clean`)).toBe(
        'kept\nclean\n',
      )
      await expect(link().read(`${path}/none`)).rejects.toThrow(`h1: ${path}/none: no such file`)
      await expect(link().read(`${path}/d`)).rejects.toThrow('it is a directory')
      await expect(link().read('/etc/shadow')).rejects.toThrow('no permission to read it')
    })
  })

  test('a link that is cut in the middle of a write leaves the old file', async () => {
    const path = '/srv/cut-short'
    await lab.exec('h1', `echo old >${path}`)
    onTestFinished(async () => {
      await lab.exec('h1', `rm -f ${path} /srv/.muster-*`)
    })
    const link = linkTo(lab, { user: 'root' })
    await link.connect()
    const write = link.write(path, Buffer.alloc(300_000_000, 'x'))
    const failed = expect(write).rejects.toThrow()
    await expect.poll(() => lab.exec('h1', 'ls -s /srv/.muster-* 2>/dev/null || true')).toMatch(/^\d{3,}/)
    await link.close()
    await failed
    expect(await lab.exec('h1', `cat ${path}`)).toBe('old\n')
  })
})
