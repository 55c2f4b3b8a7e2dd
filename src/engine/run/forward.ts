import type { Machine } from '../fleet/machine.js'
import type { Options } from '../fleet/options.js'
import type { Forward } from '../forward/forward.js'
import { openForward } from '../forward/open.js'
import type { ForwardSpec } from '../forward/spec.js'
import { PlanUnknown } from '../plan/host-plan.js'
import { GuardError } from './command.js'
import type { Scope } from './scope.js'

/**
 * Opens a forward on one host, for the session, or for one pass of a deploy. What goes through it may change the host, so
 * that it is held to the rules of a command.
 *
 * @param warn told of connections that reached nothing
 * @throws {PlanUnknown} in a plan, unless it is `readOnly`
 * @throws {GuardError} the host is `readonly` and the forward is not
 */
export async function forwardPort(
  { entry, link, forwards }: Machine,
  { mode, run, signal }: Scope,
  spec: ForwardSpec,
  options: Options,
  warn: (sentence: string) => void,
): Promise<Forward> {
  if (!options.readOnly) {
    if (mode === 'plan') throw new PlanUnknown('it needs a forwarded port, which a plan does not open')
    if (entry.guard === 'readonly')
      throw new GuardError(
        `${entry.name}: its guard is readonly; a forward through which nothing changes is opened with { readOnly: true }.`,
      )
  }
  const forward = await openForward(link, spec, warn, signal)
  for (const old of forwards) if (old.state === 'closed') forwards.delete(old)
  forwards.add(forward)
  run?.keep(forward)
  return forward
}
