import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { basename, isAbsolute, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { MusterError, UsageError } from '../errors.js'
import { sourceFrames } from '../modules/stack-trace.js'
import { expandOne, splitTopLevel } from '../nodeset/fold.js'
import { type Inventory, resolveInventory } from './inventory.js'
import type { HostSpec, InventorySpec } from './spec.js'

/** Looked for, in this order, when no inventory is named. */
const USUAL_FILES = [
  ...['inventory.ts', 'inventory.mts', 'inventory.js', 'inventory.mjs', 'inventory.json'],
  ...['hosts.ini', 'hosts.yml', 'hosts.yaml', 'inventory.ini', 'inventory.yml', 'inventory.yaml'],
]

/** What an inventory can be written in. */
const READABLE = /\.(?:[cm]?[jt]s|json)$/

/** What Ansible inventories are written in; one without an ending (`/etc/ansible/hosts`) is INI. */
const ANSIBLE = /(?:\.(?:ini|ya?ml)|(?:^|\/)[^./]+)$/

export interface OpenInventoryOptions {
  readonly directory: string
  /** Loads a module of the person's and gives its exports. */
  readonly load: (file: string) => Promise<Readonly<Record<string, unknown>>>
}

/**
 * The inventory that a command line names: a file (`inventory.ts`, or Ansible's `hosts.ini` or `hosts.yml`), a directory with such a file (`./prod`), a list (`web-[1-3],deploy@db-1:2222`), `@local` for this machine,
 * `@chroot//srv/image` for a root file system on it, or nothing for the inventory file of the directory.
 *
 * @throws {UsageError} when it is none of these, or what it holds is no inventory; {MusterError} when its own code fails.
 */
export async function openInventory(argument: string | undefined, options: OpenInventoryOptions): Promise<Inventory> {
  if (argument === undefined) return inventoryFile(usualFile(options.directory), options)
  const file = resolve(options.directory, argument)
  const found = statSync(file, { throwIfNoEntry: false })
  const isPath = /[/\\]/.test(argument) && !argument.includes('@chroot/')
  if (found?.isDirectory() && (isPath || argument === '.' || argument === '..'))
    return inventoryFile(usualFile(file), options)
  if (found?.isFile()) {
    return inventoryFile(file, options)
  }
  if (isPath || /\.(?:[cm]?[jt]s|json|ini|ya?ml)$/.test(argument))
    throw new UsageError(
      `There is no inventory file ${isAbsolute(argument) ? argument : `${argument} in ${options.directory}`}.`,
    )
  return resolveInventory(inventoryFromList(argument), argument)
}

/** An inventory of concrete ssh_config hosts, which the connector then resolves as OpenSSH does. */
export function inventoryFromSshConfig(names: readonly string[], file: string | undefined): Inventory {
  if (names.length === 0) {
    if (file !== undefined && !existsSync(file)) throw new UsageError(`There is no ssh_config ${file}.`)
    throw new UsageError(
      `${file ?? 'The ssh_config'} names no host: only lines such as “Host web-1”, without wildcards, count.`,
    )
  }
  const connect = file === undefined ? {} : { connect: { sshConfigFile: file } }
  return resolveInventory(
    { hosts: Object.fromEntries(names.map(name => [name, {}])), ...connect },
    file ?? 'ssh_config',
  )
}

/**
 * An inventory from a list of hosts: `web-[1-3],deploy@db-1:2222,@local,@chroot//srv/image`.
 *
 * @throws {UsageError} naming the entry that cannot be read.
 */
export function inventoryFromList(list: string): InventorySpec {
  const hosts: Record<string, HostSpec> = {}
  for (const entry of splitTopLevel(list)) {
    for (const [name, spec] of Object.entries(listedHosts(entry, list))) {
      if (hosts[name] !== undefined && !isDeepStrictEqual(hosts[name], spec))
        throw new UsageError(`${name} is in ${list} twice, in different ways; an inventory file gives each a name.`)
      hosts[name] = spec
    }
  }
  if (Object.keys(hosts).length === 0) throw new UsageError('The list of hosts is empty.')
  return { hosts }
}

function listedHosts(entry: string, list: string): Record<string, HostSpec> {
  if (entry === '@local') return { local: { connector: 'local' } }
  const root = /^@chroot\/(.+)$/.exec(entry)?.[1]?.replace(/^\/+|\/+$/g, '')
  if (root) return { [root.replaceAll('/', '-')]: { connector: 'chroot', root: `/${root}` } }
  const match = /^(?:([^@\s]+)@)?(.+?)$/.exec(entry)
  const [, user, place = ''] = match ?? []
  const { pattern, port } = placeOf(place)
  if (
    !match ||
    !/^[^@:\s]+$/.test(isIPv6(pattern) ? 'v6' : pattern) ||
    (port !== undefined && !(port > 0 && port <= 65_535))
  )
    throw new UsageError(
      `“${entry}” in ${list} is not a host: write name, user@name or user@name:port, [::1]:port for an IPv6 address; groups need an inventory file.`,
    )
  const spec = { ...(user ? { user } : {}), ...(port === undefined ? {} : { port }) }
  if (isIPv6(pattern)) return { [pattern]: spec }
  try {
    return Object.fromEntries(expandOne(pattern).map(name => [name, spec]))
  } catch (error) {
    throw new UsageError(`${entry}: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

/** Brackets hold an IPv6 address, or else a range of names. */
function placeOf(place: string): { readonly pattern: string; readonly port?: number } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(place)
  const address = bracketed?.[1] ?? place
  if (isIPv6(address)) {
    return { pattern: address, ...(bracketed?.[2] === undefined ? {} : { port: Number(bracketed[2]) }) }
  }
  const [, pattern = place, port] = /^([^:]+):(\d{1,5})$/.exec(place) ?? []
  return { pattern, ...(port === undefined ? {} : { port: Number(port) }) }
}

function usualFile(directory: string): string {
  const found = USUAL_FILES.map(name => resolve(directory, name)).find(file => existsSync(file))
  if (found) return found
  throw new UsageError(
    `No inventory file was named and ${directory} has no inventory.ts. Try: muster web-1,web-2 · muster inventory.ts · muster @local · muster demo.`,
  )
}

async function inventoryFile(file: string, { load }: OpenInventoryOptions): Promise<Inventory> {
  const name = basename(file)
  if (ANSIBLE.test(file))
    return resolveInventory(await (await import('./ansible/read-ansible.js')).readAnsible(file), name)
  if (!READABLE.test(file))
    throw new UsageError(
      `${name} cannot be read as an inventory: write it as TypeScript, JavaScript or JSON (inventory.ts), or as Ansible does (hosts.ini, hosts.yml).`,
    )
  const exported = (await asJson(file)) ?? (await inFile(name, () => load(file)))
  const given = 'default' in exported ? exported.default : undefined
  if (given === undefined)
    throw new UsageError(`${name} has no default export: write export default inventory({ hosts: { … } }).`)
  const spec: unknown = typeof given === 'function' ? await inFile(name, async () => given()) : given
  if (!isSpec(spec))
    throw new UsageError(`${name} does not export an inventory: write export default inventory({ hosts: { … } }).`)
  return resolveInventory(spec, name)
}

/** JSON is read without the compiler that modules need; where it is wrong, that tells the place. */
async function asJson(file: string): Promise<{ default: unknown } | undefined> {
  if (!file.endsWith('.json')) return undefined
  try {
    return { default: JSON.parse(await readFile(file, 'utf8')) }
  } catch {
    return undefined
  }
}

/** Runs the person's code; what it throws becomes one sentence with its place: `inventory.ts:3:9: the cloud does not answer`. */
async function inFile<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (thrown) {
    if (thrown instanceof MusterError) throw thrown
    const [frame] = sourceFrames(thrown)
    const place = frame ? `${basename(frame.source)}:${frame.line}:${frame.column}` : name
    throw new MusterError(`${place}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { cause: thrown })
  }
}

function isSpec(value: unknown): value is InventorySpec {
  return (
    typeof value === 'object' &&
    value !== null &&
    'hosts' in value &&
    typeof value.hosts === 'object' &&
    value.hosts !== null
  )
}
