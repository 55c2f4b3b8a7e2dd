import type { Question } from '../engine/connect/ask.js'
import type { ChannelExit } from '../engine/connect/connector.js'
import type { ChangeView, Decision, EngineEvent, OutcomeStatus, Stamped } from '../engine/events.js'
import type { Guard } from '../engine/inventory/spec.js'
import type { AttachedShell } from '../engine/shell/attach-terminal.js'
import type { Place } from './language/requests.js'
import type { Settings } from './settings/settings.js'

/** What the kernel and its front end say to each other. Plain data only: it crosses a process boundary. */

/** Everything that happens in a session. Front ends and the journal see these and nothing else. */
export type SessionEvent =
  | EngineEvent
  | {
      readonly type: 'session.start'
      /** Name of the session and of its folder under `history/`. */
      readonly session: string
      readonly inventory: string
      readonly hosts: readonly HostView[]
      readonly groups: Readonly<Record<string, readonly string[]>>
      readonly directory: string
      /** Who holds it, and on which machine: `alice@laptop`. */
      readonly by: string
    }
  /** Why what follows is done, in the person's words; empty: no reason any more. */
  | { readonly type: 'session.reason'; readonly text: string }
  | {
      /** A cell of this session or of an earlier one was taken back on these hosts, by a cell of this one. */
      readonly type: 'undone'
      readonly as: number
      readonly session: string
      /** Left out for what a deploy did. */
      readonly cell?: number
      readonly hosts: readonly string[]
    }
  | {
      /** A saved notebook was opened beside the session: its cells wait to be run, nothing was sent. */
      readonly type: 'notebook.opened'
      readonly name: string
      readonly title: string
      readonly cells: readonly NotebookCellView[]
      /** It was open before, and somebody changed its file: the numbers of the code cells that are new or another text. */
      readonly altered?: readonly number[]
    }
  /** What the person has set, where that is not the default; and again when they set something. */
  | { readonly type: 'session.settings'; readonly settings: Settings }
  /** The person put the cells of the session into this order; those that are not among them were taken away. */
  | { readonly type: 'session.arranged'; readonly cells: readonly number[] }
  /** The session was written to a notebook, whose text then had this hash: whatever else stands there somebody else wrote. */
  | { readonly type: 'notebook.saved'; readonly path: string; readonly sha256: string }
  /** A replay went back to before these cells: they are shown again when it comes to them. */
  | { readonly type: 'replay.back'; readonly cells: readonly number[] }
  /** The person marked these hosts by a command; what they mark in a pane the pane knows. */
  | { readonly type: 'session.marked'; readonly hosts: readonly string[] }
  /** The person set the guard of these hosts. */
  | { readonly type: 'session.guarded'; readonly guard: Guard; readonly hosts: readonly string[] }
  | { readonly type: 'session.focus'; readonly pattern: string; readonly hosts: readonly string[] }
  | { readonly type: 'cell.start'; readonly cell: number; readonly source: string; readonly focus: readonly string[] }
  | { readonly type: 'cell.console'; readonly cell: number; readonly stream: 'out' | 'err'; readonly text: string }
  | {
      /** What a cell that has ended left running. */
      readonly type: 'cell.left'
      readonly cell: number
      readonly running: readonly { readonly id: number; readonly what: string; readonly place?: string }[]
    }
  | { readonly type: 'cell.end'; readonly cell: number; readonly end: CellEnd; readonly ms: number }
  | { readonly type: 'question.asked'; readonly id: number; readonly question: Question }
  | { readonly type: 'question.settled'; readonly id: number }

/** A cell of an opened notebook. */
export interface NotebookCellView {
  /** What it is known by as long as the notebook is open, however its file is edited. */
  readonly key: number
  /** Its number among the notebook's code cells, for `:run`; prose has none. */
  readonly number?: number
  readonly source: string
  /** What it came to when it last ran; left out when that is not known. */
  readonly end?: CellEnd
  /** The cell was changed since. */
  readonly stale: boolean
}

export type SessionRecord = Stamped<SessionEvent>

export interface HostView {
  readonly name: string
  readonly address: string
  readonly groups: readonly string[]
  readonly guard: Guard
  /** Who commands run as there unless a call says otherwise, where the inventory says that: else the user it logs in as. */
  readonly become?: string
}

/** How a cell ended. */
export type CellEnd =
  | { readonly kind: 'ok'; readonly value: Display }
  /** An exception, in the person's code or from a host. */
  | { readonly kind: 'error'; readonly error: ErrorView }
  /** Type errors: nothing was run and nothing was sent. */
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'declined'; readonly text: string }

export interface ErrorView {
  readonly name: string
  /** One sentence. */
  readonly message: string
  /** Where in the cell, from 1; left out when it is not in the cell. */
  readonly line?: number
  readonly column?: number
  /** The person's own frames beside that place, innermost first: `cell 3:2:5`, `deploy.ts:10:3`. */
  readonly frames: readonly string[]
}

/** A type or syntax error in a cell, or what is well typed and surely not meant; positions from 1. */
export interface Problem {
  readonly line: number
  readonly column: number
  readonly length: number
  readonly message: string
  readonly code: number
  /** An edit of the source that puts it right: offsets, and what it does in a few words. */
  readonly fix?: { readonly title: string; readonly start: number; readonly end: number; readonly text: string }
}

/** A cell's value, folded and capped, ready to be drawn or printed. */
export type Display =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'results'
      readonly of: 'command' | 'operation' | 'value'
      readonly groups: readonly DisplayGroup[]
    }
  | { readonly kind: 'fleet'; readonly hosts: readonly string[] }
  | { readonly kind: 'table'; readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }

/** Hosts with the identical answer. */
export interface DisplayGroup {
  readonly hosts: readonly string[]
  readonly status: OutcomeStatus
  /** The answer, sanitised; cut to 64 KiB, and `cut` says so. */
  readonly text: string
  readonly cut: boolean
  readonly exitCode?: number
  /** Longest duration among the hosts, milliseconds. */
  readonly ms: number
  /** For operations: what was done. */
  readonly changes?: readonly ChangeView[]
}

/** A fact of one host, for the facts pane. */
export interface FactView {
  readonly name: string
  /** Rows of the value: one row with an empty name for a scalar. */
  readonly rows: readonly FactRow[]
  /** Seconds since it was read. */
  readonly age: number
  readonly error?: string
}

/** `['family', 'debian']`; with the number itself where the value is one, whatever its text may look like: `['total', '16384', 16384]`. */
export type FactRow = readonly [name: string, value: string, number?: number]

export interface CompletionView {
  readonly name: string
  /** `method`, `property`, `const`, `host`, `group` … */
  readonly kind: string
  /** What replaces the text from `from` to the cursor. */
  readonly insert: string
  readonly from: number
  readonly detail?: string
  /** More to insert in place of `insert`, by a front end that can lead through its holes. */
  readonly snippet?: Snippet
}

/** Text with places to be filled in. */
export interface Snippet {
  readonly text: string
  /** Offsets in the text where something is to be typed; the last is where one goes on behind it. */
  readonly holes: readonly number[]
  /** Typed right behind it, this says that the person writes all that by themselves. */
  readonly retyped: '(' | ':'
}

/** Something that was typed and sent, in this or an earlier session. */
export interface HistoryEntry {
  readonly text: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly session: string
  /** `ok`, `failed`, `refused`, `interrupted`, `declined`; left out while it is not known. */
  readonly outcome?: string
  /** The hosts it was for, folded: `web-[1-9]`. */
  readonly hosts?: string
}

/** What a fact or an operation says of itself. */
export interface DefinitionView {
  readonly kind: 'fact' | 'operation'
  /** One sentence. */
  readonly summary: string
  readonly args: readonly ArgumentView[]
}

export interface ArgumentView {
  readonly name: string
  /** As TypeScript writes it: `string | string[]`. */
  readonly type: string
  readonly optional: boolean
  readonly description: string
}

/** What there is to say about a draft while it is being typed. */
export interface AssistView {
  /** The call that the cursor is in. */
  readonly signature?: SignatureView
  readonly problems: readonly Problem[]
}

/** A call, around the argument at the cursor. */
export interface SignatureView {
  readonly before: string
  readonly active: string
  readonly after: string
  /** On the argument at the cursor, where something is known of it. */
  readonly argument?: string
  /** On what is called. */
  readonly documentation: string
}

/** What there is to say about the thing at the cursor. */
export interface HelpView {
  /** Its declaration, as TypeScript writes it. */
  readonly title: string
  readonly documentation: string
  readonly examples: readonly string[]
  /** For a fact or an operation. */
  readonly args: readonly ArgumentView[]
  /** Where it is declared. */
  readonly place?: Place
}

/** A running session as a front end holds it. The front end neither evaluates code nor touches the network. */
export interface SessionPort {
  /** Called with everything that happens, in order. Returns how to stop listening. */
  listen(listener: (record: SessionRecord) => void): () => void
  /** Checks and runs a cell; resolves when it has ended. `force` runs it in spite of type errors. */
  run(source: string, options?: { readonly force?: boolean }): Promise<CellEnd>
  /** Stops the running cell; hosts still busy are stopped too, what came back is kept. */
  interrupt(): void
  decide(id: number, decision: Decision): void
  /** Answers a question: the text of a secret, or yes or no to a host key; `undefined` declines. */
  answer(id: number, answer: string | boolean | undefined): void
  /**
   * A colon command, without its colon: `focus web`, `save fix-ntp`, `export deploy.ts`, `undo`, `guard`, `hosts`, `facts`, `help`.
   * Resolves to what it says. @throws {UsageError} one sentence.
   */
  command(line: string): Promise<CommandReply>
  /** Type errors of a draft. */
  check(source: string): Promise<readonly Problem[]>
  complete(source: string, position: number): Promise<readonly CompletionView[]>
  /** What helps to write on: the call around the cursor, and what is wrong so far. */
  assist(source: string, position: number): Promise<AssistView>
  /** What there is to say about what stands at an offset of a draft. */
  help(source: string, position: number): Promise<HelpView | undefined>
  /** Where what stands at an offset of a draft is declared. */
  definition(source: string, position: number): Promise<Place | undefined>
  /** What one of the completions is: its declaration and its documentation. */
  describe(source: string, position: number, name: string): Promise<string | undefined>
  /** The usual facts of one host, read now unless known; with `afresh`, now in any case. */
  facts(host: string, afresh?: boolean): Promise<readonly FactView[]>
  /**
   * Starts a login shell on a host, to be joined to the terminal the person sits at.
   *
   * @throws {MusterError} the host cannot be reached, or has no terminals
   */
  attach(host: string, terminal: TerminalView): Promise<AttachedShell>
  /** What the person marked in the hosts pane: `sel` in code. */
  select(hosts: readonly string[]): void
  /** How the person arranged the cells on the screen, by number: what is saved and exported follows it. */
  arrange(cells: readonly number[]): void
  /** Earlier inputs of all sessions, oldest first. */
  history(): Promise<readonly HistoryEntry[]>
  /** Colon commands, facts and operations, for whoever looks for one. */
  names(): Promise<readonly CompletionView[]>
  /** Ends the session: connections closed, journal complete. */
  close(): Promise<void>
}

/** The terminal the person sits at. */
export interface TerminalView {
  readonly columns: number
  readonly rows: number
  /** `TERM` there. */
  readonly term?: string
}

/** How an attached shell ended; `error` when the connection was lost. */
export type ShellEnd = ChannelExit | { readonly error: string }

export type CommandReply =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'display'; readonly display: Display }
  | { readonly kind: 'quit' }
