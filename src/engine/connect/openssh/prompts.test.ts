import { describe, expect, test } from 'vitest'
import { Secret } from '../../secret.js'
import { nobody } from '../ask.js'
import { Credentials } from '../credentials.js'
import { readPrompt, SshPrompts } from './prompts.js'

describe('readPrompt', () => {
  test.each([
    ["deploy@web-1's password: ", { kind: 'password', user: 'deploy' }],
    ['(deploy@web-1) Password: ', { kind: 'password', user: 'deploy' }],
    ['Password: ', { kind: 'password', user: undefined }],
    ["Enter passphrase for key '/home/me/.ssh/id': ", { kind: 'passphrase', file: '/home/me/.ssh/id' }],
    ['(deploy@web-1) Verification code: ', { kind: 'other', text: '(deploy@web-1) Verification code:' }],
    ['Enter PIN for ED25519-SK key /k: ', { kind: 'other', text: 'Enter PIN for ED25519-SK key /k:' }],
    [
      "The authenticity of host '[10.0.0.7]:22 ([10.0.0.7]:22)' can't be established.\nED25519 key fingerprint is SHA256:abc+/.\nThis key is not known by any other names.\nAre you sure you want to continue connecting (yes/no/[fingerprint])? ",
      { kind: 'host-key', address: '[10.0.0.7]:22', keyType: 'ED25519', fingerprint: 'SHA256:abc+/' },
    ],
  ])('%j', (prompt, read) => {
    expect(readPrompt(prompt)).toEqual(read)
  })
})

describe('SshPrompts', () => {
  const PASSWORD = "me@web-1's password: "
  const answering = (...secrets: string[]) => {
    const asked: boolean[] = []
    const asker = {
      ...nobody,
      secret: async ({ retry }: { retry: boolean }) => {
        asked.push(retry)
        const next = secrets.shift()
        return next === undefined ? undefined : new Secret(next)
      },
    }
    const credentials = new Credentials(asker)
    const prompts = () => new SshPrompts({ host: 'web-1', password: () => undefined, asker, credentials })
    return { asked, prompts }
  }

  test('an answer is right when ssh goes on: the next host is not asked again', async () => {
    const { asked, prompts } = answering('right')
    const first = prompts()
    expect(await first.answer(PASSWORD)).toBe('right')
    first.accepted()
    expect(await prompts().answer(PASSWORD)).toBe('right')
    expect(asked).toEqual([false])
  })

  test('the same question again means that it was wrong', async () => {
    const { asked, prompts } = answering('wrong', 'right')
    const ssh = prompts()
    expect(await ssh.answer(PASSWORD)).toBe('wrong')
    expect(await ssh.answer(PASSWORD)).toBe('right')
    ssh.accepted()
    expect([asked, ssh.wrong]).toEqual([[false, true], []])
  })

  test('a link that breaks leaves the answer untried: it is not asked for again', async () => {
    const { asked, prompts } = answering('never tried')
    const lost = prompts()
    expect(await lost.answer(PASSWORD)).toBe('never tried')
    lost.ended(false)
    expect(await prompts().answer(PASSWORD)).toBe('never tried')
    expect([asked, lost.wrong]).toEqual([[false], []])
  })

  test('denied: the last password was wrong; a passphrase only when ssh would have asked no more', async () => {
    const { prompts } = answering('no', 'open sesame')
    const ssh = prompts()
    await ssh.answer(PASSWORD)
    ssh.ended(true)
    expect(ssh.wrong).toEqual(['wrong password of me'])
    const other = prompts()
    await other.answer("Enter passphrase for key '/k': ")
    other.ended(true)
    expect(other.wrong).toEqual([])
  })

  test('nobody answers: said once, and ssh gets nothing however often it asks', async () => {
    const ssh = answering().prompts()
    expect([await ssh.answer(PASSWORD), await ssh.answer(PASSWORD)]).toEqual([undefined, undefined])
    expect(ssh.unanswered).toEqual(['nobody gave the password of me'])
  })
})
