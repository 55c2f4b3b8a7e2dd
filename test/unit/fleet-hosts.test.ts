import { describe, expect, test } from 'vitest'
import { cardsOf } from '../fleet/addresses.js'
import { hostsOf } from '../fleet/cli-hosts.js'
import { type HostKind, kindsOf, twoHops } from '../fleet/kinds.js'

describe('the hosts of a lab', () => {
  test('a number of them are plain, the first with systemd', () => {
    expect([...kindsOf(2, 1)]).toEqual([
      ['h1', { base: 'bookworm', server: 'openssh', systemd: true, behind: undefined }],
      ['h2', { base: 'bookworm', server: 'openssh', systemd: false, behind: undefined }],
    ])
  })

  test.each<[string, Record<string, HostKind>, string]>([
    ['a name that is none', { 'a b': {} }, '"a b" is no name for a host'],
    ['dropbear on trixie', { a: { base: 'trixie', server: 'dropbear' } }, 'a: there is no dropbear on trixie'],
    ['systemd on busybox', { a: { base: 'busybox', systemd: true } }, 'a: there is no systemd on busybox'],
    ['systemd with tinysshd', { a: { server: 'tinysshd', systemd: true } }, 'a: systemd starts OpenSSH, not tinysshd'],
    ['a missing jump host', { a: { behind: 'b' } }, 'a stands behind b, which is not among the hosts before it'],
    ['a circle', { a: { behind: 'a' } }, 'a stands behind a, which is not among the hosts before it'],
  ])('%s is refused in one sentence', (_what, hosts, sentence) => {
    expect(() => kindsOf(hosts, 0)).toThrow(new Error(sentence))
  })
})

describe('their addresses', () => {
  test('hosts behind a jump host are in a segment that it alone is in too', () => {
    const cards = [...cardsOf(70, kindsOf({ h1: {}, ...twoHops }, 0))].map(([name, { card, innerCard }]) => [
      name,
      `${card.address}/${card.prefix} ${card.segment}`,
      innerCard && `${innerCard.address}/${innerCard.prefix} ${innerCard.segment}`,
    ])
    expect(cards).toEqual([
      ['h1', '10.70.1.1/16 switch', undefined],
      ['j1', '10.70.1.2/16 switch', '10.70.200.1/24 private0'],
      ['j2', '10.70.200.2/24 private0', '10.70.201.1/24 private1'],
      ['p1', '10.70.200.3/24 private0', undefined],
      ['p2', '10.70.201.2/24 private1', undefined],
    ])
  })

  test('no two of a thousand hosts share an address, a card or a cable', () => {
    const cards = [...cardsOf(70, kindsOf(1000, 0)).values()].map(({ card }) => card)
    for (const key of ['address', 'mac', 'cable'] as const)
      expect(new Set(cards.map(card => card[key])).size).toBe(1000)
    expect(cards.at(-1)?.address).toBe('10.70.4.250')
  })
})

test('`up` spreads hosts over the releases and adds the special ones', () => {
  const shape = { systemd: 1, release: ['bullseye', 'trixie'], busybox: true, jump: true } as const
  expect(hostsOf(3, shape)).toEqual({
    h1: { base: 'bullseye', systemd: true },
    h2: { base: 'trixie', systemd: false },
    h3: { base: 'bullseye', systemd: false },
    busybox: { base: 'busybox' },
    ...twoHops,
  })
})
