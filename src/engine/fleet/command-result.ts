import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RawResult } from '../connect/link.js'
import { MusterError } from '../errors.js'
import { stableJson } from '../stable.js'
import { brief } from '../text/brief.js'

/** Most bytes of an output that are made into text; all of it is in the streams. */
const MOST_TEXT = 16 * 1024 * 1024

/**
 * What a command said and how it ended. As text it is its stdout without the last line end.
 *
 * A big answer is kept in a file: `stdout` then is the first 16 MiB of it, `truncated` says so, and the whole is had by
 * {@link stdoutStream} or {@link save}.
 */
export class CommandResult {
  readonly command: string
  readonly exitCode: number
  /** Milliseconds. */
  readonly ms: number
  /** True when `stdout` or `stderr` do not hold all that the command said. */
  readonly truncated: boolean
  readonly #raw: RawResult

  constructor(command: string, raw: RawResult) {
    this.command = command
    this.exitCode = raw.exitCode
    this.ms = raw.ms
    const { stdoutFile, stderrFile } = raw
    this.truncated = raw.truncated || [stdoutFile, stderrFile].some(file => file && file.size > MOST_TEXT)
    this.#raw = raw
  }

  get stdout(): string {
    return this.bytes.toString('utf8')
  }

  get stderr(): string {
    return this.#head('stderr', MOST_TEXT).toString('utf8')
  }

  /** stdout as it came, for what is not text; the first 16 MiB of it. */
  get bytes(): Buffer {
    return this.#head('stdout', MOST_TEXT)
  }

  /** How many bytes stdout has in all. */
  get size(): number {
    return this.#raw.stdoutFile?.size ?? this.#raw.stdout.length
  }

  /** The whole of stdout, as it came. */
  stdoutStream(): Readable {
    return this.#stream('stdout')
  }

  /** The whole of stderr. */
  stderrStream(): Readable {
    return this.#stream('stderr')
  }

  /**
   * Writes the whole of stdout to a file of this machine, readable by nobody else.
   *
   * @example
   * const { size } = await (await host.$`journalctl`).save('journal.txt')
   */
  async save(path: string): Promise<this> {
    await pipeline(this.stdoutStream(), createWriteStream(path, { mode: 0o600 }))
    return this
  }

  /** @internal The beginning of what it said, stdout then stderr, and how many characters or (of what is not decoded) bytes that leaves out. */
  beginning(most: number): { readonly text: string; readonly left: number } {
    const [out, err] = (['stdout', 'stderr'] as const).map(name => {
      // four bytes are the most that a character takes
      const head = this.#head(name, 4 * most)
      return { text: head.toString('utf8'), left: this.#sizeOf(name) - head.length }
    })
    const between = out?.text && err?.text && !out.text.endsWith('\n') ? '\n' : ''
    const text = `${out?.text ?? ''}${out?.left ? '' : `${between}${err?.text ?? ''}`}`
    const cut = text.slice(0, most)
    const unread = (out?.left ?? 0) + (out?.left ? this.#sizeOf('stderr') : (err?.left ?? 0))
    return { text: cut, left: text.length - cut.length + unread }
  }

  #head(name: 'stdout' | 'stderr', most: number): Buffer {
    return this.#raw[`${name}File`]?.head(most) ?? this.#raw[name]
  }

  #sizeOf(name: 'stdout' | 'stderr'): number {
    return this.#raw[`${name}File`]?.size ?? this.#raw[name].length
  }

  #stream(name: 'stdout' | 'stderr'): Readable {
    return this.#raw[`${name}File`]?.stream() ?? Readable.from([this.#raw[name]])
  }

  get ok(): boolean {
    return this.exitCode === 0
  }

  /** stdout without the last line end. */
  get text(): string {
    return this.stdout.replace(/\r?\n$/, '')
  }

  /** stdout by lines. */
  get lines(): string[] {
    return this.text === '' ? [] : this.text.split(/\r?\n/)
  }

  /** stdout as JSON. @throws {SyntaxError} */
  get json(): unknown {
    return JSON.parse(this.stdout)
  }

  /** @internal Hosts fold by it: exit code and both outputs. */
  get foldKey(): string {
    const { stdoutFile, stderrFile } = this.#raw
    return stableJson([this.exitCode, stdoutFile?.digest ?? this.stdout, stderrFile?.digest ?? this.stderr])
  }

  toString(): string {
    return this.text
  }

  toJSON(): { command: string; exitCode: number; stdout: string; stderr: string; truncated?: true } {
    const { command, exitCode, stdout, stderr, truncated } = this
    return { command, exitCode, stdout, stderr, ...(truncated ? { truncated } : {}) }
  }
}

/** A command ended with an exit code that was not expected. */
export class CommandError extends MusterError {
  override readonly name = 'CommandError'
  constructor(
    readonly host: string,
    readonly result: CommandResult,
    /** What was wrong, where it is not the exit code. */
    trouble = `exited with ${result.exitCode}`,
  ) {
    super(`${host}: ${brief(result.command)} ${trouble}${lastWords(result)}`)
  }

  /** @internal */
  get foldKey(): string {
    return this.result.foldKey
  }
}

function lastWords(result: CommandResult): string {
  const line = result.stderr.trim().split('\n').at(-1) ?? ''
  return line === '' ? '' : `: ${line.slice(0, 300)}`
}
