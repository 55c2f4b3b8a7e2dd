import { readFile } from 'node:fs/promises'
import { base, deployPassword } from './base.js'
import { type ClientFiles, clientFiles, makeClientKey, writeClientFiles } from './client.js'
import { execInside, makeDisk, powerOff, powerOn } from './host.js'
import { addressesTaken, plugHost, plugMachine } from './network.js'
import { claim, type LabHost, type LabRecord, thisProcess, update } from './record.js'
import { removeAbandonedLabs, removeLab } from './removal.js'
import { labUnavailable } from './requirements.js'

export interface LabOptions {
  /** How many hosts; they are called h1, h2 … Default 3. */
  readonly hosts?: number
  /** How many of them, the first ones, run systemd. Default 1. */
  readonly systemd?: number
}

/** A running fleet of real OpenSSH hosts, each with a file system, processes and a network card of its own. */
export interface Lab extends ClientFiles {
  readonly id: number
  readonly hosts: readonly LabHost[]
  /** What sudo asks `deploy` for. */
  readonly deployPassword: string
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
  /** Removes the lab and every trace of it. */
  stop(): Promise<void>
}

/**
 * Starts a lab: about 2 seconds, and a minute more the first time, for the base file system. Labs that crashed runs left
 * are removed first. Any number of labs can run at once. The lab belongs to this process; {@link handOver} changes that.
 *
 * @throws {Error} where a lab cannot run; {@link labUnavailable} tells beforehand.
 * @example
 * const lab = await startLab({ hosts: 3, systemd: 1 })
 * await lab.exec('h1', 'systemctl is-system-running') // 'running\n'
 * await lab.stop()
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const reason = labUnavailable()
  if (reason !== undefined) throw new Error(reason)
  const { hosts = 3, systemd = Math.min(1, hosts) } = options
  await checkInotify(systemd)
  await removeAbandonedLabs()
  const empty = await claimId({ base: await base(), owner: await thisProcess(), hosts: [] })
  try {
    await plugMachine(empty.id)
    await makeClientKey(empty.id)
    const record = { ...empty, hosts: await Promise.all(numbers(hosts).map(n => makeHost(empty.id, n, n <= systemd))) }
    await update(record)
    await writeClientFiles(record)
    await Promise.all(record.hosts.map(host => powerOn(record, host)))
    return openLab(record)
  } catch (error) {
    await removeLab(empty.id)
    throw error
  }
}

/** A lab that is already running, from its record. */
export function openLab(record: LabRecord): Lab {
  const host = (name: string): LabHost => {
    const found = record.hosts.find(candidate => candidate.name === name)
    if (found === undefined)
      throw new Error(`the lab has no host ${name}: it has ${record.hosts.map(h => h.name).join(' ')}`)
    return found
  }
  return {
    ...clientFiles(record.id),
    id: record.id,
    hosts: record.hosts,
    deployPassword,
    exec: async (name, command) => execInside(record, host(name), command),
    kill: async name => powerOff(record, host(name)),
    start: async name => powerOn(record, host(name)),
    stop: () => removeLab(record.id),
  }
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)

async function makeHost(id: number, number: number, systemd: boolean): Promise<LabHost> {
  const name = `h${number}`
  const address = `10.${id}.${1 + Math.floor((number - 1) / 250)}.${1 + ((number - 1) % 250)}`
  const hostKey = await makeDisk(id, name, address)
  const host: LabHost = { name, address, port: 22, user: 'root', systemd, hostKey, cable: `cable${number}` }
  await plugHost(id, host)
  return host
}

/** Takes the first free id, looking from a random one so that labs started together seldom meet. */
async function claimId(lab: Omit<LabRecord, 'id'>): Promise<LabRecord> {
  const [lowest, count] = [64, 160]
  const first = Math.floor(Math.random() * count)
  for (const step of numbers(count)) {
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
