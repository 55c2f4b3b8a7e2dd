import { createHook } from 'node:async_hooks'
import { ChildProcess } from 'node:child_process'
import { Server, Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { placeOf } from '../../engine/modules/stack-trace.js'
import { currentCell } from '../cells/context.js'

/** Something that a cell started and that goes on by itself: a timer, a server, a socket, a process. */
export interface Running {
  /** Counted from 1 over the session: for `:stop 3`. */
  readonly id: number
  readonly cell: number
  /** `setInterval every 1 s`, `server on 127.0.0.1:8080`, `process sleep 60 (pid 4711)`. */
  readonly what: string
  /** Where the cell or file started it: `cell 3:1:1`; none when nothing tells. */
  readonly place: string | undefined
  /** When it was started, milliseconds since the epoch. */
  readonly since: number
}

interface Known extends Omit<Running, 'what'> {
  readonly type: string
  readonly resource: object
}

/** What keeps a process going, by Node's names for it. */
const KINDS: ReadonlySet<string> = new Set([
  'Timeout',
  'TCPSERVERWRAP',
  'TCPWRAP',
  'PIPESERVERWRAP',
  'PIPEWRAP',
  'UDPWRAP',
  'PROCESSWRAP',
  'FSEVENTWRAP',
  'STATWATCHER',
  'WORKER',
])

const MUSTER = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Follows what cells start and leave running. What muster itself starts on a cell's behalf (connections, time limits) is not
 * counted: what decides is whose code called, by the stack.
 *
 * @example
 * const running = new LeftRunning()
 * running.of(3) // [{ id: 1, what: 'setInterval every 1 s', place: 'cell 3:1:1', … }]
 * running.stop(1)
 */
export class LeftRunning {
  readonly #known = new Map<number, Known>()
  readonly #hook = createHook({
    init: (id, type, trigger, resource) => this.#started(id, type, trigger, resource),
    destroy: id => {
      this.#known.delete(id)
    },
  })
  #count = 0

  constructor() {
    this.#hook.enable()
  }

  /** All that runs on, oldest first. */
  all(): readonly Running[] {
    return [...this.#known.values()].filter(isActive).map(view)
  }

  /** What a cell left, apart from timers that are due within `patience` milliseconds. */
  of(cell: number, patience = 1000): readonly Running[] {
    const left = [...this.#known.values()].filter(known => known.cell === cell && isActive(known))
    return left
      .filter(({ resource }) => !isTimer(resource) || resource._repeat || resource._idleTimeout > patience)
      .map(view)
  }

  /** Stops one of them. False when it does not run (any more). */
  stop(id: number): boolean {
    const found = [...this.#known].find(([, known]) => known.id === id && isActive(known))
    if (!found) return false
    end(found[1].resource)
    this.#known.delete(found[0])
    return true
  }

  close(): void {
    this.#hook.disable()
  }

  #started(asyncId: number, type: string, trigger: number, resource: object): void {
    if (!KINDS.has(type)) return
    const cell = currentCell()
    if (!cell) return
    const caller = callerOf()
    // What Node begins by itself (a server that listens once its name is looked up) belongs to the cell by its context.
    if (caller.of === 'muster' || (caller.of === 'package' && !this.#known.has(trigger))) return
    if (caller.of === 'node' && type === 'Timeout') return // an HTTP server looks after its connections, say
    this.#count += 1
    this.#known.set(asyncId, { id: this.#count, cell: cell.id, type, resource, place: caller.place, since: Date.now() })
  }
}

/** Whose code is running: the innermost that is neither Node's nor a package's, if there is one. */
function callerOf(): { of: 'person' | 'muster' | 'package' | 'node'; place?: string } {
  let of: 'package' | 'node' = 'node'
  const sites = callSites()
  // before Node's frames stand those of the hook itself
  const called = sites.findIndex(site => site.getFileName()?.startsWith('node:'))
  for (const site of sites.slice(Math.max(0, called))) {
    const place = placeOf(site)
    if (place !== undefined) return { of: 'person', place }
    const file = site.getFileName()
    if (file == null || file.startsWith('node:')) continue
    if (file.includes('/node_modules/')) of = 'package'
    const path = file.startsWith('file:') ? fileURLToPath(file) : file
    if (path.startsWith(MUSTER) && !path.includes('/node_modules/', MUSTER.length)) return { of: 'muster' }
  }
  return { of }
}

function callSites(): readonly NodeJS.CallSite[] {
  const { prepareStackTrace, stackTraceLimit } = Error
  let found: readonly NodeJS.CallSite[] = []
  Error.stackTraceLimit = 25
  Error.prepareStackTrace = (_, sites) => {
    found = sites
    return ''
  }
  void new Error('only its stack is wanted').stack
  Error.prepareStackTrace = prepareStackTrace
  Error.stackTraceLimit = stackTraceLimit
  return found
}

interface Timer {
  readonly _repeat: number | null
  readonly _idleTimeout: number
  readonly _destroyed: boolean
}

function isTimer(resource: object): resource is Timer & NodeJS.Timeout {
  return '_idleTimeout' in resource && '_repeat' in resource
}

/** The object a person knows, for the handle that Node keeps. */
function ownerOf(resource: object): unknown {
  const symbol = Object.getOwnPropertySymbols(resource).find(({ description }) => description === 'owner_symbol')
  return symbol ? Reflect.get(resource, symbol) : resource
}

/** A timer that has fired or was cleared, a socket that is closed, are of no interest, whenever Node lets go of them. */
function isActive({ type, resource }: Known): boolean {
  if (isTimer(resource)) return !resource._destroyed && resource._idleTimeout >= 0
  const owner = ownerOf(resource)
  if (owner instanceof Server) return owner.listening
  if (owner instanceof Socket) return !owner.destroyed && !isPipeOfProcess(owner)
  if (owner instanceof ChildProcess) return owner.exitCode === null && owner.signalCode === null
  return type !== 'PIPEWRAP' && type !== 'TCPWRAP'
}

/** The outputs of a child process are not spoken of beside it. */
function isPipeOfProcess(socket: Socket): boolean {
  return socket.remoteAddress === undefined && !socket.connecting && socket.localAddress === undefined
}

function view({ resource, type, ...known }: Known): Running {
  return { ...known, what: describe(type, resource) }
}

function describe(type: string, resource: object): string {
  if (isTimer(resource)) {
    const ms = resource._repeat ?? resource._idleTimeout
    return resource._repeat === null ? `setTimeout of ${duration(ms)}` : `setInterval every ${duration(ms)}`
  }
  const owner = ownerOf(resource)
  if (owner instanceof Server) return `server on ${addressText(owner.address())}`
  if (owner instanceof Socket) return `socket to ${owner.remoteAddress ?? 'nowhere yet'}:${owner.remotePort ?? '?'}`
  if (owner instanceof ChildProcess)
    return `process ${owner.spawnargs.join(' ').slice(0, 60)} (pid ${owner.pid ?? '?'})`
  return (
    { UDPWRAP: 'UDP socket', FSEVENTWRAP: 'file watcher', STATWATCHER: 'file watcher', WORKER: 'worker thread' }[
      type
    ] ?? type
  )
}

function addressText(address: ReturnType<Server['address']>): string {
  if (address === null) return 'nothing'
  return typeof address === 'string' ? address : `${address.address}:${address.port}`
}

function duration(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Number((ms / 1000).toFixed(1))} s`
}

function end(resource: object): void {
  const owner = ownerOf(resource)
  if (isTimer(resource)) clearTimeout(resource)
  else if (owner instanceof Server) {
    owner.close()
    if ('closeAllConnections' in owner && typeof owner.closeAllConnections === 'function') owner.closeAllConnections()
  } else if (owner instanceof Socket) owner.destroy()
  else if (owner instanceof ChildProcess) owner.kill()
  else if (!closeOf(owner)) closeOf(resource)
}

/** Whatever it calls ending. */
function closeOf(thing: unknown): boolean {
  if (typeof thing !== 'object' || thing === null) return false
  for (const name of ['close', 'terminate', 'stopThread', 'stop']) {
    const way: unknown = Reflect.get(thing, name)
    if (typeof way !== 'function') continue
    Reflect.apply(way, thing, [])
    return true
  }
  return false
}
