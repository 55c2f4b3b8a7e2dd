import { setTimeout as sleep } from 'node:timers/promises'
import { InterruptedError, MusterError, UnreachableError } from '../../errors.js'
import { type Identity, type Link, LOGIN } from '../link.js'

/** The host was told to reboot and is not known to have done so. */
export class RebootError extends MusterError {
  override readonly name = 'RebootError'
  constructor(
    readonly host: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${host}: ${reason}`, options)
  }
}

export interface RebootOptions {
  /** Who reboots; default: the login user. */
  readonly identity?: Identity
  /** What reboots the host; default: the way of its init. */
  readonly command?: string
  /** Milliseconds after the command until the host is looked for; default 0. */
  readonly delay?: number
  /** Milliseconds from the command until the host must be up again; default 5 minutes. */
  readonly timeout?: number
  readonly signal?: AbortSignal
}

/** What came of it. */
export interface Rebooted {
  readonly before: string
  readonly after: string
  /** Milliseconds from the command until the host answered again. */
  readonly ms: number
}

/** init's own way first: a bare `reboot(8)` on a BSD ends programs without their shutdown scripts. */
export const REBOOT_COMMAND =
  'PATH="$PATH:/sbin:/usr/sbin"; if [ -d /run/systemd/system ]; then systemctl reboot; elif command -v shutdown >/dev/null; then shutdown -r now; else reboot; fi'

const DEFAULT_TIMEOUT = 300_000
/** A host that does not answer a question as small as this is on its way down, milliseconds. */
const ANSWER_MS = 5000
const PAUSE_MS = 500

/**
 * What is different after every boot: Linux's boot id; FreeBSD's, or the second it was booted in (the microseconds move when the
 * clock is set); else what `who -b` says. Prints nothing where a host tells none of it.
 */
const BOOT_ID_SCRIPT = `cat /proc/sys/kernel/random/boot_id 2>/dev/null && exit
sysctl -n kern.boot_id 2>/dev/null && exit
sysctl -n kern.boottime 2>/dev/null | sed 's/.*[{ ]sec = \\([0-9]*\\).*/\\1/' | grep . && exit
who -b 2>/dev/null | grep .
exit 0`

/**
 * Reboots a host and waits until it is up again with another boot id: a link that merely broke is not mistaken for a reboot,
 * nor is a host that was reached once more on its way down.
 *
 * @throws {RebootError} the command failed, the host did not come back in time, or came back without having rebooted
 * @throws {UnreachableError | IdentityError} it could not be told to reboot
 */
export async function reboot(link: Link, options: RebootOptions = {}): Promise<Rebooted> {
  const { identity = LOGIN, command = REBOOT_COMMAND, delay = 0, timeout = DEFAULT_TIMEOUT, signal } = options
  const abort = signal ? { signal } : {}
  const before = await bootId(link, signal)
  if (before === '') throw new RebootError(link.name, 'not rebooted: it does not tell when it was booted')
  const start = performance.now()
  await tell(link, command, { identity, ...abort })
  if (delay > 0) await sleep(delay, undefined, abort)
  return await waitUntilRebooted(link, before, start, timeout, signal)
}

/** Gives the command; that the link breaks under it is what is wanted. */
async function tell(
  link: Link,
  command: string,
  options: { readonly identity: Identity; readonly signal?: AbortSignal },
): Promise<void> {
  try {
    const { exitCode, stderr } = await link.run(command, { ...options, timeout: ANSWER_MS })
    const said = stderr.toString().trim().split('\n').at(-1)
    if (exitCode !== 0)
      throw new RebootError(link.name, `the reboot command exited with ${exitCode}${said ? `: ${said}` : ''}`)
  } catch (error) {
    if (!(error instanceof InterruptedError) || error.how === 'cancelled') throw error
  }
}

async function waitUntilRebooted(
  link: Link,
  before: string,
  start: number,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<Rebooted> {
  let last: Error | undefined
  let wasAway = false
  while (performance.now() - start < timeout) {
    try {
      const after = await bootId(link, signal)
      if (after !== '' && after !== before) return { before, after, ms: performance.now() - start }
      last = undefined
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof UnreachableError || error instanceof InterruptedError)) throw error
      last = error
      wasAway = true
      // A silent connection would take the keepalive's time to be found out.
      await link.disconnect()
    }
    await sleep(PAUSE_MS, undefined, signal ? { signal } : {})
  }
  const seconds = Math.round(timeout / 1000)
  if (last instanceof UnreachableError || last instanceof InterruptedError)
    throw new RebootError(link.name, `did not come back within ${seconds} s of its reboot (${last.reason})`, {
      cause: last,
    })
  throw new RebootError(
    link.name,
    wasAway
      ? `came back without having rebooted (same boot id ${seconds} s after the command)`
      : `has not rebooted within ${seconds} s of being told to`,
  )
}

async function bootId(link: Link, signal: AbortSignal | undefined): Promise<string> {
  const { stdout } = await link.run(BOOT_ID_SCRIPT, { timeout: ANSWER_MS, ...(signal ? { signal } : {}) })
  return stdout.toString().trim()
}
