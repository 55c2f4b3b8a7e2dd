import { describe, expect, test } from 'vitest'
import type { Question } from '../ask.js'
import { NewHostKeys } from './new-host-keys.js'

type Asked = Extract<Question, { kind: 'hostkey' }>

const question = (host: string, fingerprint: string): Asked => ({
  kind: 'hostkey',
  key: `hostkey:${host}:${fingerprint}`,
  host,
  hosts: [host],
  address: `${host}:22`,
  keyType: 'ssh-ed25519',
  fingerprint,
  otherNames: [],
})

function asker(answer: boolean | undefined) {
  const asked: Asked[] = []
  const secret = async () => undefined
  const hostKey = async (each: Asked) => {
    asked.push(each)
    return answer
  }
  return { asked, secret, hostKey }
}

describe('asking about new host keys', () => {
  test.each([true, false, undefined])('one key of several hosts is one question that names them: %s', async answer => {
    const keys = new NewHostKeys()
    const one = asker(answer)
    const answers = ['web', 'db'].map(host => keys.ask(one, question(host, 'SHA256:a')))
    expect(await Promise.all(answers)).toEqual([answer, answer])
    expect(one.asked).toMatchObject([{ host: 'web', hosts: ['web', 'db'] }])
  })

  test('who comes once it has been put asks for itself: an answer is for the hosts that were named', async () => {
    const keys = new NewHostKeys()
    const one = asker(true)
    await keys.ask(one, question('web', 'SHA256:a'))
    await keys.ask(one, question('db', 'SHA256:a'))
    expect(one.asked.map(({ hosts }) => hosts)).toEqual([['web'], ['db']])
  })

  test('other keys are other questions', async () => {
    const keys = new NewHostKeys()
    const one = asker(true)
    await Promise.all([keys.ask(one, question('web', 'SHA256:a')), keys.ask(one, question('web', 'SHA256:b'))])
    expect(one.asked).toHaveLength(2)
  })
})

test('under one name things are done one after the other, also after one that failed', async () => {
  const keys = new NewHostKeys()
  const order: string[] = []
  const work = (what: string, fails: boolean) => async () => {
    order.push(`${what} begins`)
    await new Promise(resolve => setTimeout(resolve, 5))
    order.push(`${what} ends`)
    if (fails) throw new Error(what)
    return what
  }
  const done = await Promise.allSettled([
    keys.inTurn('web', work('first', true)),
    keys.inTurn('web', work('second', false)),
    keys.inTurn('web', work('third', false)),
  ])
  expect(done.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  expect(order).toEqual(['first', 'second', 'third'].flatMap(what => [`${what} begins`, `${what} ends`]))
})
