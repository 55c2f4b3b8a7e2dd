import type { z } from 'zod'
import { checkArgs } from './args.js'
import type { Topic } from './plan/topic.js'
import { stableJson } from './stable.js'

/** The answer of a fact's command, for parsers that need more than its text. */
export interface FactOutput {
  readonly bytes: Buffer
  readonly stderr: string
  readonly exitCode: number
}

export interface FactSpec<S extends z.ZodType, T> {
  /** `domain.name`: `server.users`. */
  readonly name: string
  /** One sentence: what it tells. */
  readonly summary: string
  /** Shape of its arguments; left out: it takes none. */
  readonly args?: S
  /**
   * POSIX `sh` text that prints the answer and changes nothing. It runs in a subshell of a held `sh`, with stdin from /dev/null.
   * A non-zero exit is a {@link FactError}.
   */
  readonly command: (args: z.output<S>) => string
  /** Reads the answer. What it throws becomes a {@link FactError} that carries the command and the text. */
  readonly parse: (stdout: string, args: z.output<S>, output: FactOutput) => T
  /** A program the command needs. Where it is not installed the answer is `missing`. */
  readonly requires?: string
  /** The answer where `requires` is not installed; left out, that is a {@link FactError}. */
  readonly missing?: NoInfer<T>
  /** What it reads, so that changes know which answers they spoil; default: its own name. */
  readonly reads?: (args: z.output<S>) => readonly Topic[]
  /** True for what no command at the prompt can change without a reboot: kernel, CPU count. Kept when `$` spoils everything else. */
  readonly immutable?: boolean
  /** The part of the value that counts when a prediction is compared with what was measured; default: all of it (a file: not its mtime). */
  readonly settled?: (value: NoInfer<T>) => unknown
}

/** A typed value that can be read from a host. Reading changes nothing. */
export interface Fact<out A, out T> {
  readonly kind: 'fact'
  readonly name: string
  readonly summary: string
  readonly args: z.ZodType | undefined
  /** Checks the arguments and makes the question. @throws {UsageError} naming the fact and the argument that is wrong. */
  ask(args: unknown): FactQuestion<T>
  /** The type of its arguments; never set. */
  readonly '~args'?: A
}

/** A fact asked with certain arguments. */
export interface FactQuestion<out T> {
  readonly fact: string
  /** Equal for equal questions: the fact's name and its arguments. */
  readonly key: string
  readonly args: unknown
  readonly command: string
  readonly requires: string | undefined
  readonly missing: { readonly value: T } | undefined
  readonly reads: readonly Topic[]
  readonly immutable: boolean
  parse(output: FactOutput): T
  settled(value: T): unknown
}

/**
 * Defines a fact.
 *
 * @example
 * export const uptime = fact({
 *   name: 'server.uptime',
 *   summary: 'Seconds since the host was booted.',
 *   command: () => 'cat /proc/uptime',
 *   parse: stdout => Number.parseFloat(stdout),
 * })
 */
export function fact<T>(spec: FactSpec<z.ZodUndefined, T>): Fact<undefined, T>
export function fact<S extends z.ZodType, T>(spec: FactSpec<S, T> & { readonly args: S }): Fact<z.input<S>, T>
export function fact<S extends z.ZodType, T>(spec: FactSpec<S, T>): Fact<z.input<S>, T> {
  const missing = 'missing' in spec ? { value: spec.missing as T } : undefined
  return {
    kind: 'fact',
    name: spec.name,
    summary: spec.summary,
    args: spec.args,
    ask(input) {
      const args = checkArgs(spec.name, spec.args, input)
      return {
        fact: spec.name,
        key: args === undefined ? spec.name : `${spec.name} ${stableJson(args)}`,
        args,
        command: spec.command(args),
        requires: spec.requires,
        missing,
        reads: spec.reads?.(args) ?? [spec.name],
        immutable: spec.immutable ?? false,
        parse: output => spec.parse(output.bytes.toString('utf8'), args, output),
        settled: value => (spec.settled ? spec.settled(value) : value),
      }
    },
  }
}
