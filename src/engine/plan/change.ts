import type { Identity } from '../connect/link.js'
import type { Fact } from '../fact.js'
import type { Operation } from '../operation.js'
import type { LocalFile } from '../transfer/local-file.js'
import type { Diff } from './diff.js'
import type { Topic } from './topic.js'

/** One alteration of one host: what it is, what it would look like, how it is done, and how it is taken back. */
export interface Change {
  /** `edit /etc/ntp.conf`, `install chrony`: a verb and its object, the same for hosts where the same happens. */
  readonly summary: string
  readonly diff: Diff
  /** Carried out in order; the first that fails ends the change. */
  readonly steps: readonly Step[]
  /** All that the steps may alter. Cached facts that read any of it are asked again. */
  readonly touches: readonly Topic[]
  /** Facts whose value after the change is known. Topics touched and not predicted make later plans that read them `unknown`. */
  readonly predicts?: readonly Prediction[]
  /** The call that takes it back; left out where nothing can. */
  readonly undo?: OperationCall | undefined
  /** Why it cannot be taken back, where that is worth a warning before it is applied. */
  readonly irreversible?: string | undefined
  /** `false`: done whenever it is planned (a restart asked for), so a second plan may ask for it again. */
  readonly settles?: false
}

export type Step = RunStep | WriteStep | RebootStep

/** A POSIX `sh` script; a non-zero exit fails the change. */
export interface RunStep {
  readonly kind: 'run'
  readonly script: string
  readonly stdin?: Uint8Array
  /** Milliseconds; default: the operation's time-out option. */
  readonly timeout?: number
}

/** An atomic replacement of a file. */
export interface WriteStep {
  readonly kind: 'write'
  readonly path: string
  /** The bytes, or a local file that is streamed. */
  readonly content: Uint8Array | LocalFile
  /** Octal text, `0644`. */
  readonly mode?: string
  readonly owner?: string
  readonly group?: string
}

/** A reboot, waited for. */
export interface RebootStep {
  readonly kind: 'reboot'
  readonly command: string
  /** Milliseconds after the command until the host is looked for. */
  readonly delay: number
  /** Milliseconds from the command until the host must be up again. */
  readonly timeout: number
}

/** A fact whose value after a change is known before it is applied. Make it with {@link predict}. */
export interface Prediction {
  readonly fact: Fact<unknown, unknown>
  readonly args: unknown
  readonly value: unknown
}

/** An operation with its arguments, to be planned later: how an undo is kept. */
export interface OperationCall {
  readonly operation: Operation<unknown>
  readonly args: unknown
  /** Who it is to be run as: for a way back, who made the change. Left out: as the fleet has it. */
  readonly identity?: Identity
}

/** States what a fact will answer after a change, with its types checked. */
export function predict<T>(fact: Fact<undefined, T>, args: undefined, value: NoInfer<T>): Prediction
export function predict<A, T>(fact: Fact<A, T>, args: NoInfer<A>, value: NoInfer<T>): Prediction
export function predict(fact: Fact<unknown, unknown>, args: unknown, value: unknown): Prediction {
  return { fact, args, value }
}

/** An operation call with its arguments checked by type, for `undo`. */
export function callOf<A>(operation: Operation<A>, args: NoInfer<A>): OperationCall {
  return { operation, args }
}

/** The calls that take changes back, the latest first, as whoever made the changes. */
export function undoOf(changes: readonly Change[], identity: Identity): OperationCall[] {
  return changes.flatMap(({ undo }) => (undo ? [{ ...undo, identity }] : [])).reverse()
}
