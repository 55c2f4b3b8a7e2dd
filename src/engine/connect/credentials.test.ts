import { describe, expect, test } from 'vitest'
import { Secret } from '../secret.js'
import type { Question } from './ask.js'
import { Credentials } from './credentials.js'

type Asked = Extract<Question, { kind: 'secret' }>

function answering(...answers: (string | undefined)[]) {
  const asked: Asked[] = []
  const credentials = new Credentials({
    secret: async question => {
      asked.push(question)
      const answer = answers.shift()
      return answer === undefined ? undefined : new Secret(answer)
    },
    hostKey: async () => undefined,
  })
  return { asked, credentials }
}

const HOSTS = Array.from({ length: 100 }, (_, n) => `web-${n}`)
const request = (host: string, given?: string) => ({
  key: 'sudo:deploy',
  prompt: 'sudo password of deploy',
  host,
  ...(given === undefined ? {} : { given: new Secret(given) }),
})

/** Counts how often each password was sent to a server that takes `right`. */
function server(right: string) {
  const sent: string[] = []
  const attempt = async (candidate: Secret) => {
    sent.push(candidate.reveal())
    await new Promise(resolve => setTimeout(resolve, 1))
    return candidate.reveal() === right
  }
  return { sent, attempt }
}

describe('Credentials', () => {
  test('a hundred hosts are one question, which names them', async () => {
    const { asked, credentials } = answering('right')
    const { sent, attempt } = server('right')
    const proofs = await Promise.all(HOSTS.map(host => credentials.prove(request(host), attempt)))
    expect(new Set(proofs)).toEqual(new Set(['accepted']))
    expect(asked).toEqual([
      { kind: 'secret', key: 'sudo:deploy', prompt: 'sudo password of deploy', hosts: HOSTS, retry: false },
    ])
    expect(sent).toHaveLength(100)
  })

  test('a wrong answer is sent to one host, and asked for again', async () => {
    const { asked, credentials } = answering('wrong', 'right')
    const { sent, attempt } = server('right')
    await Promise.all(HOSTS.map(host => credentials.prove(request(host), attempt)))
    expect(asked.map(({ retry }) => retry)).toEqual([false, true])
    expect(sent.filter(password => password === 'wrong')).toHaveLength(1)
  })

  test('three wrong answers are the end for all that wait, and a later command may ask anew', async () => {
    const { asked, credentials } = answering('a', 'b', 'c', 'right')
    const { sent, attempt } = server('right')
    const proofs = await Promise.all(HOSTS.map(host => credentials.prove(request(host), attempt)))
    expect(new Set(proofs)).toEqual(new Set(['refused']))
    expect([asked.length, sent]).toEqual([3, ['a', 'b', 'c']])
    expect(await credentials.prove(request('web-1'), attempt)).toBe('accepted')
  })

  test('no answer is no answer for all', async () => {
    const { asked, credentials } = answering()
    const { sent, attempt } = server('right')
    const proofs = await Promise.all(HOSTS.map(host => credentials.prove(request(host), attempt)))
    expect([new Set(proofs), asked.length, sent.length]).toEqual([new Set(['unanswered']), 1, 0])
  })

  test('a password of the inventory is not asked for, and when wrong is tried on one host only', async () => {
    const { asked, credentials } = answering()
    const good = server('given')
    await Promise.all(HOSTS.map(host => credentials.prove(request(host, 'given'), good.attempt)))
    expect([asked.length, good.sent.length]).toEqual([0, 100])

    const bad = server('right')
    const proofs = await Promise.all(HOSTS.map(host => answeringNobody.prove(request(host, 'given'), bad.attempt)))
    expect([new Set(proofs), bad.sent]).toEqual([new Set(['refused']), ['given']])
  })
  const answeringNobody = answering().credentials

  test('a host with a password of its own is asked about by itself', async () => {
    const { asked, credentials } = answering('common', 'own')
    expect(await credentials.prove(request('web-1'), server('common').attempt)).toBe('accepted')
    expect(await credentials.prove(request('odd'), server('own').attempt)).toBe('accepted')
    expect(asked.at(-1)).toMatchObject({ hosts: ['odd'], retry: true })
    expect(await credentials.prove(request('web-2'), server('common').attempt)).toBe('accepted')
    expect(asked).toHaveLength(2)
  })

  test('a host lost while proving leaves the answer to the next one', async () => {
    const { asked, credentials } = answering('right')
    const lost = credentials.prove(request('web-1'), async () => {
      throw new Error('lost')
    })
    const next = credentials.prove(request('web-2'), server('right').attempt)
    await expect(lost).rejects.toThrow('lost')
    expect(await next).toBe('accepted')
    expect(asked).toHaveLength(1)
  })

  test('a function in the inventory is called once, and again only when it failed', async () => {
    const { credentials } = answering()
    let calls = 0
    const source = async () => {
      calls += 1
      if (calls === 1) throw new Error('declined')
      return new Secret('x')
    }
    await expect(credentials.answerOf(source)).rejects.toThrow('declined')
    const [one, other] = await Promise.all([credentials.answerOf(source), credentials.answerOf(source)])
    expect([calls, one === other]).toEqual([2, true])
  })
})
