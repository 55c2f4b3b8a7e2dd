import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ConnectSettings } from '../../src/engine/connect/connector.js'
import { Credentials, createLink } from '../../src/engine/connect/index.js'
import type { Link } from '../../src/engine/connect/link.js'
import { SshConnector } from '../../src/engine/connect/ssh/ssh.js'
import { type Lab, startLab } from '../fleet/lab.js'
import { asking, closing, stdout } from '../fleet/link-to.js'
import { whyNoLab } from '../fleet/shared.js'
import { makeKey } from '../fleet/sshd.js'

if (whyNoLab) test.skip(`passwords on real hosts: ${whyNoLab}`)

/** Ports of further servers on every host, beside the one on 22. */
const SERVERS = {
  password: { port: 2201, config: 'PasswordAuthentication yes\nKbdInteractiveAuthentication no\nUsePAM yes' },
  interactive: { port: 2202, config: 'PasswordAuthentication no\nKbdInteractiveAuthentication yes\nUsePAM yes' },
  keyAndPassword: {
    port: 2203,
    config: 'PasswordAuthentication yes\nUsePAM yes\nAuthenticationMethods publickey,password',
  },
  keyAndAnswers: {
    port: 2204,
    config: 'KbdInteractiveAuthentication yes\nUsePAM yes\nAuthenticationMethods publickey,keyboard-interactive',
  },
  passwordAndKey: {
    port: 2205,
    config: 'PasswordAuthentication yes\nUsePAM yes\nAuthenticationMethods password,publickey',
  },
  fewTries: {
    port: 2206,
    config: 'PasswordAuthentication yes\nKbdInteractiveAuthentication no\nUsePAM yes\nMaxAuthTries 2',
  },
  fewTriesForBoth: {
    port: 2208,
    config: 'PasswordAuthentication yes\nUsePAM yes\nAuthenticationMethods publickey,password\nMaxAuthTries 3',
  },
  noPam: { port: 2207, config: 'PasswordAuthentication yes\nKbdInteractiveAuthentication no\nUsePAM no' },
} as const
type Server = keyof typeof SERVERS

const PASSWORD = 'correct horse'
const USERS = `
useradd --create-home --shell /bin/sh stale
useradd --create-home --shell /bin/sh expired
useradd --create-home --shell /bin/sh locked
printf 'stale:${PASSWORD}\\nexpired:${PASSWORD}\\nlocked:${PASSWORD}\\n' | chpasswd
chage -d 0 stale
chage -E 1 expired
passwd -q -l locked
sed -i 's/pam_unix.so nullok/& nodelay/' /etc/pam.d/common-auth
mkdir -p /run/sshd
`

describe.skipIf(whyNoLab)('passwords on real hosts', () => {
  let lab: Lab
  let knownHosts = ''
  beforeAll(async () => {
    lab = await startLab({ hosts: 2, systemd: 0 })
    for (const { name } of lab.hosts) {
      await lab.exec(name, USERS)
      for (const server of Object.values(SERVERS)) {
        const { port, config } = server
        const common = `HostKey /etc/ssh/ssh_host_ed25519_key\nAuthorizedKeysFile /etc/ssh/authorized_keys\nPidFile none\nUseDNS no\nLogLevel VERBOSE\n`
        await lab.exec(name, `printf '${`${config}\n${common}Port ${port}\n`.replaceAll('\n', '\\n')}' > /root/${port}`)
        await lab.exec(name, `/usr/sbin/sshd -f /root/${port} -E /root/log`)
      }
    }
    // One list of keys, whatever the port.
    knownHosts = join(lab.knownHosts, '..', 'every-port')
    const keys = readFileSync(lab.knownHosts, 'utf8').trim().split('\n')
    writeFileSync(knownHosts, keys.map(line => line.replace(/^\S+/, '*')).join('\n'))
  })
  afterAll(async () => {
    await lab?.stop()
  })
  beforeEach(async () => {
    for (const { name } of lab.hosts) await lab.exec(name, ': > /root/log')
  })

  /** Links to both hosts, which share what is known about passwords as those of one engine do. */
  const links = (server: Server, settings: ConnectSettings = {}, ask = asking()): Link[] => {
    const credentials = new Credentials(ask)
    return lab.hosts.map(({ name, address }) =>
      closing(
        createLink(
          {
            name,
            settings: {
              address,
              port: SERVERS[server].port,
              user: 'deploy',
              identityFile: [],
              knownHostsFile: knownHosts,
              strictHostKeyChecking: 'yes',
              sshConfigFile: false,
              agent: false,
              ...settings,
            },
          },
          { asker: ask, credentials },
        ),
      ),
    )
  }
  const link = (...args: Parameters<typeof links>): Link => {
    const [first] = links(...args)
    if (!first) throw new Error('the lab has no host')
    return first
  }
  const inAll = (all: readonly Link[]) => Promise.all(all.map(each => stdout(each, 'echo in')))
  const refusal = async (one: Link) =>
    String(
      await one.connect().then(
        () => 'let in',
        (error: Error) => error.message,
      ),
    )
  /** How often the servers have seen a wrong password. */
  const failures = async (expected: number): Promise<number> => {
    const count = async () => {
      const logs = await Promise.all(lab.hosts.map(({ name }) => lab.exec(name, 'cat /root/log')))
      return logs.join('\n').match(/Failed (?:password|keyboard-interactive\/pam) for/g)?.length ?? 0
    }
    // What a server has just said to us it may be about to write down.
    const until = Date.now() + 5000
    while ((await count()) < expected && Date.now() < until) await sleep(50)
    return await count()
  }

  describe.each(['password', 'interactive'] as const)('%s', server => {
    test('asked once for all hosts; a wrong one is sent to one of them, once', async () => {
      const ask = asking({ secrets: ['wrong', PASSWORD] })
      expect(await inAll(links(server, {}, ask))).toEqual(['in\n', 'in\n'])
      expect(ask.asked).toMatchObject([
        { kind: 'secret', prompt: 'password of deploy', retry: false },
        { kind: 'secret', prompt: 'password of deploy', retry: true },
      ])
      expect(await failures(1)).toBe(1)
    })

    test('a wrong one in the inventory is one sentence, and is sent once', async () => {
      const all = links(server, { password: 'wrong' })
      for (const said of await Promise.all(all.map(refusal)))
        expect(said).toMatch(/^h\d: .* \(no key to offer; wrong password\)$/)
      expect(await failures(1)).toBe(1)
    })

    test('the right one in the inventory is asked of nobody', async () => {
      const ask = asking()
      expect(await inAll(links(server, { password: PASSWORD }, ask))).toEqual(['in\n', 'in\n'])
      expect([ask.asked, await failures(0)]).toEqual([[], 0])
    })

    test.each([
      [1, 1],
      [3, 3],
    ])('numberOfPasswordPrompts %i', async (numberOfPasswordPrompts, asked) => {
      const ask = asking({ secrets: ['a', 'b', 'c', 'd'] })
      expect(await refusal(link(server, { numberOfPasswordPrompts }, ask))).toMatch(/wrong password\)$/)
      expect([ask.asked.length, await failures(asked)]).toEqual([asked, asked])
    })

    test('nobody to ask', async () => {
      expect(await refusal(link(server))).toMatch(
        /does not let deploy in \(no key to offer; the server would take a password and none was given\)$/,
      )
    })

    test('excluded by preferredAuthentications', async () => {
      expect(await refusal(link(server, { preferredAuthentications: 'publickey', password: PASSWORD }))).toMatch(
        /the server would take (password|keyboard-interactive), which preferredAuthentications leaves out\)$/,
      )
    })
  })

  describe('a key and something else', () => {
    test.each(['keyAndPassword', 'keyAndAnswers', 'passwordAndKey'] as const)('%s', async server => {
      const ask = asking({ secrets: ['wrong', PASSWORD] })
      expect(await inAll(links(server, { identityFile: lab.key }, ask))).toEqual(['in\n', 'in\n'])
      expect([ask.asked.length, await failures(1)]).toEqual([2, 1])
    })

    test('the key alone does not do', async () => {
      const said = await refusal(link('keyAndPassword', { identityFile: lab.key, password: 'wrong' }))
      expect(said).toMatch(/does not let deploy in \(wrong password; after a partial success it wants password\)$/)
      expect(await failures(1)).toBe(1)
    })

    test('the password alone does not do', async () => {
      const said = await refusal(link('passwordAndKey', { password: PASSWORD }))
      expect(said).toMatch(/\(no key to offer; after a partial success it wants publickey\)$/)
    })
  })

  test('a server of few attempts is asked again on another connection, with no password sent twice', async () => {
    const ask = asking({ secrets: ['a', 'b', PASSWORD] })
    expect(await stdout(link('fewTries', {}, ask), 'echo in')).toBe('in\n')
    expect([ask.asked.length, await failures(2)]).toEqual([3, 2])
    const wrong = asking({ secrets: ['a', 'b', 'c', 'd'] })
    expect(await refusal(link('fewTries', {}, wrong))).toMatch(/wrong password\)$/)
    expect([wrong.asked.length, await failures(5)]).toEqual([3, 5])
  })

  test('a wrong key, a right one and a password, where three attempts are allowed', async () => {
    const stranger = join(lab.knownHosts, '..', 'stranger')
    makeKey(stranger)
    const asker = asking()
    const [host] = lab.hosts
    const settings = {
      address: host?.address ?? '',
      port: SERVERS.fewTriesForBoth.port,
      user: 'deploy',
      identityFile: [stranger, lab.key],
      password: PASSWORD,
      knownHostsFile: knownHosts,
      sshConfigFile: false,
      agent: false,
    } as const
    // A connector that remembers no key which was accepted before.
    const fresh = { asker, credentials: new Credentials(asker), connectors: [new SshConnector()] }
    const both = closing(createLink({ name: 'h1', settings }, fresh))
    expect(await stdout(both, 'echo in')).toBe('in\n')
    expect(await failures(0)).toBe(0)
  })

  describe('accounts that may not log in, in the words of the server', () => {
    test('a password that has run out', async () => {
      expect(await refusal(link('interactive', { user: 'stale', password: PASSWORD }))).toMatch(
        /the password of stale has expired and the server wants a new one \(“.*password.*”\): log in once with ssh and change it/i,
      )
      // By the password method it shows when a command is run.
      expect(await refusal(link('password', { user: 'stale', password: PASSWORD }))).toMatch(
        /password.*expired|Password change required/i,
      )
    })

    test('an account that has run out', async () => {
      for (const settings of [{ identityFile: lab.key }, { password: PASSWORD }]) {
        expect(await refusal(link('password', { user: 'expired', ...settings }))).toMatch(
          /closed the connection while expired was logging in; the server says: Your account has expired/,
        )
      }
    })

    test('nologin', async () => {
      await lab.exec('h1', 'echo "Back at noon." > /etc/nologin')
      try {
        expect(await refusal(link('password', { identityFile: lab.key }))).toMatch(/the server says: Back at noon\./)
      } finally {
        await lab.exec('h1', 'rm /etc/nologin')
      }
    })

    test('locked', async () => {
      expect(await refusal(link('noPam', { user: 'locked', identityFile: lab.key }))).toMatch(
        /does not let locked in \(refused: /,
      )
    })

    test('no such user', async () => {
      expect(await refusal(link('password', { user: 'nobody-here', password: PASSWORD }))).toMatch(/wrong password\)$/)
    })
  })
})
