import type { Decision } from '../../engine/events.js'
import type { Guard, InventorySpec } from '../../engine/inventory/spec.js'
import type { Candidates } from '../completion/candidate.js'
import type { ArgumentText } from '../language/requests.js'
import type {
  CellEnd,
  CommandReply,
  DefinitionView,
  FactView,
  HistoryEntry,
  Problem,
  SessionRecord,
  ShellEnd,
  TerminalView,
} from '../protocol.js'
import type { CellsToRun } from './notebook-beside.js'

/** What a front end asks of the kernel. A call is answered by one `reply` or `refusal` of the same id; a notice by nothing. */
export type KernelCall =
  | { readonly type: 'open'; readonly options: KernelOptions }
  | {
      readonly type: 'run'
      readonly source: string
      readonly problems: readonly Problem[]
      /** The number of the cell of the open notebook that it is. */
      readonly notebookCell?: number
    }
  | { readonly type: 'command'; readonly line: string }
  | { readonly type: 'facts'; readonly host: string; readonly afresh: boolean }
  /** What may stand at the end of a colon command. */
  | { readonly type: 'completeCommand'; readonly typed: string }
  /** What may stand in an argument that names something. */
  | { readonly type: 'completeArgument'; readonly argument: ArgumentText }
  | { readonly type: 'history' }
  /** Why names are not there that the notebook beside the session gives. */
  | { readonly type: 'notRun'; readonly names: readonly string[] }
  /** A login shell on a host, on a terminal there; answered when it has started. */
  | { readonly type: 'attach'; readonly host: string; readonly terminal: TerminalView }
  /** Brings back what cells of a kernel that is gone have declared. */
  | { readonly type: 'replay'; readonly cells: readonly PastCell[] }
  /** Asks nothing: an answer shows that the kernel listens. */
  | { readonly type: 'ping' }
  | { readonly type: 'close' }

export type KernelNotice =
  | { readonly type: 'decide'; readonly approval: number; readonly decision: Decision }
  | { readonly type: 'answer'; readonly question: number; readonly answer: string | boolean | undefined }
  | { readonly type: 'select'; readonly hosts: readonly string[] }
  | { readonly type: 'arrange'; readonly cells: readonly number[] }
  | ShellNotice

/** What is done to an attached shell. It sends one chunk of what it shows for each `shell.more`, so that it waits for whoever looks. */
export type ShellNotice =
  | { readonly type: 'shell.typed'; readonly shell: number; readonly keys: Uint8Array }
  | { readonly type: 'shell.resized'; readonly shell: number; readonly columns: number; readonly rows: number }
  | { readonly type: 'shell.more'; readonly shell: number }
  | { readonly type: 'shell.close'; readonly shell: number }

export type ToKernel = (KernelCall & { readonly id: number }) | KernelNotice

export type FromKernel =
  | ShellNews
  | { readonly type: 'records'; readonly records: readonly SessionRecord[] }
  | { readonly type: 'reply'; readonly id: number; readonly value: KernelValue }
  | { readonly type: 'refusal'; readonly id: number; readonly usage: boolean; readonly message: string }

/** What an attached shell shows, and how it ended. */
export type ShellNews =
  | { readonly type: 'shell.shown'; readonly shell: number; readonly chunk: Uint8Array }
  | { readonly type: 'shell.ended'; readonly shell: number; readonly end: ShellEnd }

/** What a colon command says, or cells that are to be checked and run as if they had been typed. */
export type KernelReply =
  | CommandReply
  | ({ readonly kind: 'run' } & CellsToRun)
  /** What stands behind the command, or what was refused last, in spite of its type errors. */
  | { readonly kind: 'run anyway' }
  /** `sure`: also when values are lost by it. */
  | { readonly kind: 'restart'; readonly sure: boolean }

/** What each call is answered with. */
export interface KernelAnswers {
  open: KernelOpened
  run: { readonly cell: number; readonly end: CellEnd }
  command: KernelReply
  facts: readonly FactView[]
  completeCommand: Candidates
  completeArgument: Candidates | undefined
  history: readonly HistoryEntry[]
  /** The rest of a sentence about a name. */
  notRun: Readonly<Record<string, string>>
  attach: number
  replay: Replayed
  ping: undefined
  close: undefined
}

export type KernelValue = KernelAnswers[keyof KernelAnswers]

/** A cell of a kernel that is gone. */
export interface PastCell {
  readonly cell: number
  readonly source: string
  /** The hosts that bare calls acted on. */
  readonly focus: readonly string[]
  /** Those that were marked: `sel`. */
  readonly marked: readonly string[]
  readonly end: CellEnd['kind']
  /** Why it must not be run again: `it changed hosts`. */
  readonly wrote?: string
}

/** What came of bringing declarations back. */
export interface Replayed {
  /** Cells that ran again, and whether they gave a value. */
  readonly again: readonly { readonly cell: number; readonly source: string; readonly hasValue: boolean }[]
  /** Cells that did not, with the reason. */
  readonly left: readonly { readonly cell: number; readonly reason: string }[]
  /** Names that are gone with them, with the rest of the sentence that says so. */
  readonly missing: Readonly<Record<string, string>>
}

/** What the front end's language worker needs to know of the session. */
export interface KernelOpened {
  /** The generated declaration of the inventory's names. */
  readonly registerDeclaration: string
  /** Operation domains bound at the prompt: `apt`, `files` … */
  readonly domains: readonly string[]
  readonly hosts: readonly string[]
  readonly groups: Readonly<Record<string, readonly string[]>>
  /** Every fact and operation by its name at the prompt: `facts.server.os`, `files.line`. */
  readonly definitions: Readonly<Record<string, DefinitionView>>
}

export interface KernelOptions {
  readonly inventory: string | InventorySpec | undefined
  readonly sshConfig?: boolean | string
  readonly limit?: string
  readonly directory: string
  /** Go on with this session, whose kernel is gone, after its last cell. */
  readonly continues?: {
    readonly session: string
    readonly cells: number
    readonly focus: string
    readonly marked: readonly string[]
    /** Those that the person set. */
    readonly guards: Readonly<Record<string, Guard>>
    /** The cell that it was running, and since when, in milliseconds since the epoch. */
    readonly running?: { readonly cell: number; readonly since: number }
  }
  /** Open this saved session instead of starting an empty one. */
  readonly notebook?: string
  /** It is a guide, and not the person's to change: without a name, the session is saved as a notebook of its own. */
  readonly isGuide?: boolean
  /** Replay this recorded session instead of working on hosts: its name, `last`, or that of a notebook saved from it. */
  readonly replay?: string
  /** Where a replay begins; default: at its end, with all of it shown. */
  readonly replayFrom?: 'start' | 'end'
  /** Whether console output is coloured. */
  readonly colors: boolean
  /** Connect to all hosts at once when opening; else each host on first use. */
  readonly connect: boolean
}

/** Descriptor of the pipe on which the kernel hears of interruptions, even while a cell holds its thread. */
export const INTERRUPT_FD = 4
