import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type AuthContext, type KeyboardAuthContext, type Prompt } from 'ssh2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SshConnector } from '../../src/engine/connect/ssh/ssh.js'
import { asking, linkTo } from '../fleet/link-to.js'

/** What sshd cannot be brought to ask without modules of PAM that Debian does not have: by a server of ssh2's. */
describe('questions of other servers', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  let folder = ''
  let knownHosts = ''
  const servers: ssh2.Server[] = []
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-questions-'))
    knownHosts = join(folder, 'known_hosts')
    writeFileSync(knownHosts, '')
  })
  afterAll(() => {
    for (const server of servers) server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const serve = async (authenticate: (context: AuthContext) => void) => {
    const hostKeys = [privateKey.export({ type: 'pkcs1', format: 'pem' })]
    const server = new ssh2.Server({ hostKeys }, client => {
      client.on('error', () => {})
      client.on('authentication', authenticate)
      client.on('session', accept => {
        accept().on('exec', acceptExec => {
          const channel = acceptExec()
          channel.exit(1)
          channel.end()
        })
      })
    })
    servers.push(server)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return { port: address.port, key: '/no/key', knownHosts }
  }
  const settings = { identityFile: [], strictHostKeyChecking: 'accept-new', user: 'ada' } as const

  /** Asks in rounds, and lets in who gives the right answers. */
  const quiz = (rounds: readonly { readonly prompts: readonly Prompt[]; readonly right: readonly string[] }[]) =>
    serve(context => {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
      const next = (round: number, to: KeyboardAuthContext) => {
        const asked = rounds[round]
        if (!asked) return to.accept()
        to.prompt([...asked.prompts], 'Two factors', 'Have your token ready.', answers => {
          if (answers.join() === asked.right.join()) next(round + 1, to)
          else to.reject(['keyboard-interactive'])
        })
      }
      next(0, context)
    })

  test('several in one request: the password is proven, the others are asked of the person with what the server says', async () => {
    const server = await quiz([
      {
        prompts: [
          { prompt: 'Password: ', echo: false },
          { prompt: 'Verification code: ', echo: false },
          { prompt: 'Reason: ', echo: true },
        ],
        right: ['secret', '123456', 'repair'],
      },
    ])
    const ask = asking({ secrets: ['secret', '123456', 'repair'] })
    await expect(linkTo(server, settings, ask).connect()).rejects.toThrow(/no POSIX shell|shell/)
    expect(ask.asked.map(question => question.kind === 'secret' && question.prompt)).toEqual([
      'password of ada',
      'Have your token ready. Verification code:',
      'Have your token ready. Reason:',
    ])
  })

  test('in rounds, the password in the second', async () => {
    const server = await quiz([
      { prompts: [{ prompt: 'One-time code: ', echo: false }], right: ['42'] },
      { prompts: [{ prompt: "ada's password: ", echo: false }], right: ['secret'] },
    ])
    const ask = asking({ secrets: ['42', 'secret'] })
    await expect(linkTo(server, { ...settings, password: 'secret' }, ask).connect()).rejects.toThrow(/shell/)
    expect(ask.asked).toHaveLength(1)
  })

  test('wrong answers, and none', async () => {
    const server = await quiz([{ prompts: [{ prompt: 'OTP: ', echo: false }], right: ['42'] }])
    await expect(linkTo(server, settings, asking({ secrets: ['41'] })).connect()).rejects.toThrow(
      /does not let ada in \(no key to offer; the answers were wrong\)$/,
    )
    await expect(linkTo(server, settings).connect()).rejects.toThrow(
      /the server asks “Have your token ready\. OTP:” and nobody answers\)$/,
    )
  })

  test('a request to change the password is one sentence', async () => {
    const server = await serve(context => {
      if (context.method !== 'password') return context.reject(['password'])
      context.requestChange('Choose a new one', () => {})
    })
    await expect(linkTo(server, { ...settings, password: 'old' }).connect()).rejects.toThrow(
      'the password of ada has expired and the server wants a new one (“Choose a new one”): log in once with ssh and change it',
    )
  })

  test('methods that ssh2 has not are left to OpenSSH', async () => {
    const server = await serve(context => context.reject(['hostbased']))
    const link = linkTo(server, settings, asking(), [new SshConnector()])
    await expect(link.connect()).rejects.toThrow(/hostbased needs OpenSSH's ssh/)
  })
})
