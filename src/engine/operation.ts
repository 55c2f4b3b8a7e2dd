import type { z } from 'zod'
import { checkArgs } from './args.js'
import type { Fact } from './fact.js'
import type { Change, OperationCall } from './plan/change.js'
import type { LocalFile } from './transfer/local-file.js'

/** A host as a plan sees it: facts only, nothing that changes it. */
export interface PlanHost {
  readonly name: string
  readonly groups: readonly string[]
  readonly data: Readonly<Record<string, unknown>>
  /** Reads a fact; in a plan it answers what earlier planned changes predict. */
  fact<T>(fact: Fact<undefined, T>): Promise<T>
  fact<A, T>(fact: Fact<A, T>, args: NoInfer<A>): Promise<T>
  /** Reads a file of this machine (not of the host), relative to the directory of the session or deploy. @throws {UsageError} when it cannot be read. */
  readLocal(path: string): Promise<Buffer>
  /** Size and SHA-256 of a file of this machine, which is never in memory as a whole. @throws {UsageError} as `readLocal` */
  localFile(path: string): Promise<LocalFile>
}

export interface OperationSpec<S extends z.ZodType> {
  /** `domain.name`: `files.line`. */
  readonly name: string
  /** One sentence: the state it brings about. */
  readonly summary: string
  readonly args: S
  /** True when it cannot settle: it changes something each time it runs (`server.shell`). Its plan says so and it is not measured. */
  readonly imperative?: boolean
  /**
   * For what takes changes back: one call that leaves what two calls leave, the second carried out after the first; `undefined` where
   * they are about different things.
   */
  combined?(first: z.output<S>, second: z.output<S>): z.input<S> | undefined
  /**
   * The calls that it is made of, where it is nothing else: each is carried out and measured before the next, which may alter again what
   * an earlier one did.
   */
  parts?(args: z.output<S>): readonly OperationCall[]
  /**
   * Compares desired with present and yields what must change, in order. Read facts again after a `yield`: in a plan they
   * answer what the change predicts, in an apply what it did. Yielding nothing means: nothing to do.
   */
  plan(host: PlanHost, args: z.output<S>): AsyncGenerator<Change, void, void>
}

/** A desired state, idempotent. */
export interface Operation<out A> {
  readonly kind: 'operation'
  readonly name: string
  readonly summary: string
  readonly args: z.ZodType
  readonly imperative: boolean
  /** Checks the arguments. @throws {UsageError} naming the operation and the argument that is wrong. */
  check(args: unknown): unknown
  /** Arguments of one call that leaves what two leave, where there are such. */
  combined(first: unknown, second: unknown): unknown
  /** The calls that are measured one by one; this one alone, unless it is made of others. */
  parts(args: unknown): readonly OperationCall[]
  plan(host: PlanHost, args: unknown): AsyncGenerator<Change, void, void>
  /** The type of its arguments; never set. */
  readonly '~args'?: A
}

/**
 * Defines an operation.
 *
 * @example
 * const hostname = operation({
 *   name: 'my.hostname',
 *   summary: 'Sets the host name.',
 *   args: z.object({ name: z.string() }),
 *   async *plan(host, { name }) {
 *     const before = await host.fact(facts.server.hostname)
 *     if (before !== name) yield { summary: `name it ${name}`, diff: …, steps: [{ kind: 'run', script: `hostname ${quote(name)}` }], touches: ['hostname'] }
 *   },
 * })
 */
export function operation<S extends z.ZodType>(spec: OperationSpec<S>): Operation<z.input<S>> {
  const check = (args: unknown): z.output<S> => checkArgs(spec.name, spec.args, args)
  const made: Operation<z.input<S>> = {
    kind: 'operation',
    name: spec.name,
    summary: spec.summary,
    args: spec.args,
    imperative: spec.imperative ?? false,
    check,
    combined: (first, second) => spec.combined?.(check(first), check(second)),
    parts: args => spec.parts?.(check(args)) ?? [{ operation: made, args }],
    plan: (host, args) => spec.plan(host, check(args)),
  }
  return made
}
