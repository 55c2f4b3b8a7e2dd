import { isPlain } from './plain-script.js'
import { quote } from './quote.js'

/** What one command over a held shell is made of. */
export interface Command {
  readonly script: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Interpreter that is given the script by `-c` instead of the held `sh`. */
  readonly shell?: string
  /** Run in the held shell itself, without a subshell. */
  readonly bare?: boolean
  /** The command reads the shell's own stdin; said to be ready by {@link startMarker}. */
  readonly stdin?: boolean
}

const START_OF_MARK = '\x01'
/** Exit status and newline; nothing longer can follow a marker. */
const LONGEST_STATUS = 12
const NOTHING = Buffer.alloc(0)

/** The bytes that, followed by an exit status (stdout) or nothing (stderr) and a newline, end frame number `n`. */
export function endMarker(nonce: string, n: number): Buffer {
  return Buffer.from(`${START_OF_MARK}${nonce}:${n}:`, 'latin1')
}

/** Printed on stdout when a frame with `stdin` is about to read it: a shell reads ahead, so nothing may be sent sooner. */
export function startMarker(nonce: string, n: number): Buffer {
  return Buffer.from(`${START_OF_MARK}${nonce}:${n}<`, 'latin1')
}

/**
 * The text that makes a held `sh` run one command and then print an end marker on both outputs.
 *
 * The script goes through `eval`, so that a here-document, a comment at its end or a syntax error stays inside it; in a subshell,
 * so that `exit`, `cd` and variables do too (unless none of this can be in it). stdin is `/dev/null`, for otherwise the command would eat the frames behind it.
 *
 * @example
 * frameText({ script: 'uname -r' }, 'c0ffee', 1)
 * @throws {RangeError} when the script or a value holds a NUL character, or a variable's name is not one.
 */
export function frameText(command: Command, nonce: string, n: number): string {
  const end = `printf '\\001${nonce}:${n}:%d\\n' $?; printf '\\001${nonce}:${n}:\\n' >&2\n`
  if (!command.cwd && !command.env && !command.shell && !command.stdin) {
    if (isPlain(command.script)) return `{ ${command.script}\n} </dev/null; ${end}`
    if (command.bare) return `{ eval ${bounded(command.script)}; } </dev/null; ${end}`
  }
  const started = command.stdin ? [`printf '\\001${nonce}:${n}<\\n'`] : []
  const steps = [...started, ...commandSteps(command)].join(' && ')
  return `( ${steps} )${command.stdin ? '' : ' </dev/null'}; ${end}`
}

/**
 * The commands, to be joined by `&&`, that go to the directory, set the variables and run the script.
 * @throws {RangeError} when the script or a value holds a NUL character, or a variable's name is not one.
 */
export function commandSteps({ script, cwd, env, shell }: Pick<Command, 'script' | 'cwd' | 'env' | 'shell'>): string[] {
  const text = bounded(script)
  const steps: string[] = []
  if (cwd !== undefined) steps.push(`cd ${quote(dashSafe(cwd))}`)
  for (const [name, value] of Object.entries(env ?? {})) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new RangeError(`${JSON.stringify(name)} cannot be the name of an environment variable`)
    }
    steps.push(`export ${name}=${quote(value)}`)
  }
  steps.push(shell === undefined ? `eval ${text}` : `exec ${quote(shell)} -c ${text}`)
  return steps
}

/**
 * The text that makes a held `sh` say it has begun and run one last script, on its own stdin and outputs, by which it ends.
 *
 * @throws {RangeError} when the script holds a NUL character.
 */
export function handOverText(script: string, marker: Buffer): string {
  const mark = marker.toString('latin1').replace(START_OF_MARK, '\\001')
  return `printf '${mark}\\n'; ( eval ${bounded(script)} ); exit $?\n`
}

/** `eval` joins its words and takes the text as is; quoted even when it looks plain, so that a leading `-` is no option. */
function bounded(script: string): string {
  const word = quote(script)
  return word.startsWith("'") ? word : `'${word}'`
}

const dashSafe = (path: string) => (path.startsWith('-') ? `./${path}` : path)

/** One step of {@link MarkerScanner.push}: bytes that are surely output and, once the marker was seen, what stood in and after it. */
export interface Scanned {
  readonly output: Buffer
  readonly end?: { readonly status: string; readonly rest: Buffer }
}

/**
 * Finds an end marker in a byte stream however it is cut into chunks. Every byte is looked at once:
 * only a tail that may be the beginning of the marker is kept for the next chunk.
 */
export class MarkerScanner {
  #held: Buffer = NOTHING

  constructor(private readonly marker: Buffer) {}

  push(chunk: Buffer): Scanned {
    const data = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    this.#held = NOTHING
    let from = 0
    for (;;) {
      const at = data.indexOf(this.marker, from)
      if (at < 0) return this.#holdFrom(data, partialStart(data, this.marker, from))
      const after = at + this.marker.length
      const newline = data.subarray(after, after + LONGEST_STATUS).indexOf(0x0a)
      if (newline >= 0) {
        const status = data.toString('latin1', after, after + newline)
        if (/^\d*$/.test(status)) {
          return { output: data.subarray(0, at), end: { status, rest: data.subarray(after + newline + 1) } }
        }
      } else if (data.length - after < LONGEST_STATUS) {
        return this.#holdFrom(data, at)
      }
      from = at + 1
    }
  }

  /** The stream has ended: what was held back is output after all. */
  flush(): Buffer {
    const held = this.#held
    this.#held = NOTHING
    return held
  }

  #holdFrom(data: Buffer, start: number): Scanned {
    this.#held = data.subarray(start)
    return { output: data.subarray(0, start) }
  }
}

/** Where a marker cut off by the end of `data` may begin; `data.length` when nowhere. */
function partialStart(data: Buffer, marker: Buffer, from: number): number {
  const first = marker[0] ?? 0
  let at = data.indexOf(first, Math.max(from, data.length - marker.length + 1))
  while (at >= 0) {
    if (marker.subarray(0, data.length - at).equals(data.subarray(at))) return at
    at = data.indexOf(first, at + 1)
  }
  return data.length
}
