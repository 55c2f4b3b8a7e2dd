import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConnectSettings } from '../../src/engine/connect/connector.js'
import type { HostSpec, InventorySpec } from '../../src/engine/inventory/spec.js'
import type { Lab } from './lab.js'

export interface LabInventoryOptions {
  /** Whom to log in as; default root. */
  readonly user?: 'root' | 'ops' | 'deploy'
  /** More settings of every connection. */
  readonly connect?: ConnectSettings
  /** Hosts beside those of the lab, or other settings for some of them. */
  readonly hosts?: Readonly<Record<string, HostSpec>>
}

/** The inventory of a lab: its hosts, `web` for h1 and h2, `db` for the rest; nothing of this machine's ssh settings. */
export function labInventory(lab: Lab, { user = 'root', connect = {}, hosts = {} }: LabInventoryOptions = {}) {
  const own = Object.fromEntries(
    lab.hosts.map(({ name, address, port, behind }) => {
      const jumps = behind === undefined ? {} : { proxyJump: jumpsTo(lab, behind, user) }
      return [name, { address, port, ...jumps, ...hosts[name] }]
    }),
  )
  const [first, second, ...rest] = lab.hosts.map(({ name }) => name)
  return {
    hosts: { ...hosts, ...own },
    groups: { web: { hosts: [first, second].filter(name => name !== undefined) }, db: { hosts: rest } },
    connect: {
      user,
      identityFile: lab.key,
      knownHostsFile: lab.knownHosts,
      strictHostKeyChecking: 'yes',
      sshConfigFile: false,
      agent: false,
      ...connect,
    },
  } satisfies InventorySpec
}

/** The way through a lab up to a jump host, nearest first, as ProxyJump of ssh_config(5) has it. */
function jumpsTo(lab: Lab, name: string, user: string): string {
  const { behind, address, port } = lab.host(name)
  return [...(behind === undefined ? [] : [jumpsTo(lab, behind, user)]), `${user}@${address}:${port}`].join(',')
}

/** A folder to work in: an inventory.ts of the lab, and `history/`, so that sessions are kept here. */
export interface WorkFolder {
  readonly path: string
  /** Writes a file into it. */
  write(name: string, text: string): void
  /** Removes it, when those have ended that write in it. */
  remove(): void
}

/** Makes a folder with the inventory of a lab. */
export function workFolder(inventory: InventorySpec): WorkFolder {
  const path = mkdtempSync(join(tmpdir(), 'muster-work-'))
  const write = (name: string, text: string): void => writeFileSync(join(path, name), text)
  mkdirSync(join(path, 'history'))
  write(
    'inventory.ts',
    `import { inventory } from 'muster'\n\nexport default inventory(${JSON.stringify(inventory, null, 2)})\n`,
  )
  const remove = (): void => rmSync(path, { recursive: true, force: true })
  return { path, write, remove }
}
