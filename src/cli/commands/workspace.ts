import { setMaxListeners } from 'node:events'
import type { Catalogue } from '../../engine/catalogue.js'
import { nobody } from '../../engine/connect/index.js'
import { UsageError } from '../../engine/errors.js'
import type { EngineEvent } from '../../engine/events.js'
import type { Fleet } from '../../engine/fleet/api.js'
import { type Approver, declineAll } from '../../engine/run/approval.js'
import type { Secret } from '../../engine/secret.js'
import { openWorkspace, type Workspace } from '../../repl/workspace.js'
import { type Output, redacted } from '../output.js'
import { Lines } from '../plain/lines.js'
import { lineApprover, lineAsker } from '../plain/people.js'
import type { CommonFlags } from './flags.js'

/** Exit code after Ctrl-C. */
export const INTERRUPTED = 130

/** What a one-shot command works with. */
export interface OneShot {
  readonly workspace: Workspace
  /** Aborted by Ctrl-C; a second one ends the process. */
  readonly signal: AbortSignal
  readonly approver: Approver
  /** Asks for the value of an environment variable that is to hold a secret; `undefined` where nobody can be asked. */
  askSecret(variable: string): Promise<Secret | undefined>
  /** Where it writes; secrets are taken out. */
  readonly output: Output
  /** Stops reading stdin for answers to questions: somebody else reads it from here on. */
  freeStdin(): void
}

/** For commands that read no fact and run no operation: nothing is loaded for them. */
export const NO_CATALOGUE: Catalogue = { facts: {}, operations: {} }

/**
 * Opens an inventory for one command, runs it, and closes the connections whatever happens.
 *
 * @param catalogue what is bound to fleets; default: everything
 */
export async function withWorkspace(
  inventory: string | undefined,
  flags: CommonFlags,
  output: Output,
  emit: (event: EngineEvent) => void,
  run: (shot: OneShot) => Promise<number>,
  catalogue?: Catalogue,
): Promise<number> {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal) // every host may listen
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    controller.abort(new Error('interrupted'))
  }
  process.on('SIGINT', interrupt)
  let lines: Lines | undefined
  const ask = (): Lines => (lines ??= new Lines(process.stdin, interrupt))
  const asker = process.stdin.isTTY ? lazyAsker(ask) : nobody
  const approver: Approver = (request, signal) =>
    lineApprover(ask(), redacted(output, workspace.redactor))(request, signal)
  const workspace = await openWorkspace({
    inventory,
    directory: process.cwd(),
    asker,
    approver: declineAll,
    emit,
    ...(flags.sshConfig === undefined ? {} : { sshConfig: flags.sshConfig }),
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
    ...(catalogue ? { catalogue } : {}),
  })
  try {
    const code = await run({
      workspace,
      signal: controller.signal,
      approver,
      askSecret: async variable =>
        asker.secret({
          kind: 'secret',
          key: `environment ${variable}`,
          prompt: variable,
          hosts: workspace.engine.fleet.names,
          retry: false,
        }),
      output: redacted(output, workspace.redactor),
      freeStdin: () => lines?.close(),
    })
    return controller.signal.aborted ? INTERRUPTED : code
  } finally {
    process.off('SIGINT', interrupt)
    lines?.close()
    await workspace.close()
  }
}

/**
 * The hosts of a one-shot command.
 *
 * @throws {UsageError} when there are none: a command that did nothing would look as if it had gone well.
 */
export function hostsOf({ engine, inventory }: Workspace): Fleet {
  if (engine.fleet.size === 0) throw new UsageError(`${inventory.source} has no hosts: nothing was done.`)
  return engine.fleet
}

/** The terminal is read only once somebody is asked: a command that asks nothing leaves stdin alone. */
function lazyAsker(ask: () => Lines): ReturnType<typeof lineAsker> {
  return {
    secret: question => lineAsker(ask()).secret(question),
    hostKey: question => lineAsker(ask()).hostKey(question),
  }
}
