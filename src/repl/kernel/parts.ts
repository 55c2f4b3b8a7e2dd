import { declineAll } from '../../engine/run/approval.js'
import { historyDirectory } from '../../journal/place.js'
import type { CellError } from '../cells/cell-error.js'
import { Evaluator } from '../cells/evaluator.js'
import type { SessionEvent } from '../protocol.js'
import { openReplay, type Replay, replayedHosts } from '../replay/replay.js'
import { openWorkspace, type Workspace, type WorkspaceOptions } from '../workspace.js'
import { ArgumentValues } from './argument-values.js'
import type { KernelOptions } from './messages.js'
import type { People } from './people.js'
import { PromptGlobals } from './prompt-globals.js'
import { SessionLog } from './session-log.js'

/** What a session is made of. */
export interface Parts {
  /** Where the person works. */
  readonly directory: string
  readonly workspace: Workspace
  readonly evaluator: Evaluator
  readonly globals: PromptGlobals
  readonly log: SessionLog
  readonly values: ArgumentValues
  /** The recorded session that is looked at instead of hosts. */
  readonly replay: Replay | undefined
}

/** Who is told of what happens in them. */
interface Listeners {
  readonly isInterrupting: () => boolean
  readonly people: Pick<People, 'asker' | 'approver'>
  readonly emit: (event: SessionEvent) => void
  readonly printed: (cell: number, stream: 'out' | 'err', text: string) => void
  readonly uncaught: (error: CellError | undefined, thrown: unknown) => void
  readonly operated: NonNullable<WorkspaceOptions['operated']>
}

/** Opens an inventory, or a recorded session in its place, and starts the journal. @throws {UsageError} */
export async function openParts(options: KernelOptions, listeners: Listeners): Promise<Parts> {
  const { directory } = options
  const { isInterrupting, people, emit, printed, uncaught, operated } = listeners
  let log: SessionLog | undefined
  const evaluator = new Evaluator({
    cwd: directory,
    provide: new Map([['muster', await import('../../index.js')]]),
    isInterrupting,
    onOutput: (cell, stream, text) => printed(cell, stream === 'stdout' ? 'out' : 'err', text),
    onUncaught: uncaught,
    colors: options.colors,
  })
  const replay =
    options.replay === undefined ? undefined : await openReplay(historyDirectory(directory), options.replay)
  const workspace = await openWorkspace({
    ...options,
    ...(replay ? replayedHosts(replay) : {}),
    loader: evaluator.modules,
    reconnect: true,
    asker: people.asker,
    approver: replay ? declineAll : people.approver,
    emit,
    heard: answer => log?.heard(answer),
    operated,
  })
  const { engine, redactor } = workspace
  log = replay
    ? SessionLog.ofReplay(directory, replay.recording.session, replay.records, redactor)
    : await SessionLog.start(directory, redactor, options.continues?.session)
  const globals = new PromptGlobals(engine)
  return { directory, workspace, evaluator, globals, log, values: new ArgumentValues(engine), replay }
}
