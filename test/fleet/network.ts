import { readdir, writeFile } from 'node:fs/promises'
import { quote } from '../../src/engine/shell/quote.js'
import { machineCard, switchBridge } from './addresses.js'
import { run } from './command.js'
import type { Card, LabHost } from './record.js'

/** The network namespace that holds the lab's switch, and those of private segments: bridges, and the cables into them. */
export const switchNamespace = (id: number): string => `muster-${id}-switch`

/** The network namespace of one host. It stays while the host is off, as a network card does. */
export const hostNamespace = (id: number, host: string): string => `muster-${id}-${host}`

/** This machine's end of the cable into the switch. */
const uplink = (id: number): string => `muster${id}`

export const ip = (...args: readonly string[]): Promise<string> => run('ip', ...args)

/** Whether this machine already uses addresses of 10.ID.0.0/16. */
export async function addressesTaken(id: number): Promise<boolean> {
  return `${await ip('-4', 'addr')}${await ip('-4', 'route')}`.includes(` 10.${id}.`)
}

/**
 * Puts up the switch, and the bridges of private segments, and plugs this machine into the switch. No route leads out,
 * nothing is forwarded, translated or filtered.
 */
export async function plugMachine(id: number, privateSegments: readonly string[]): Promise<void> {
  const lan = switchNamespace(id)
  const { address, prefix, mac, cable, segment } = machineCard(id)
  await ip('netns', 'add', lan)
  await ip('-n', lan, 'link', 'set', 'lo', 'up')
  for (const bridge of [switchBridge, ...privateSegments]) await addBridge(id, bridge)
  await ip('link', 'add', uplink(id), 'address', mac, 'type', 'veth', 'peer', 'name', cable, 'netns', lan)
  await ip('-n', lan, 'link', 'set', cable, 'master', segment, 'up')
  await ip('addr', 'add', `${address}/${prefix}`, 'dev', uplink(id))
  await ip('link', 'set', uplink(id), 'up')
  // Ask again for the hardware address of a host that was still booting after 50 ms, not after a second (arp(7)).
  await writeFile(`/proc/sys/net/ipv4/neigh/${uplink(id)}/retrans_time_ms`, '50')
}

export async function addBridge(id: number, name: string): Promise<void> {
  await ip('-n', switchNamespace(id), 'link', 'add', name, 'type', 'bridge')
  await ip('-n', switchNamespace(id), 'link', 'set', name, 'up')
}

/** Gives a host its network cards and lays their cables; the outer link comes up when the host is switched on. */
export async function plugHost(id: number, host: LabHost): Promise<void> {
  // by one shell, since to start a process is dear for one as big as a test's
  await run('sh', '-ec', ipCalls(cardsOf(id, host)))
}

/** `sh` text that gives a host new network cards of the same addresses: what its kernel was told of its network is forgotten. */
export function newCards(id: number, host: LabHost): string {
  // a namespace that is deleted takes its cables with it, and not at once
  const cables = [host.card, ...(host.innerCard ? [host.innerCard] : [])].map(({ cable }) => cable)
  return ipCalls([
    ...cables.map(cable => ['-n', switchNamespace(id), 'link', 'del', cable]),
    ['netns', 'del', hostNamespace(id, host.name)],
    ...cardsOf(id, host),
  ])
}

const ipCalls = (calls: readonly (readonly string[])[]): string =>
  calls.map(args => `ip ${args.map(quote).join(' ')}`).join('\n')

function cardsOf(id: number, { name, card, innerCard }: LabHost): (readonly string[])[] {
  const namespace = hostNamespace(id, name)
  return [
    ['netns', 'add', namespace],
    ['-n', namespace, 'link', 'set', 'lo', 'up'],
    ...(innerCard === undefined ? [] : cardCalls(id, namespace, 'eth1', innerCard)),
    ...(innerCard === undefined ? [] : [['-n', switchNamespace(id), 'link', 'set', innerCard.cable, 'up']]),
    ...cardCalls(id, namespace, 'eth0', card),
  ]
}

function cardCalls(id: number, namespace: string, name: string, card: Card): (readonly string[])[] {
  const far = ['link', 'add', card.cable, 'type', 'veth', 'peer', 'name', name, 'address', card.mac, 'netns', namespace]
  return [
    ['-n', switchNamespace(id), ...far],
    ['-n', namespace, 'addr', 'add', `${card.address}/${card.prefix}`, 'dev', name],
    ['-n', namespace, 'link', 'set', name, 'up'],
    ['-n', switchNamespace(id), 'link', 'set', card.cable, 'master', card.segment],
  ]
}

export const plugCable = (id: number, cable: string, bridge: string): Promise<string> =>
  ip('-n', switchNamespace(id), 'link', 'set', cable, 'master', bridge)

export const pullCable = (id: number, cable: string): Promise<string> =>
  ip('-n', switchNamespace(id), 'link', 'set', cable, 'nomaster')

export const cutCable = (id: number, cable: string): Promise<string> =>
  ip('-n', switchNamespace(id), 'link', 'set', cable, 'down')

/**
 * Keeps the two ends of a host's way to this machine, or to its jump host, from asking for each other's hardware address
 * (arp(7)): so they see nothing but silence while no frame passes, as behind a router, and not "no route to host".
 */
export async function rememberNeighbours(id: number, host: LabHost, jump: LabHost | undefined): Promise<void> {
  const near = nearEnd(id, jump)
  const far = { namespace: hostNamespace(id, host.name), device: 'eth0', card: host.card }
  await setNeighbour(near, far.card)
  await setNeighbour(far, near.card)
}

/** Ends what {@link rememberNeighbours} began. */
export async function forgetNeighbours(id: number, host: LabHost, jump: LabHost | undefined): Promise<void> {
  const near = nearEnd(id, jump)
  const far = { namespace: hostNamespace(id, host.name), device: 'eth0', card: host.card }
  await flushNeighbour(near, far.card)
  await flushNeighbour(far, near.card)
}

interface End {
  /** Undefined: that of this machine. */
  readonly namespace: string | undefined
  readonly device: string
  readonly card: Card
}

function nearEnd(id: number, jump: LabHost | undefined): End {
  if (jump?.innerCard === undefined) return { namespace: undefined, device: uplink(id), card: machineCard(id) }
  return { namespace: hostNamespace(id, jump.name), device: 'eth1', card: jump.innerCard }
}

const inNamespace = (namespace: string | undefined): readonly string[] =>
  namespace === undefined ? [] : ['-n', namespace]

const setNeighbour = ({ namespace, device }: End, { address, mac }: Card): Promise<string> =>
  ip(...inNamespace(namespace), 'neigh', 'replace', address, 'lladdr', mac, 'nud', 'permanent', 'dev', device)

const flushNeighbour = ({ namespace, device }: End, { address }: Card): Promise<string> =>
  ip(...inNamespace(namespace), 'neigh', 'flush', 'to', address, 'dev', device, 'nud', 'permanent')

/** Removes the network of a lab, as much of it as there is. The cables go with the namespaces they end in. */
export async function removeNetwork(id: number): Promise<void> {
  if ((await readdir('/sys/class/net')).includes(uplink(id))) await ip('link', 'del', uplink(id))
  for (const name of await readdir('/run/netns').catch(() => [])) {
    if (name.startsWith(`muster-${id}-`)) await ip('netns', 'del', name)
  }
}
