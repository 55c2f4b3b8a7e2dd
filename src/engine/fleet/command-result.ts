import type { RawResult } from '../connect/link.js'
import { MusterError } from '../errors.js'
import { stableJson } from '../stable.js'
import { brief } from '../text/brief.js'

/** What a command said and how it ended. As text it is its stdout without the last line end. */
export class CommandResult {
  readonly command: string
  readonly exitCode: number
  /** Milliseconds. */
  readonly ms: number
  /** True when output beyond the cap was dropped. */
  readonly truncated: boolean
  readonly #raw: RawResult

  constructor(command: string, raw: RawResult) {
    this.command = command
    this.exitCode = raw.exitCode
    this.ms = raw.ms
    this.truncated = raw.truncated
    this.#raw = raw
  }

  get stdout(): string {
    return this.#raw.stdout.toString('utf8')
  }

  get stderr(): string {
    return this.#raw.stderr.toString('utf8')
  }

  /** stdout as it came, for what is not text. */
  get bytes(): Buffer {
    return this.#raw.stdout
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
    return stableJson([this.exitCode, this.stdout, this.stderr])
  }

  toString(): string {
    return this.text
  }

  toJSON(): { command: string; exitCode: number; stdout: string; stderr: string } {
    return { command: this.command, exitCode: this.exitCode, stdout: this.stdout, stderr: this.stderr }
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
