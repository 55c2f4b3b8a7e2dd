import type { TerminalSize } from '../connect/connector.js'
import { type Identity, LOGIN } from '../connect/link.js'
import type { Secret } from '../secret.js'
import type { CommandResult } from './command-result.js'

/** How calls are carried out: a fleet carries defaults (`fleet.with({…})`), and every call takes them as its last argument. */
export interface Options {
  /** Run by sudo: `true` as root, or as the named user. */
  readonly sudo?: boolean | string
  readonly doas?: boolean | string
  readonly su?: boolean | string
  readonly env?: Readonly<Record<string, string | Secret>>
  readonly cwd?: string
  /** Seconds until a command and all it started is killed, but for daemons (a session of their own, parent gone); 0 for never. */
  readonly timeout?: number
  /** How often a failed command is tried again. */
  readonly retries?: number
  /** Seconds between tries; default 5. */
  readonly retryDelay?: number
  /** Tried again until this is true of the result (or `retries` are used up). */
  readonly retryUntil?: (result: CommandResult) => boolean
  /** Most hosts at once; default: all, within the limits of connecting. */
  readonly parallel?: number
  /** One host after another. */
  readonly serial?: boolean
  /** Only on the first host of the fleet. */
  readonly runOnce?: boolean
  /** In a deploy: a host that fails stays in the run. On a Host: a failed command resolves instead of throwing. */
  readonly ignoreErrors?: boolean
  /** Exit codes that are no failure; default: 0. */
  readonly successCodes?: readonly number[]
  /** Interpreter for commands instead of `sh`. */
  readonly shell?: string
  /**
   * Runs a command on a terminal, 80 by 24 unless a size is given: for programs that insist on one or show progress there. Both
   * outputs then arrive as one, in `stdout`, with the terminal's line ends; `stdin` is typed, then Ctrl-D.
   */
  readonly pty?: boolean | TerminalSize
  /** What a command reads on its stdin; default: nothing. */
  readonly stdin?: string | Uint8Array | Secret
  /** The name that output and plan show instead of the command. */
  readonly label?: string
  /** States that a command changes nothing, so that it may run in a plan and spoils no fact. */
  readonly readOnly?: boolean
}

/** Later options over earlier ones. A later identity replaces an earlier one of any kind; `sudo: false` goes back to the login user. */
export function mergeOptions(base: Options, over: Options | undefined): Options {
  if (!over) return base
  const { sudo, doas, su, ...rest } = base
  const replaces = over.sudo !== undefined || over.doas !== undefined || over.su !== undefined
  const identity = replaces ? {} : { ...defined({ sudo, doas, su }) }
  return { ...rest, ...identity, ...over, ...(base.env && over.env ? { env: { ...base.env, ...over.env } } : {}) }
}

/**
 * Who commands run as under these options.
 *
 * @param usual what the inventory says of the host, for options that say nothing
 */
export function identityOf(options: Options, usual: Options = {}): Identity {
  const says = options.sudo !== undefined || options.doas !== undefined || options.su !== undefined
  for (const via of ['sudo', 'doas', 'su'] as const) {
    const value = (says ? options : usual)[via]
    if (value) return value === true ? { via, user: 'root' } : { via, user: value }
  }
  return LOGIN
}

/** The options that make commands run as somebody. */
export function optionsOf({ via, user }: Identity): Options {
  return via === 'login' ? { sudo: false } : { [via]: user ?? true }
}

const USUAL_WINDOW: TerminalSize = { columns: 80, rows: 24 }

/** The terminal that these options ask for. */
export function terminalOf({ pty }: Options): TerminalSize | undefined {
  return pty === true ? USUAL_WINDOW : pty || undefined
}

function defined(options: { [K in keyof Options]: Options[K] | undefined }): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
