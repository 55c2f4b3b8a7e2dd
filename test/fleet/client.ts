import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './command.js'
import { type LabRecord, labFolder } from './record.js'

/** What an SSH client needs to log in everywhere in a lab, as paths of files. */
export interface ClientFiles {
  /** An ssh_config(5): `ssh -F` it, then the name of a host. */
  readonly sshConfig: string
  /** The hosts' keys, by name and by address. */
  readonly knownHosts: string
  /** The private key that root, `ops` and `deploy` accept on all hosts. */
  readonly key: string
}

export function clientFiles(id: number): ClientFiles {
  const folder = labFolder(id)
  return { sshConfig: join(folder, 'ssh_config'), knownHosts: join(folder, 'known_hosts'), key: join(folder, 'key') }
}

/** Makes the key pair that opens the hosts of a lab. */
export async function makeClientKey(id: number): Promise<void> {
  await run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', `muster-${id}`, '-f', clientFiles(id).key)
}

/** Writes ssh_config and known_hosts once the hosts have their keys. */
export async function writeClientFiles({ id, hosts }: LabRecord): Promise<void> {
  const { sshConfig, knownHosts } = clientFiles(id)
  await writeFile(sshConfig, sshConfigText({ id, hosts }))
  await writeFile(knownHosts, hosts.map(host => `${host.name},${host.address} ${host.hostKey}\n`).join(''))
}

export function sshConfigText({ id, hosts }: Pick<LabRecord, 'id' | 'hosts'>): string {
  const { key, knownHosts } = clientFiles(id)
  const each = hosts.map(
    ({ name, address, port, user, behind }) =>
      `Host ${name}\n  HostName ${address}\n  Port ${port}\n  User ${user}\n${behind === undefined ? '' : `  ProxyJump ${behind}\n`}`,
  )
  return `${each.join('')}Host *
  IdentityFile ${key}
  IdentitiesOnly yes
  UserKnownHostsFile ${knownHosts}
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
`
}
