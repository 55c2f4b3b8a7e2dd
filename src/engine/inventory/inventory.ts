import { checkConnectSettings } from '../connect/connect-settings.js'
import type { ConnectSettings } from '../connect/connector.js'
import { UsageError } from '../errors.js'
import { mergeOptions, type Options } from '../fleet/options.js'
import { expandOne } from '../nodeset/fold.js'
import { selectHosts, suggest } from '../nodeset/pattern.js'
import { checkShape } from './check-shape.js'
import { type Become, type GroupSpec, GUARDS, type Guard, type HostSpec, type InventorySpec } from './spec.js'

/** One host with everything its groups give it. */
export interface InventoryHost {
  readonly name: string
  /** Every group it is in, directly or through children, in the inventory's order. */
  readonly groups: readonly string[]
  readonly data: Readonly<Record<string, unknown>>
  readonly connect: ConnectSettings
  readonly guard: Guard
  /** Who commands run as there unless a call says otherwise. */
  readonly become: Options
}

/** The hosts and groups a session knows. */
export interface Inventory {
  /** Where it came from, for messages and headers: `inventory.ts`, `web1,web2`. */
  readonly source: string
  readonly hosts: ReadonlyMap<string, InventoryHost>
  readonly groups: ReadonlyMap<string, readonly string[]>
}

/**
 * Resolves an inventory: ranges expanded, group members found, data and connection settings merged
 * (inventory, then parent groups, then their children, then the host), the strictest guard kept.
 *
 * @throws {UsageError} naming the host or group that does not fit.
 */
export function resolveInventory(spec: InventorySpec, source: string): Inventory {
  checkShape(spec, source)
  const hostSpecs = expandHosts(spec, source)
  checkConnections(spec, source)
  const names = [...hostSpecs.keys()]
  const groupSpecs = spec.groups ?? {}
  const members = memberLists(groupSpecs, names, source)
  const order = parentsFirst(groupSpecs)
  const memberSets = new Map([...members].map(([group, list]) => [group, new Set(list)]))
  const hosts = names.map(name => {
    const groups = order.filter(group => memberSets.get(group)?.has(name))
    return resolveHost(name, hostSpecs.get(name) ?? {}, groups, groupSpecs, spec)
  })
  return { source, hosts: new Map(hosts.map(host => [host.name, host])), groups: members }
}

function expandHosts(spec: InventorySpec, source: string): Map<string, HostSpec> {
  const hosts = new Map<string, HostSpec>()
  for (const [pattern, host] of Object.entries(spec.hosts)) {
    for (const name of expandOne(pattern)) {
      if (!/^[^\s\p{C},!&^@[\]*?/'"\\]+$/u.test(name))
        throw new UsageError(
          `${source}: “${name}” cannot be a host name: it must not hold spaces, control characters, quotes or any of , ! & ^ @ [ ] * ? /.`,
        )
      if (hosts.has(name)) throw new UsageError(`${source}: the host ${name} is there twice.`)
      hosts.set(name, host)
    }
  }
  return hosts
}

function checkConnections(spec: InventorySpec, source: string): void {
  checkBecome(spec.become, source)
  checkConnectSettings(spec.connect ?? {}, source)
  for (const [name, group] of Object.entries(spec.groups ?? {})) {
    checkBecome(group.become, `${source}: group ${name}`)
    checkConnectSettings(group.connect ?? {}, `${source}: group ${name}`)
  }
  for (const [name, { data: _data, guard: _guard, become, connect, ...settings }] of Object.entries(spec.hosts)) {
    checkBecome(become, `${source}: host ${name}`)
    checkConnectSettings(connect ?? {}, `${source}: host ${name}`)
    checkConnectSettings(settings, `${source}: host ${name}`)
  }
}

/** @throws {UsageError} for what says nobody */
function checkBecome(become: Become | undefined, where: string): void {
  for (const [via, user] of Object.entries(become ?? {}))
    if (!['sudo', 'doas', 'su'].includes(via) || (typeof user !== 'boolean' && typeof user !== 'string'))
      throw new UsageError(`${where}: become takes sudo, doas or su with true or a user, as in { sudo: true }.`)
}

function memberLists(
  specs: Readonly<Record<string, GroupSpec>>,
  names: readonly string[],
  source: string,
): Map<string, readonly string[]> {
  const lists = new Map<string, readonly string[]>()
  const universe = { hosts: names, groups: new Map<string, readonly string[]>() }
  const known = new Set(names)
  const resolve = (group: string, above: readonly string[]): readonly string[] => {
    const done = lists.get(group)
    if (done) return done
    if (above.includes(group))
      throw new UsageError(`${source}: the group ${group} is a child of itself (${[...above, group].join(' → ')}).`)
    const spec = specs[group]
    if (!spec)
      throw new UsageError(
        `${source}: the group ${above.at(-1)} has a child ${group} that is not there${suggest(group, Object.keys(specs))}`,
      )
    const direct = (spec.hosts ?? []).flatMap(pattern =>
      known.has(pattern) ? [pattern] : memberHosts(pattern, group, universe, source),
    )
    const inherited = (spec.children ?? []).flatMap(child => resolve(child, [...above, group]))
    const all = new Set([...direct, ...inherited])
    const list = names.filter(name => all.has(name))
    lists.set(group, list)
    return list
  }
  for (const group of Object.keys(specs)) resolve(group, [])
  return lists
}

function memberHosts(
  pattern: string,
  group: string,
  universe: { hosts: readonly string[]; groups: ReadonlyMap<string, readonly string[]> },
  source: string,
): string[] {
  try {
    return selectHosts(pattern, universe)
  } catch (error) {
    throw new UsageError(`${source}: group ${group}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Groups ordered so that a child stands after every parent: later ones override earlier ones. */
function parentsFirst(specs: Readonly<Record<string, GroupSpec>>): string[] {
  const placed: string[] = []
  const place = (group: string): void => {
    if (placed.includes(group)) return
    for (const [parent, spec] of Object.entries(specs)) if (spec.children?.includes(group)) place(parent)
    placed.push(group)
  }
  for (const group of Object.keys(specs)) place(group)
  return placed
}

function resolveHost(
  name: string,
  host: HostSpec,
  groups: readonly string[],
  specs: Readonly<Record<string, GroupSpec>>,
  all: InventorySpec,
): InventoryHost {
  const { data, connect, guard, become, ...settings } = host
  const layers = groups.map(group => specs[group] ?? {})
  const guards = [guard, ...layers.map(layer => layer.guard)].filter(each => each !== undefined)
  return {
    name,
    groups,
    data: Object.assign({}, all.data, ...layers.map(layer => layer.data), data),
    connect: [all.connect, ...layers.map(layer => layer.connect), connect, settings].reduce(override, {}),
    guard: strictest(guards) ?? all.guard ?? 'confirm',
    become: [all.become, ...layers.map(layer => layer.become), become].reduce<Options>(mergeOptions, {}),
  }
}

/** A nearer layer over a farther one; the way it gives to the host replaces one of the other kind. */
function override(below: ConnectSettings, above: ConnectSettings = {}): ConnectSettings {
  const { proxyJump, proxyCommand, ...rest } = below
  const routed = above.proxyJump !== undefined || above.proxyCommand !== undefined
  return { ...(routed ? rest : below), ...above }
}

/** The strictest of some guards; `undefined` for none. */
export function strictest(guards: readonly Guard[]): Guard | undefined {
  return GUARDS[Math.max(-1, ...guards.map(guard => GUARDS.indexOf(guard)))]
}
