import { readFile } from 'node:fs/promises'
import { type Cards, cardsOf } from './addresses.js'
import { base } from './base.js'
import { deployPassword } from './base-debian.js'
import { hostCgroup, removeCgroup } from './cgroup.js'
import { type ClientFiles, clientFiles, makeClientKey, writeClientFiles } from './client.js'
import { run } from './command.js'
import { fillDisk, freeDisk, makeDisk, newDisk } from './disk.js'
import { killServer, killSession, setFrozen, startServer } from './faults.js'
import { execInside } from './inside.js'
import { type FullKind, type HostKind, kindsOf } from './kinds.js'
import {
  addressesTaken,
  forgetNeighbours,
  newCards,
  plugCable,
  plugHost,
  plugMachine,
  pullCable,
  rememberNeighbours,
} from './network.js'
import { powerOff, powerOn, reboot } from './power.js'
import { claim, type LabHost, type LabRecord, thisProcess, update } from './record.js'
import { removeAbandonedLabs, removeLab, removeWithOwner } from './removal.js'
import { labUnavailable } from './requirements.js'
import { type Impairment, layWire, removeWire } from './wire.js'

export interface LabOptions {
  /** How many plain hosts, called h1, h2 …, or all hosts by name; default 3. A jump host comes before those behind it. */
  readonly hosts?: number | Readonly<Record<string, HostKind>>
  /** How many of a number of plain hosts, the first ones, run systemd. Default 1. */
  readonly systemd?: number
}

/**
 * A running fleet of real SSH hosts, each with a file system, processes and a network card of its own. What is done to a
 * host can be done twice, and undone when it was not done, without an error.
 */
export interface Lab extends ClientFiles {
  readonly id: number
  readonly hosts: readonly LabHost[]
  /** What sudo asks `deploy` for. */
  readonly deployPassword: string
  /** One of the hosts. @throws {Error} when there is none of that name. */
  host(name: string): LabHost
  /**
   * Runs a command as root inside a host without ssh, even while the host cannot be reached.
   *
   * @returns its stdout.
   * @throws {CommandFailed} when it exits with anything but 0.
   */
  exec(host: string, command: string): Promise<string>
  /** Cuts a host's power: open connections just fall silent. */
  kill(host: string): Promise<void>
  /** Switches a host on again, with the disk as it was, and waits until it can be logged into. */
  start(host: string): Promise<void>
  /** Cuts the power of hosts and switches them on with new disks: as they were when the lab began, under the same host keys. */
  renew(...hosts: readonly string[]): Promise<void>
  /**
   * Reboots a host in the orderly way, so that connections are closed, and waits until it can be logged into again; its
   * boot id is another then. It also comes back when a command on it reboots it.
   *
   * @param options.off for how long it is off, in seconds; default 0.5.
   */
  reboot(host: string, options?: { readonly off?: number }): Promise<void>
  /** Drops every frame between a host and all others, in both directions, without a word. */
  partition(host: string): Promise<void>
  /** Makes a host's cable slow or lossy; ends a partition. */
  impair(host: string, impairment: Impairment): Promise<void>
  /** Gives a host its good cable back: ends {@link partition} and {@link impair}. */
  heal(host: string): Promise<void>
  /** Stops all processes of a host. Its kernel goes on taking connections and bytes, which nobody answers. */
  freeze(host: string): Promise<void>
  /** Ends {@link freeze}: what was sent in the meantime is answered. */
  thaw(host: string): Promise<void>
  /** Kills the server that listens: no new connections, while sessions go on. systemd starts it again at once. */
  killServer(host: string): Promise<void>
  /** Starts the server again after {@link killServer}. */
  startServer(host: string): Promise<void>
  /** Kills the server's processes of the session that began last. @throws {Error} when there is none. */
  killSession(host: string): Promise<void>
  /** Leaves no room on a host's disk; /tmp and /run are disks of their own. */
  fillDisk(host: string): Promise<void>
  /** Ends {@link fillDisk}. */
  freeDisk(host: string): Promise<void>
  /** Removes the lab and every trace of it. */
  stop(): Promise<void>
}

/**
 * Starts a lab: about 2 seconds, and a minute more the first time that a base file system is asked for. Labs that crashed
 * runs left are removed first. Any number of labs can run at once. The lab belongs to this process, and is removed when
 * the process ends in any way; {@link handOver} changes that.
 *
 * @throws {Error} where a lab cannot run; {@link labUnavailable} tells beforehand.
 * @example
 * const lab = await startLab({ hosts: 3, systemd: 1 })
 * await lab.exec('h1', 'systemctl is-system-running') // 'running\n'
 * await lab.stop()
 * @example
 * await startLab({ hosts: { old: { base: 'bullseye' }, tiny: { base: 'busybox', server: 'dropbear' }, ...twoHops } })
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const { hosts = 3, systemd = 1 } = options
  const kinds = kindsOf(hosts, systemd)
  const reason = labUnavailable([...kinds.values()].map(kind => kind.base))
  if (reason !== undefined) throw new Error(reason)
  await checkInotify([...kinds.values()].filter(kind => kind.systemd).length)
  await removeAbandonedLabs()
  await Promise.all([...kinds.values()].map(kind => base(kind.base)))
  const empty = await claimId({ owner: await thisProcess(), hosts: [] })
  try {
    removeWithOwner(empty)
    const cards = cardsOf(empty.id, kinds)
    await plugMachine(
      empty.id,
      [...cards.values()].flatMap(({ innerCard }) => innerCard?.segment ?? []),
    )
    await makeClientKey(empty.id)
    const made = [...cards].map(([name, each]) => makeHost(empty.id, name, kinds.get(name), each))
    const record = { ...empty, hosts: await Promise.all(made) }
    await update(record)
    await writeClientFiles(record)
    await Promise.all(record.hosts.map(host => powerOn(record.id, host)))
    return openLab(record)
  } catch (error) {
    await removeLab(empty.id)
    throw error
  }
}

/** A lab that is already running, from its record. */
export function openLab({ id, hosts }: LabRecord): Lab {
  const host = (name: string): LabHost => {
    const found = hosts.find(candidate => candidate.name === name)
    if (found === undefined) throw new Error(`the lab has no host ${name}: it has ${hosts.map(h => h.name).join(' ')}`)
    return found
  }
  const jumpOf = ({ behind }: LabHost): LabHost | undefined => (behind === undefined ? undefined : host(behind))
  return {
    ...clientFiles(id),
    id,
    hosts,
    deployPassword,
    host,
    exec: async (name, command) => execInside(id, host(name), command),
    kill: async name => powerOff(id, host(name)),
    start: async name => powerOn(id, host(name)),
    renew: async (...names) => {
      const chosen = names.map(host)
      await Promise.all(chosen.map(({ name }) => removeCgroup(hostCgroup(id, name))))
      await run('sh', '-ec', chosen.flatMap(each => [newDisk(id, each.name), newCards(id, each)]).join('\n'))
      await Promise.all(chosen.map(each => powerOn(id, each)))
    },
    reboot: async (name, { off } = {}) => reboot(id, host(name), off),
    partition: async name => {
      await rememberNeighbours(id, host(name), jumpOf(host(name)))
      await pullCable(id, host(name).card.cable)
    },
    impair: async (name, impairment) => {
      // Whoever asks for a hardware address on a slow wire gives up before the answer is there.
      await rememberNeighbours(id, host(name), jumpOf(host(name)))
      await layWire(id, host(name), impairment)
    },
    heal: async name => {
      await removeWire(id, host(name))
      await plugCable(id, host(name).card.cable, host(name).card.segment)
      await forgetNeighbours(id, host(name), jumpOf(host(name)))
    },
    freeze: async name => setFrozen(id, host(name), true),
    thaw: async name => setFrozen(id, host(name), false),
    killServer: async name => killServer(id, host(name)),
    startServer: async name => startServer(id, host(name)),
    killSession: async name => killSession(id, host(name)),
    fillDisk: async name => fillDisk(id, host(name).name),
    freeDisk: async name => freeDisk(id, host(name).name),
    stop: () => removeLab(id),
  }
}

async function makeHost(id: number, name: string, kind: FullKind | undefined, cards: Cards): Promise<LabHost> {
  if (kind === undefined) throw new Error(`no kind of ${name}`)
  const { base: baseName, server, systemd, behind } = kind
  const { address } = cards.card
  const host: LabHost = {
    name,
    address,
    port: 22,
    user: 'root',
    base: baseName,
    baseFolder: await base(baseName),
    server,
    systemd,
    hostKey: await makeDisk(id, name, address, kind),
    ...cards,
    ...(behind === undefined ? {} : { behind }),
  }
  await plugHost(id, host)
  return host
}

/** Takes the first free id, looking from a random one so that labs started together seldom meet. */
async function claimId(lab: Omit<LabRecord, 'id'>): Promise<LabRecord> {
  const [lowest, count] = [64, 160]
  const first = Math.floor(Math.random() * count)
  for (let step = 0; step < count; step++) {
    const record = { id: lowest + ((first + step) % count), ...lab }
    if (!(await addressesTaken(record.id)) && (await claim(record))) return record
  }
  throw new Error('no free 10.64.0.0/16 to 10.223.0.0/16 for another lab: `npm run fleet -- list` shows those that run')
}

/** Each systemd and the first login on it take about ten inotify instances, and all hosts share root's allowance. */
async function checkInotify(systemdHosts: number): Promise<void> {
  const limit = Number(await readFile('/proc/sys/fs/inotify/max_user_instances', 'utf8'))
  if (systemdHosts * 10 > limit) {
    throw new Error(
      `${systemdHosts} systemd hosts need ${systemdHosts * 10} inotify instances, this machine allows ${limit}:` +
        ' raise fs.inotify.max_user_instances',
    )
  }
}
