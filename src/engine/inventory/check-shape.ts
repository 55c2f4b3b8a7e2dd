import { UsageError } from '../errors.js'
import { suggest } from '../nodeset/pattern.js'
import { type GroupSpec, GUARDS, type HostSpec, type InventorySpec } from './spec.js'

const COMMON = ['data', 'connect', 'become', 'guard'] as const
const OF_INVENTORY: readonly string[] = ['hosts', 'groups', ...COMMON]
const OF_GROUP: readonly string[] = ['hosts', 'children', ...COMMON]

/**
 * Refuses what a person's own file may hold though its type does not allow it: nothing that is written there, a guard above all, is
 * passed over in silence.
 *
 * @throws {UsageError} one sentence: where, what, and what to write
 */
export function checkShape(spec: InventorySpec, source: string): void {
  if (!isTable(spec) || (!isTable(spec.hosts) && !Array.isArray(spec.hosts)))
    throw new UsageError(`${source}: an inventory needs hosts: { name: { … } }.`)
  if (Array.isArray(spec.hosts)) throw new UsageError(`${source}: hosts is a list; write ${asTable(spec.hosts)}.`)
  checkKeys(spec, OF_INVENTORY, source)
  checkCommon(spec, source)
  for (const [name, host] of Object.entries(spec.hosts)) {
    const where = `${source}: host ${name}`
    if (!isTable(host)) throw new UsageError(`${where}: settings are needed, if none are wanted {}.`)
    checkCommon(host, where)
  }
  if (spec.groups !== undefined && !isTable(spec.groups))
    throw new UsageError(`${source}: groups must be a table: groups: { web: { hosts: ['web-*'] } }.`)
  for (const [name, group] of Object.entries(spec.groups ?? {})) {
    const where = `${source}: group ${name}`
    if (Array.isArray(group)) throw new UsageError(`${where}: it is a list; write { hosts: ${asList(group)} }.`)
    if (!isTable(group)) throw new UsageError(`${where}: it must be a table: { hosts: ['web-*'] }.`)
    checkKeys(group, OF_GROUP, where)
    checkCommon(group, where)
    for (const key of ['hosts', 'children'] as const) {
      const names: unknown = group[key]
      if (names !== undefined && !(Array.isArray(names) && names.every(each => typeof each === 'string')))
        throw new UsageError(`${where}: ${key} must be a list of names: ${key}: ['web'].`)
    }
  }
}

function checkKeys(table: object, known: readonly string[], where: string): void {
  for (const key of Object.keys(table))
    if (!known.includes(key)) throw new UsageError(`${where}: there is nothing called ${key}${suggest(key, known)}`)
}

function checkCommon({ guard, data }: InventorySpec | GroupSpec | HostSpec, where: string): void {
  if (guard !== undefined && !GUARDS.includes(guard))
    throw new UsageError(`${where}: there is no guard ${String(guard)}${suggest(String(guard), GUARDS)}`)
  if (data !== undefined && !isTable(data))
    throw new UsageError(`${where}: data must be a table: data: { role: 'web' }.`)
}

const isTable = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Names that are listed in a suggestion. */
const FEW = 3

const asList = (names: readonly unknown[]): string =>
  `[${names
    .slice(0, FEW)
    .map(each => `'${String(each)}'`)
    .join(', ')}${names.length > FEW ? ', …' : ''}]`

const asTable = (names: readonly unknown[]): string =>
  `hosts: { ${names
    .slice(0, FEW)
    .map(each => `'${typeof each === 'string' ? each : 'name'}': {}`)
    .join(', ')}${names.length > FEW ? ', …' : ''} }`
