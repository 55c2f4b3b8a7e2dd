import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { makeCgroup, removeCgroup, wireCgroup } from './cgroup.js'
import { run } from './command.js'
import { ip, plugCable, switchNamespace } from './network.js'
import { checkout } from './places.js'
import type { LabHost } from './record.js'

/** How bad a cable is. */
export interface Impairment {
  /** Milliseconds that a frame takes in each direction: a round trip takes twice as long. Default 0. */
  readonly latency?: number
  /**
   * Of how many frames in a hundred, in each direction, nothing arrives. Default 0. TCP sends them again, so a program sees
   * no gap but pauses: of 200 ms and more when the last frame of an answer was lost, of seconds when a connection begins.
   */
  readonly loss?: number
}

const program = fileURLToPath(new URL('wire-process.ts', import.meta.url))

/**
 * The parts of a host's wire: a VXLAN device (ip-link(8)) at either end, which hands frames as datagrams to a process, and
 * the cable to the network namespace that this process has for itself, since VXLAN hands nothing to its own namespace.
 */
const partsOf = (id: number, { name, card }: LabHost) => {
  const number = Number(card.cable.replace(/\D+/g, ''))
  const net = `169.254.${number >> 6}.${4 * (number & 63)}`
  return {
    number,
    bridge: `wired${number}`,
    atHost: { device: `wireA${number}`, port: 20_000 },
    atNet: { device: `wireB${number}`, port: 20_001 },
    cable: `wire${number}`,
    namespace: `muster-${id}-${name}.wire`,
    near: net.replace(/\d+$/, last => String(Number(last) + 1)),
    far: net.replace(/\d+$/, last => String(Number(last) + 2)),
  }
}

/**
 * Puts a slow or lossy wire between a host and the bridge it is plugged into. A process carries the frames, since many
 * kernels come without the queue that could (`sch_netem`).
 */
export async function layWire(id: number, host: LabHost, impairment: Impairment): Promise<void> {
  await removeWire(id, host)
  const lan = switchNamespace(id)
  const { number, bridge, atHost, atNet, cable, namespace, near, far } = partsOf(id, host)
  await ip('netns', 'add', namespace)
  await ip('-n', lan, 'link', 'add', cable, 'mtu', '2000', 'type', 'veth', 'peer', 'name', cable, 'netns', namespace)
  await ip('-n', namespace, 'link', 'set', cable, 'mtu', '2000', 'up')
  await ip('-n', namespace, 'addr', 'add', `${far}/30`, 'dev', cable)
  await ip('-n', lan, 'addr', 'add', `${near}/30`, 'dev', cable)
  await ip('-n', lan, 'link', 'set', cable, 'up')
  await ip('-n', lan, 'link', 'add', bridge, 'type', 'bridge')
  await ip('-n', lan, 'link', 'set', bridge, 'up')
  await startProcess(id, host, impairment)
  const tunnel = ['id', String(number), 'remote', far]
  await addEnd(lan, atHost, tunnel, bridge)
  await addEnd(lan, atNet, tunnel, host.card.segment)
  await plugCable(id, host.card.cable, bridge)
}

/** Takes the wire away, if there is one. The host is then without a cable until {@link plugCable}. */
export async function removeWire(id: number, host: LabHost): Promise<void> {
  await removeCgroup(wireCgroup(id, host.name))
  const { bridge, atHost, atNet, cable, namespace } = partsOf(id, host)
  const lan = switchNamespace(id)
  const links = await ip('-n', lan, '-brief', 'link')
  for (const device of [atHost.device, atNet.device, bridge, cable]) {
    if (new RegExp(`^${device}\\b`, 'm').test(links)) await ip('-n', lan, 'link', 'del', device)
  }
  if ((await readdir('/run/netns')).includes(namespace)) await ip('netns', 'del', namespace)
}

async function addEnd(
  lan: string,
  { device, port }: { readonly device: string; readonly port: number },
  tunnel: readonly string[],
  bridge: string,
): Promise<void> {
  const vxlan = ['type', 'vxlan', ...tunnel, 'dstport', String(port), 'nolearning', 'udpcsum']
  await ip('-n', lan, 'link', 'add', device, 'mtu', '1500', ...vxlan)
  // Frames leave whole and summed, as on a cable: nothing that comes later does for them what a network card would.
  await run('nsenter', `--net=/run/netns/${lan}`, 'ethtool', '-K', device, 'tx', 'off', 'gso', 'off')
  await ip('-n', lan, 'link', 'set', device, 'master', bridge, 'up')
}

/** Starts the process that carries the frames, in its namespace, and waits until it does. */
async function startProcess(id: number, host: LabHost, { latency = 0, loss = 0 }: Impairment): Promise<void> {
  const cgroup = wireCgroup(id, host.name)
  await makeCgroup(cgroup)
  const { namespace, near, atHost, atNet } = partsOf(id, host)
  const enter = 'echo $$ > "$1/cgroup.procs" && shift && exec "$@"'
  const command = ['nsenter', `--net=/run/netns/${namespace}`, process.execPath, '--import', 'tsx', program]
  const args = [near, atHost.port, atNet.port, latency, loss].map(String)
  const child = spawn('sh', ['-c', enter, 'wire', cgroup, ...command, ...args], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  if (child.exitCode !== null) throw new Error(`the wire of ${host.name} does not start`)
  child.unref()
  child.stdout.destroy()
}
