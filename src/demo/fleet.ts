import { setMaxListeners } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MusterError } from '../engine/errors.js'
import { atExit } from './at-exit.js'
import { demoUnavailable } from './available.js'
import { hostFiles } from './hosts/files.js'
import { type HostPlan, planHosts } from './hosts/fleet-plan.js'
import { type DemoAddress, type DemoInventory, demoInventory } from './inventory.js'
import { makeRunFolder, removeRunFolder } from './run-folder.js'
import { startSandbox } from './sandbox/sandbox.js'
import { makeKeyPair } from './ssh/key-pair.js'
import { startSshServer } from './ssh/server.js'

/** A running fleet of throw-away hosts on this machine, each reached by real SSH. */
export interface DemoFleet {
  readonly hosts: readonly DemoAddress[]
  /** What an inventory file for these hosts would hold. */
  readonly inventory: DemoInventory
  /** Where the client key and known_hosts lie for as long as the fleet runs. */
  readonly directory: string
  /** Ends every host and removes the directory. May be called again. */
  stop(): Promise<void>
}

export interface DemoOptions {
  /** How many hosts, 1 to 100; default 5. */
  readonly count?: number
  /** Stops the fleet, whether it is starting or running. */
  readonly signal?: AbortSignal
}

interface DemoHost {
  readonly address: DemoAddress
  /** The line for known_hosts. */
  readonly knownHost: string
  stop(): Promise<void>
}

/**
 * Starts the demo fleet: for each host a sandbox (Linux namespaces, no root needed) and an SSH server in front of it.
 * Commands run inside the sandboxes or not at all. The fleet ends with this process, however that ends.
 *
 * @throws {MusterError} when this machine cannot hold sandboxes, saying what to do instead
 * @throws {UsageError} for a count out of range
 * @example
 * const demo = await startDemoFleet()
 * demo.hosts.map(host => host.name) // ['web-1', 'web-2', 'web-3', 'db-1', 'edge-1']
 * await demo.stop()
 */
export async function startDemoFleet(options: DemoOptions = {}): Promise<DemoFleet> {
  const { count = 5, signal } = options
  const plans = planHosts(count)
  signal?.throwIfAborted()
  const directory = makeRunFolder()
  const callOff = atExit(() => removeRunFolder(directory))
  const hosts: DemoHost[] = []
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= Promise.all(hosts.map(host => host.stop())).then(() => {
      callOff()
      removeRunFolder(directory)
    })
    return stopping
  }
  try {
    const files = { identity: join(directory, 'id_ed25519'), knownHosts: join(directory, 'known_hosts') }
    const user = makeKeyPair()
    writeFileSync(files.identity, user.private, { mode: 0o600 })
    hosts.push(...(await startHosts(plans, user.public, signal)))
    writeFileSync(files.knownHosts, hosts.map(host => host.knownHost).join(''))
    signal?.addEventListener('abort', () => void stop(), { once: true })
    const addresses = hosts.map(host => host.address)
    return { hosts: addresses, inventory: demoInventory(plans, addresses, files), directory, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** All of them or none: when one fails, the others are given up. */
async function startHosts(
  plans: readonly HostPlan[],
  userKey: string,
  signal: AbortSignal | undefined,
): Promise<readonly DemoHost[]> {
  const failed = new AbortController()
  const either = AbortSignal.any([failed.signal, ...(signal ? [signal] : [])])
  // Every host listens while it starts; by default Node warns of the eleventh listener.
  setMaxListeners(plans.length, either)
  const starts = plans.map(async plan => {
    try {
      return await startHost(plan, userKey, either)
    } catch (error) {
      failed.abort(error)
      throw error
    }
  })
  const settled = await Promise.allSettled(starts)
  const hosts = settled.flatMap(start => (start.status === 'fulfilled' ? [start.value] : []))
  if (hosts.length === plans.length) return hosts
  await Promise.all(hosts.map(host => host.stop()))
  signal?.throwIfAborted()
  const reason: unknown = failed.signal.reason
  const said = reason instanceof Error ? reason.message : String(reason)
  throw new MusterError(demoUnavailable() ?? `the demo fleet did not start: ${said}`, { cause: reason })
}

async function startHost(plan: HostPlan, userKey: string, signal: AbortSignal): Promise<DemoHost> {
  const { name } = plan
  const hostKey = makeKeyPair()
  const sandbox = await startSandbox(name, hostFiles(plan, new Date()), signal)
  const server = await startSshServer(sandbox, hostKey.private, userKey)
  const { port } = server
  return {
    address: { name, address: '127.0.0.1', port },
    knownHost: `[127.0.0.1]:${port} ${hostKey.public}\n`,
    stop: () => {
      server.close()
      return sandbox.stop()
    },
  }
}
