import type { LinkState } from './connect/connector.js'
import type { Identity } from './connect/link.js'
import type { ConnectTrace } from './connect/trace.js'
import type { Guard } from './inventory/spec.js'
import type { Diff } from './plan/diff.js'

/**
 * Everything that happens. Screen, plain output, JSON lines and journal subscribe to these and to nothing else.
 * All of it is plain data: it crosses the process boundary and goes into the journal as it is, after redaction.
 */
export type EngineEvent =
  | {
      readonly type: 'host.state'
      readonly host: string
      readonly state: LinkState
      readonly ms: number
      readonly reason?: string
      /** For `ready`: the user it logged in as. */
      readonly user?: string
    }
  | { readonly type: 'host.latency'; readonly host: string; readonly ms: number }
  /** How an attempt to connect went. */
  | { readonly type: 'host.trace'; readonly host: string; readonly trace: ConnectTrace }
  | {
      readonly type: 'task.start'
      readonly task: number
      readonly cell?: number
      readonly kind: TaskKind
      readonly label: string
      readonly hosts: readonly string[]
    }
  | { readonly type: 'task.host'; readonly task: number; readonly host: string; readonly outcome: OutcomeView }
  | {
      /** How far a transfer is, in bytes, over all hosts and on those that moved; at most ten a second. Not in the journal. */
      readonly type: 'task.progress'
      readonly task: number
      readonly done: number
      readonly total: number
      readonly hosts: Readonly<Record<string, { readonly done: number; readonly total: number }>>
    }
  /** What hosts that still run said last, in whole lines. Not in the journal: the answer is. */
  | {
      readonly type: 'task.output'
      readonly task: number
      readonly hosts: Readonly<Record<string, readonly string[]>>
    }
  | { readonly type: 'task.end'; readonly task: number; readonly ms: number }
  | { readonly type: 'plan'; readonly task: number; readonly cell?: number; readonly plan: PlanView }
  | { readonly type: 'approval.asked'; readonly request: ApprovalRequest }
  | { readonly type: 'approval.given'; readonly id: number; readonly decision: Decision }
  | {
      /** One at a time on a host within a task: what ends next there is this one. */
      readonly type: 'change.start'
      readonly task: number
      readonly host: string
      readonly summary: string
      /** All that it may alter: `file:/etc/ntp.conf`, `packages`. */
      readonly touches?: readonly string[]
      /** The way back, recorded before anything is done. */
      readonly undo?: UndoView
    }
  | {
      readonly type: 'change.applied'
      readonly task: number
      readonly host: string
      readonly change: ChangeView
      readonly ms: number
    }
  | {
      readonly type: 'change.failed'
      readonly task: number
      readonly host: string
      readonly change: ChangeView
      /** Some of it may have been carried out. */
      readonly begun?: boolean
      readonly error: string
    }
  | { readonly type: 'note'; readonly level: 'info' | 'warning' | 'error'; readonly text: string }

/** What a host answered, whole enough to be answered again from the record. For the journal alone. */
export type AnswerEvent =
  | {
      readonly type: 'answer.command'
      readonly host: string
      readonly command: string
      readonly identity: Identity
      readonly stdout: RecordedOutput
      readonly stderr: RecordedOutput
      readonly exitCode: number
    }
  | {
      readonly type: 'answer.fact'
      readonly host: string
      readonly fact: string
      /** The fact's name and its arguments, as text. */
      readonly key: string
      readonly identity: Identity
      readonly answer: RecordedFact
    }

/** Takes what hosts answer. */
export type Heard = (answer: AnswerEvent) => void

/** What a program said: text, or bytes that are none, in base64. */
export type RecordedOutput = string | { readonly $bytes: string }

/** What a fact's command said; `missing` where the program it needs is not installed. */
export type RecordedFact =
  | 'missing'
  | { readonly output: RecordedOutput; readonly stderr: string; readonly exitCode: number }

export type TaskKind = 'command' | 'fact' | 'operation' | 'transfer'

/** How one host answered, fit for folding and showing. */
export interface OutcomeView {
  readonly status: OutcomeStatus
  /** Equal for equal outcomes: hosts fold by it. */
  readonly key: string
  /** The answer or the error as text, sanitised and cut to 64 KiB; the whole of it stays in the kernel and the journal's blobs. */
  readonly text: string
  readonly exitCode?: number
  readonly ms: number
}

/**
 * `unknown`: in a plan, the answer depends on what cannot be predicted; at a prompt, the command was cut off and its effect is not known.
 * `cancelled`: never sent. `skipped`: the host had left the run.
 */
export type OutcomeStatus = 'ok' | 'failed' | 'unreachable' | 'unknown' | 'cancelled' | 'skipped'

/** A planned operation over hosts, folded by identical outcome: unknowns first, then the largest group. */
export interface PlanView {
  readonly operation: string
  /** As the person reads it: `files.line /etc/ntp.conf`. */
  readonly label: string
  readonly groups: readonly PlanGroupView[]
  /** The users it would be done as, as far as they are known; none where nothing would be done. */
  readonly as?: readonly string[]
}

export interface PlanGroupView {
  readonly hosts: readonly string[]
  readonly outcome: 'change' | 'same' | 'unknown' | 'failed'
  readonly changes: readonly ChangeView[]
  /** Why it is unknown, or how planning failed. */
  readonly reason?: string
}

export interface ChangeView {
  readonly summary: string
  readonly diff: Diff
  readonly commands: readonly string[]
  /** Whether the journal will hold a way back. */
  readonly undoable: boolean
  readonly irreversible?: string
  readonly imperative?: boolean
}

/** The way back, as data: the name of an operation and its arguments. */
export interface UndoView {
  readonly operation: string
  readonly args: unknown
  /** Who made the change and takes it back; left out for the login user. */
  readonly identity?: Identity
}

/** One question to the person: shall this be done? */
export interface ApprovalRequest {
  readonly id: number
  readonly cell?: number
  /** What is asked for: `files.line on 9 hosts`. */
  readonly title: string
  /** Steps in order; each is one planned operation. */
  readonly plans: readonly PlanView[]
  /** Hosts that would change (or may: unknowns count). */
  readonly hosts: readonly string[]
  /** Groups that can be approved on their own: hosts for which every step is the same. */
  readonly choices: readonly ApprovalChoice[]
  /** The strictest guard among the hosts; `count` wants `confirmedHosts` in the decision. */
  readonly guard: Guard
  /** True when this was not in the plan that had been approved. */
  readonly unplanned: boolean
}

export interface ApprovalChoice {
  readonly id: number
  readonly hosts: readonly string[]
  readonly summary: string
}

export type Decision =
  | {
      readonly kind: 'apply'
      /** Ids of the approved choices; all of them when left out. */
      readonly choices?: readonly number[]
      /** Approve what else this cell asks for, too. */
      readonly rest?: boolean
      /** The number of hosts, as typed by the person; needed where the guard is `count`. */
      readonly confirmedHosts?: number
    }
  | { readonly kind: 'decline' }

/** An event with its time and number, as subscribers get it. */
export type Stamped<E> = E & {
  /** Milliseconds since the epoch. */
  readonly at: number
}

export type Emit<E = EngineEvent> = (event: E) => void
