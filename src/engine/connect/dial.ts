import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { connect, isIP, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { addressText } from './stream-address.js'

/** An attempt to reach an address that failed, told in one sentence. */
export class DialError extends Error {}

/** Which addresses of a host count, and where to connect from. */
export interface DialFrom {
  readonly addressFamily: 'any' | 'inet' | 'inet6'
  /** Address of this machine, or a name of it. */
  readonly bindAddress?: string
}

/** An attempt that has not answered after this long gets company from the next address (RFC 8305, 5), milliseconds. */
const COMPANY_MS = 250
/** Between attempts at all addresses, milliseconds (ssh_config(5), ConnectionAttempts). */
const PAUSE_MS = 1000

const FAMILIES = { any: 0, inet: 4, inet6: 6 } as const

/**
 * Resolves a name to the addresses to try, in order: as the system sorts them, the families taking turns (RFC 8305, 4).
 * @throws {DialError}
 */
export async function resolveName(host: string, { addressFamily }: DialFrom): Promise<readonly string[]> {
  const family = FAMILIES[addressFamily]
  const literal = isIP(host)
  if (literal !== 0) {
    if (family === 0 || family === literal) return [host]
    throw new DialError(`${host} is no IPv${family} address, and addressFamily is ${addressFamily}`)
  }
  try {
    return takingTurns(await lookup(host, { all: true, family }))
  } catch (error) {
    const kind = family === 0 ? '' : ` to an IPv${family} address`
    const slow = errorCode(error) === 'EAI_AGAIN' ? ' (the name server does not answer)' : ''
    throw new DialError(`cannot resolve the name ${host}${kind}${slow}`)
  }
}

export interface DialOptions extends DialFrom {
  /** How often all addresses are tried, a second apart. */
  readonly attempts: number
  readonly signal: AbortSignal
  /** Told of every address tried, the milliseconds it took and why it failed. */
  tried(address: string, ms: number, failure?: string): void
}

/**
 * Opens a TCP connection to the first address that answers; one that is silent does not hold up the others.
 * Nagle's algorithm is off from the first byte: switched off after the handshake it has already cost a connection
 * 40 ms and every command as much.
 *
 * @throws {DialError} with the reason at each address.
 */
export async function dial(addresses: readonly string[], port: number, options: DialOptions): Promise<Socket> {
  const from = await localAddress(options)
  const usable = from === undefined ? addresses : addresses.filter(address => isIP(address) === isIP(from))
  if (usable.length === 0)
    throw new DialError(
      `no address of the host can be reached from ${from} (bindAddress): they are ${addresses.join(', ')}`,
    )
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await new Race(usable, port, from, options).won
    } catch (error) {
      if (attempt >= options.attempts || options.signal.aborted) throw error
      await pause(PAUSE_MS, undefined, { signal: options.signal })
    }
  }
}

/** Attempts at several addresses at once, each given a head start over the next; the first connection wins. */
class Race {
  readonly won: Promise<Socket>
  readonly #running = new Set<Attempt>()
  #over = false
  readonly #failures: string[] = []
  #started = 0
  #settle: { resolve: (socket: Socket) => void; reject: (error: Error) => void } = {
    resolve: () => {},
    reject: () => {},
  }
  #company: NodeJS.Timeout | undefined

  constructor(
    private readonly addresses: readonly string[],
    private readonly port: number,
    private readonly from: string | undefined,
    private readonly options: DialOptions,
  ) {
    this.won = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    options.signal.addEventListener('abort', this.#giveUp, { once: true })
    this.#next()
    if (options.signal.aborted) this.#giveUp()
  }

  #next(): void {
    clearTimeout(this.#company)
    const address = this.addresses[this.#started]
    if (address === undefined || this.#over) return
    this.#started += 1
    if (this.#started < this.addresses.length) this.#company = setTimeout(() => this.#next(), COMPANY_MS)
    void this.#try(address)
  }

  async #try(address: string): Promise<void> {
    const { tried, signal } = this.options
    const where = addressText({ host: address, port: this.port })
    const start = performance.now()
    const attempt = dialOne(address, this.port, this.from)
    this.#running.add(attempt)
    try {
      const socket = await attempt.connected
      this.#running.delete(attempt)
      tried(where, performance.now() - start)
      this.#end()
      this.#settle.resolve(socket)
    } catch (error) {
      this.#running.delete(attempt)
      const late = this.#over
      const why = late || signal.aborted ? 'given up' : reason(error, this.from)
      tried(where, performance.now() - start, why)
      if (late) return
      this.#failures.push(`${why} at ${where}`)
      if (signal.aborted || this.#failures.length === this.addresses.length) {
        this.#end()
        this.#settle.reject(new DialError(this.#failures.join(', '), { cause: error }))
      } else this.#next()
    }
  }

  readonly #giveUp = (): void => {
    for (const attempt of this.#running) attempt.giveUp()
  }

  #end(): void {
    clearTimeout(this.#company)
    this.options.signal.removeEventListener('abort', this.#giveUp)
    this.#over = true
    this.#giveUp()
  }
}

/** Sorted as they are, but no two of one family in a row while there are some of the other. */
function takingTurns(found: readonly LookupAddress[]): string[] {
  const first = found.filter(({ family }) => family === found[0]?.family)
  const others = found.filter(({ family }) => family !== found[0]?.family)
  const turns = Array.from({ length: Math.max(first.length, others.length) }, (_, at) => [first[at], others[at]])
  return turns.flat().flatMap(each => (each === undefined ? [] : [each.address]))
}

async function localAddress({ bindAddress, addressFamily }: DialOptions): Promise<string | undefined> {
  if (bindAddress === undefined || isIP(bindAddress)) return bindAddress
  try {
    return (await lookup(bindAddress, { family: FAMILIES[addressFamily] })).address
  } catch {
    throw new DialError(`cannot resolve ${bindAddress}, the address to connect from (bindAddress)`)
  }
}

/** A connection on its way to one address. */
interface Attempt {
  readonly connected: Promise<Socket>
  giveUp(): void
}

function dialOne(host: string, port: number, from: string | undefined): Attempt {
  const local = from === undefined ? {} : { localAddress: from }
  const socket = connect({ host, port, noDelay: true, keepAlive: true, ...local })
  let giveUp = (): void => {}
  const connected = new Promise<Socket>((resolve, reject) => {
    const fail = (error: Error) => {
      socket.destroy()
      reject(error)
    }
    giveUp = () => fail(new Error('cancelled'))
    // Between here and whoever takes the socket over, an error must not go unheard.
    socket.on('error', fail)
    socket.once('connect', () => {
      socket.off('error', fail).on('error', () => {})
      giveUp = () => {}
      resolve(socket)
    })
  })
  return { connected, giveUp: () => giveUp() }
}

function reason(error: unknown, from: string | undefined): string {
  const code = errorCode(error)
  switch (code) {
    case 'EADDRNOTAVAIL':
      return from === undefined
        ? 'no way to connect'
        : `this machine has no address ${from} to connect from (bindAddress)`
    case 'EINVAL':
      return 'no such address (does it lack its %zone?)'
    case 'ECONNREFUSED':
      return 'connection refused'
    case 'EHOSTUNREACH':
      return 'no route to host'
    case 'ENETUNREACH':
      return 'network unreachable'
    case 'ETIMEDOUT':
      return 'no answer'
    case 'ECONNRESET':
      return 'connection reset'
    case 'EMFILE':
      return 'out of file descriptors here (raise `ulimit -n`)'
    default:
      return `cannot connect (${code ?? 'unknown error'})`
  }
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
