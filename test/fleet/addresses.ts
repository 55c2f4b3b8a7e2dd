import type { FullKind } from './kinds.js'
import type { Card } from './record.js'

/** The bridge that this machine is plugged into. */
export const switchBridge = 'switch'

/** This machine's card in a lab: 10.ID.0.1, in one network with all hosts that stand behind no other. */
export const machineCard = (id: number): Card => ({
  address: `10.${id}.0.1`,
  prefix: 16,
  mac: mac(id, 0, 0),
  cable: 'uplink',
  segment: switchBridge,
})

/** The cards of one host. */
export interface Cards {
  readonly card: Card
  readonly innerCard?: Card
}

/**
 * Gives every host its card, and those with hosts behind them a second one. Host number n of the lab has 10.ID.1.n (on to
 * 10.ID.2.1 after 250); the private segment behind it is 10.ID.(200 + m).0/24, where it has .1 itself.
 *
 * @throws {Error} when there are more than 50 jump hosts, or more hosts than addresses.
 */
export function cardsOf(id: number, kinds: ReadonlyMap<string, FullKind>): ReadonlyMap<string, Cards> {
  const jumps = [...new Set([...kinds.values()].flatMap(({ behind }) => behind ?? []))]
  const reached = new Map<string, number>()
  if (jumps.length > 50 || kinds.size > 198 * 250) throw new Error('a lab has at most 50 jump hosts and 49500 hosts')
  return new Map(
    [...kinds].map(([name, { behind }], index) => {
      const number = index + 1
      const inner = jumps.indexOf(name)
      const segment = behind === undefined ? -1 : jumps.indexOf(behind)
      const within = (reached.get(behind ?? '') ?? 0) + 1
      reached.set(behind ?? '', within)
      if (segment >= 0 && within > 253) throw new Error(`there are more than 253 hosts behind ${behind}`)
      const card: Card = {
        ...(segment < 0
          ? {
              address: `10.${id}.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`,
              prefix: 16,
              segment: switchBridge,
            }
          : { address: `10.${id}.${200 + segment}.${1 + within}`, prefix: 24, segment: `private${segment}` }),
        mac: mac(id, 1, number),
        cable: `cable${number}`,
      }
      if (inner < 0) return [name, { card }]
      const innerCard: Card = {
        address: `10.${id}.${200 + inner}.1`,
        prefix: 24,
        segment: `private${inner}`,
        mac: mac(id, 2, number),
        cable: `inner${number}`,
      }
      return [name, { card, innerCard }]
    }),
  )
}

/** A hardware address of the locally administered kind. */
function mac(id: number, kind: number, number: number): string {
  return [0x02, 0x6d, id, kind, number >> 8, number & 255].map(byte => byte.toString(16).padStart(2, '0')).join(':')
}
