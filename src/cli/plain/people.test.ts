import { describe, expect, test } from 'vitest'
import { hostKeyQuestion } from '../../../test/unit/tui/simulated-session.js'
import { lineAsker } from './people.js'

/** Somebody at a terminal who types one line. */
function typing(line: string | undefined, terminal = true) {
  const prompts: string[] = []
  const next = async (prompt: string) => {
    prompts.push(prompt)
    return line
  }
  return { prompts, asker: lineAsker({ terminal, next, secret: next }) }
}

const question = hostKeyQuestion({
  hosts: ['web-1', 'web-2'],
  address: '10.0.0.7:22\u001b[2J',
  otherNames: ['old-name\u001b[2J'],
})

describe('a host key at the plain prompt', () => {
  test.each([
    ['yes', true],
    [' YES ', true],
    ['SHA256:abc', true],
    ['SHA256:ABC', false],
    ['y', false],
    ['', false],
    [undefined, false],
  ])('%j is %s', async (line, expected) => {
    expect(await typing(line).asker.hostKey(question)).toBe(expected)
  })

  test('the question names hosts, fingerprint and other names, with nothing that acts on the terminal', async () => {
    const { prompts, asker } = typing('no')
    await asker.hostKey(question)
    expect(prompts).toEqual([
      'web-[1-2] (2) (10.0.0.7:22) has the unknown ssh-ed25519 key SHA256:abc, also known as old-name. Trust it? yes/no/[fingerprint]: ',
    ])
  })

  test('nobody is there', async () => {
    expect(await typing('yes', false).asker.hostKey(question)).toBeUndefined()
  })
})
