import type { Catalogue } from '../engine/catalogue.js'
import { type Asker, Credentials, createLink, sshConfigHosts } from '../engine/connect/index.js'
import type { Link, LinkObserver } from '../engine/connect/link.js'
import { Engine, type EngineOptions } from '../engine/engine.js'
import { UsageError } from '../engine/errors.js'
import type { Emit } from '../engine/events.js'
import { type Inventory, type InventoryHost, resolveInventory } from '../engine/inventory/inventory.js'
import { inventoryFromSshConfig, openInventory } from '../engine/inventory/open.js'
import type { InventorySpec } from '../engine/inventory/spec.js'
import type { ModuleLoader } from '../engine/modules/load.js'
import { selectHosts } from '../engine/nodeset/pattern.js'
import { Redactor } from '../engine/redact.js'
import type { Approver } from '../engine/run/approval.js'
import { Secret } from '../engine/secret.js'

export interface WorkspaceOptions {
  /** What the command line names; see {@link openInventory}. An inventory may also be given as data (the demo fleet). */
  readonly inventory: string | InventorySpec | undefined
  /** Take the hosts from ssh_config: the user's (`true`) or this file. */
  readonly sshConfig?: boolean | string
  readonly directory: string
  readonly asker: Asker
  readonly approver: Approver
  readonly emit: Emit
  /** Only the hosts that this pattern selects. */
  readonly limit?: string
  /** Told of every operation carried out; see {@link EngineOptions.operated}. */
  readonly operated?: NonNullable<EngineOptions['operated']>
  /** Told of what hosts answer; see {@link EngineOptions.heard}. */
  readonly heard?: NonNullable<EngineOptions['heard']>
  /** Answers facts from a record; see {@link EngineOptions.recall}. */
  readonly recall?: NonNullable<EngineOptions['recall']>
  /** What an inventory given as data is called; default `demo`. */
  readonly source?: string
  /** Facts and operations bound to fleets; default: all that muster comes with. */
  readonly catalogue?: Catalogue
  /** Hosts that were lost come back by themselves: for a session that stays open. */
  readonly reconnect?: boolean
  /** Loads the person's modules; default: a loader of its own. */
  readonly loader?: ModuleLoader
  /** Makes the link of a host instead of the connectors: simulated fleets. */
  readonly link?: (host: InventoryHost, observer: LinkObserver) => Link
}

/** An inventory with live links: what a session, `exec`, `fact` and `run` work on. */
export interface Workspace {
  readonly engine: Engine
  readonly inventory: Inventory
  /** Loads a module of the person's, anew when it has changed, and gives its exports; see {@link ModuleLoader.load}. */
  load(file: string): Promise<Readonly<Record<string, unknown>>>
  /** Takes secrets out of all that is shown or kept. */
  readonly redactor: Redactor
  /** Environment variables that are called secrets and hold an ordinary name, which is shown in other text. */
  readonly inTheOpen: readonly string[]
  close(): Promise<void>
}

/**
 * Opens an inventory and readies its links; nothing connects until it is used.
 *
 * @throws {UsageError} the inventory cannot be opened, or the limit selects nothing.
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { directory, emit, approver } = options
  let loader = options.loader && Promise.resolve(options.loader)
  const load: Workspace['load'] = async file => {
    loader ??= moduleLoader(directory)
    const modules = await loader
    modules.invalidate()
    return modules.load(file)
  }
  const all = await readInventory(options, load)
  const inventory = limited(all, options.limit)
  // A jump host need not be among the hosts that the limit leaves.
  const peer = (name: string) => all.hosts.get(name)?.connect
  const catalogue = options.catalogue ?? (await import('./catalogue.js')).catalogue
  const redactor = new Redactor()
  // API_TOKEN and the like, which a cell may print with the rest of the environment
  const inTheOpen = redactor.learnEnvironment(process.env)
  for (const { connect, data } of all.hosts.values()) {
    for (const value of [connect.password, connect.sudoPassword]) if (typeof value === 'string') new Secret(value)
    redactor.learn(data)
  }
  const { asker } = options
  const credentials = new Credentials(asker)
  const link =
    options.link ??
    ((host, observer) =>
      createLink(
        { name: host.name, settings: host.connect, peer },
        { asker, observer, credentials, reconnect: options.reconnect ?? false },
      ))
  const engine = new Engine({
    inventory,
    catalogue,
    link,
    approver,
    directory,
    emit: event => emit(redactor.data(event)),
    learns: data => redactor.learn(data),
    ...(options.heard ? { heard: options.heard } : {}),
    ...(options.recall ? { recall: options.recall } : {}),
    ...(options.operated ? { operated: options.operated } : {}),
  })
  return { engine, inventory, load, redactor, inTheOpen, close: () => engine.close() }
}

async function moduleLoader(directory: string): Promise<ModuleLoader> {
  const { createModuleLoader } = await import('../engine/modules/load.js')
  return createModuleLoader({ cwd: directory, provide: new Map([['muster', await import('../index.js')]]) })
}

function readInventory(
  { inventory, sshConfig, directory, source = 'demo' }: WorkspaceOptions,
  load: Workspace['load'],
): Inventory | Promise<Inventory> {
  if (typeof inventory === 'object') return resolveInventory(inventory, source)
  if (sshConfig) {
    const file = typeof sshConfig === 'string' ? sshConfig : undefined
    const all = inventoryFromSshConfig(sshConfigHosts(file), file)
    return inventory === undefined ? all : limited(all, inventory)
  }
  return openInventory(inventory, { directory, load })
}

/** The inventory with only the selected hosts; groups keep their members among them. */
function limited(inventory: Inventory, pattern: string | undefined): Inventory {
  if (pattern === undefined) return inventory
  const kept = new Set(selectHosts(pattern, { hosts: [...inventory.hosts.keys()], groups: inventory.groups }))
  if (kept.size === 0) throw new UsageError(`The pattern ${pattern} selects no host of ${inventory.source}.`)
  return {
    source: inventory.source,
    hosts: new Map([...inventory.hosts].filter(([name]) => kept.has(name))),
    groups: new Map([...inventory.groups].map(([group, members]) => [group, members.filter(name => kept.has(name))])),
  }
}
