import { readdir, writeFile } from 'node:fs/promises'
import { run } from './command.js'
import type { LabHost } from './record.js'

/** The network namespace that holds the lab's switch, a bridge. */
const switchNamespace = (id: number): string => `muster-${id}-switch`

/** The network namespace of one host. It stays while the host is off, as a network card does. */
export const hostNamespace = (id: number, host: string): string => `muster-${id}-${host}`

/** This machine's end of the cable into the switch. */
const uplink = (id: number): string => `muster${id}`

const ip = (...args: readonly string[]): Promise<string> => run('ip', ...args)

/** Whether this machine already uses addresses of 10.ID.0.0/16. */
export async function addressesTaken(id: number): Promise<boolean> {
  return `${await ip('-4', 'addr')}${await ip('-4', 'route')}`.includes(` 10.${id}.`)
}

/** Puts up the switch and plugs this machine into it. No route leads out, nothing is translated or filtered. */
export async function plugMachine(id: number): Promise<void> {
  const lan = switchNamespace(id)
  await ip('netns', 'add', lan)
  await ip('-n', lan, 'link', 'add', 'switch', 'type', 'bridge')
  await ip('-n', lan, 'link', 'set', 'switch', 'up')
  await ip('link', 'add', uplink(id), 'type', 'veth', 'peer', 'name', 'uplink', 'netns', lan)
  await ip('-n', lan, 'link', 'set', 'uplink', 'master', 'switch', 'up')
  await ip('addr', 'add', `10.${id}.0.1/16`, 'dev', uplink(id))
  await ip('link', 'set', uplink(id), 'up')
  // Ask again for the hardware address of a host that was still booting after 50 ms, not after a second (arp(7)).
  await writeFile(`/proc/sys/net/ipv4/neigh/${uplink(id)}/retrans_time_ms`, '50')
}

/** Gives a host its network card and lays its cable to the switch; the link comes up with {@link connectCable}. */
export async function plugHost(id: number, host: LabHost): Promise<void> {
  const [lan, card] = [switchNamespace(id), hostNamespace(id, host.name)]
  await ip('netns', 'add', card)
  await ip('-n', lan, 'link', 'add', host.cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', card)
  await ip('-n', card, 'addr', 'add', `${host.address}/16`, 'dev', 'eth0')
  await ip('-n', card, 'link', 'set', 'lo', 'up')
  await ip('-n', card, 'link', 'set', 'eth0', 'up')
  await ip('-n', lan, 'link', 'set', host.cable, 'master', 'switch')
}

export async function connectCable(id: number, host: LabHost): Promise<void> {
  await ip('-n', switchNamespace(id), 'link', 'set', host.cable, 'up')
}

export async function cutCable(id: number, host: LabHost): Promise<void> {
  await ip('-n', switchNamespace(id), 'link', 'set', host.cable, 'down')
}

/** Removes the network of a lab, as much of it as there is. The cables go with the namespaces they end in. */
export async function removeNetwork(id: number): Promise<void> {
  if ((await readdir('/sys/class/net')).includes(uplink(id))) await ip('link', 'del', uplink(id))
  for (const name of await readdir('/run/netns').catch(() => [])) {
    if (name.startsWith(`muster-${id}-`)) await ip('netns', 'del', name)
  }
}
