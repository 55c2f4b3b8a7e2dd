import type { Machine } from '../fleet/machine.js'
import { identityOf, type Options, terminalOf } from '../fleet/options.js'
import { PlanUnknown } from '../plan/host-plan.js'
import type { InteractiveShell } from '../shell/interactive-shell.js'
import { GuardError, revealed } from './command.js'
import type { Scope } from './scope.js'

/** How a login shell is to start: who, where, with what, on how large a terminal of which type. */
export interface HostShellOptions extends Pick<Options, 'sudo' | 'doas' | 'su' | 'cwd' | 'env' | 'pty'> {
  /** `$TERM`; default `xterm-256color`. */
  readonly term?: string
}

/**
 * Starts a login shell on one host. What is known of the host is forgotten when it ends: a person at a shell may change anything.
 *
 * @throws {PlanUnknown} in a plan
 * @throws {GuardError} the host is `readonly`
 */
export async function startShell(
  { entry, link, reader }: Machine,
  scope: Scope,
  options: HostShellOptions,
): Promise<InteractiveShell> {
  if (scope.mode === 'plan') throw new PlanUnknown('it opens a shell, which a plan does not')
  if (entry.guard === 'readonly')
    throw new GuardError(`${entry.name}: its guard is readonly, so no shell was opened: a shell can change anything.`)
  const { cwd, env, term } = options
  const size = terminalOf({ pty: true, ...options }) ?? { columns: 80, rows: 24 }
  const shell = await link.shell({
    identity: identityOf(options),
    signal: scope.signal,
    pty: { ...size, ...(term === undefined ? {} : { term }) },
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env: revealed(env) }),
  })
  const forget = () => reader.invalidateAll()
  shell.exit.then(forget, forget)
  return shell
}
