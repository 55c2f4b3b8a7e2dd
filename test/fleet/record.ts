import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BaseName } from './base.js'
import { labsFolder } from './places.js'
import type { ServerName } from './ssh-servers.js'

/** One host of a lab. All hosts are root's to reach with the lab's key; see {@link LabRecord}. */
export interface LabHost {
  readonly name: string
  /** IPv4 address, reachable from this machine only, or from the jump host alone that this host stands behind. */
  readonly address: string
  readonly port: number
  /** The user that the lab's ssh_config logs in as. */
  readonly user: string
  /** What it stands on. */
  readonly base: BaseName
  /** The folder of that base file system. */
  readonly baseFolder: string
  readonly server: ServerName
  /** Whether systemd is PID 1; otherwise a few lines of `sh` that start the server are. */
  readonly systemd: boolean
  /** The public host key, as `ssh-ed25519 AAAA…`. */
  readonly hostKey: string
  readonly card: Card
  /** The name of the jump host it stands behind. */
  readonly behind?: string
  /** A jump host's second card, in the segment of those behind it. */
  readonly innerCard?: Card
}

/** A network card and what it is plugged into. */
export interface Card {
  readonly address: string
  /** The length of the network's prefix. */
  readonly prefix: number
  readonly mac: string
  /** The far end of its cable. */
  readonly cable: string
  /** The bridge that the cable leads to. */
  readonly segment: string
}

/** Who a lab belongs to: a process, with which it must end, or a person at a checkout, who takes it down again. */
export type LabOwner =
  | { readonly kind: 'process'; readonly pid: number; readonly startTime: string }
  | { readonly kind: 'person'; readonly checkout: string }

/** All that is needed to reach a running lab, from any process of this machine. */
export interface LabRecord {
  /** 64 to 223: the second number of its addresses, 10.ID.0.0/16, and part of the name of all that it makes. */
  readonly id: number
  readonly owner: LabOwner
  readonly hosts: readonly LabHost[]
}

/** The folder of one lab: its record, the client's key and ssh_config, the hosts' disks. */
export const labFolder = (id: number): string => join(labsFolder, String(id))

/** When a process started, in clock ticks since boot (proc(5), field 22 of `stat`): with the pid it names one process for ever. */
async function startTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .at(19)
}

/** This process as the owner of a lab. */
export async function thisProcess(): Promise<LabOwner> {
  return { kind: 'process', pid: process.pid, startTime: (await startTime(process.pid)) ?? '' }
}

/** Whether the owner is still there to take its lab down. */
export async function ownerLives(owner: LabOwner): Promise<boolean> {
  return owner.kind === 'person' || (await startTime(owner.pid)) === owner.startTime
}

/**
 * Writes the record of a new lab, unless its id is taken. The record appears together with its folder, in one rename, so
 * that nobody ever sees a lab without an owner.
 *
 * @returns false when another lab has that id.
 */
export async function claim(record: LabRecord): Promise<boolean> {
  const draft = join(labsFolder, `.${process.pid}-${record.id}`)
  await mkdir(draft, { recursive: true, mode: 0o755 })
  await writeFile(join(draft, 'lab.json'), JSON.stringify(record, null, 2))
  try {
    await rename(draft, labFolder(record.id))
    return true
  } catch {
    await rm(draft, { recursive: true, force: true })
    return false
  }
}

/** Replaces the record of a lab that this process owns. */
export async function update(record: LabRecord): Promise<void> {
  const file = join(labFolder(record.id), 'lab.json')
  await writeFile(`${file}.new`, JSON.stringify(record, null, 2))
  await rename(`${file}.new`, file)
}

/** Gives a lab to another owner, so that it outlives the process which started it. */
export async function handOver(id: number, owner: LabOwner): Promise<void> {
  const record = await readRecord(id)
  if (record !== undefined) await update({ ...record, owner })
}

/** The record of one lab; undefined when there is none. */
export async function readRecord(id: number): Promise<LabRecord | undefined> {
  try {
    const record: LabRecord = JSON.parse(await readFile(join(labFolder(id), 'lab.json'), 'utf8'))
    return record
  } catch {
    return undefined
  }
}

/** The records of all labs on this machine, whoever started them. */
export async function readRecords(): Promise<readonly LabRecord[]> {
  const names = await readdir(labsFolder).catch(() => [])
  const records = await Promise.all(names.filter(name => /^\d+$/.test(name)).map(name => readRecord(Number(name))))
  return records.filter(record => record !== undefined)
}
