import { type IPty, spawn } from '@lydell/node-pty'
import { ended, familyOf } from '../fleet/processes.js'
import { type Cell, Emulator, type EmulatorSize } from './emulator.js'
import { keyBytes } from './keys.js'
import { type SvgOptions, screenToSvg } from './svg.js'

export interface TerminalOptions {
  /** Program to run, looked up in `PATH`. */
  readonly command: string
  readonly args?: readonly string[]
  /** Columns; default 120. */
  readonly cols?: number
  /** Rows; default 40. */
  readonly rows?: number
  readonly cwd?: string
  /** Added to a small environment of `PATH`, `HOME`, `LANG` and `TERM`; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

export interface TerminalExit {
  readonly exitCode: number
  /** Number of the signal that ended the program. */
  readonly signal?: number
}

/**
 * Runs a program in a pseudo-terminal with an emulator behind it.
 *
 * @example
 * const terminal = openTerminal({ command: 'node', args: ['dist/cli/main.js', '@local'] })
 * await terminal.waitFor('1 ready')
 * terminal.type('$`uname -r`')
 * terminal.key('enter')
 * await terminal.waitFor(/\d+\.\d+/)
 * await terminal.close()
 */
export function openTerminal(options: TerminalOptions): Terminal {
  return new Terminal(options)
}

export class Terminal {
  readonly #pty: IPty
  readonly #emulator: Emulator
  readonly #watchers = new Set<() => void>()
  #interpreted: Promise<void> = Promise.resolve()
  #exit: TerminalExit | undefined
  #lastOutput = performance.now()
  /** Everything the program has written, as it came. */
  output = ''
  /** Resolves when the program has ended and its last output is on the screen. */
  readonly exited: Promise<TerminalExit>

  constructor({ command, args = [], cols = 120, rows = 40, cwd, env }: TerminalOptions) {
    this.#emulator = new Emulator({ cols, rows })
    this.#pty = spawn(command, [...args], {
      name: 'xterm-256color',
      cols,
      rows,
      ...(cwd === undefined ? {} : { cwd }),
      env: defined({ ...baseEnvironment(), ...env }),
    })
    this.#emulator.onReply(data => {
      if (!this.#exit) this.#pty.write(data)
    })
    this.#pty.onData(data => {
      this.output += data
      this.#lastOutput = performance.now()
      this.#interpreted = this.#emulator.write(data).then(() => this.#wake())
    })
    this.exited = new Promise(resolve =>
      this.#pty.onExit(async ({ exitCode, signal }) => {
        await this.#interpreted
        this.#exit = { exitCode, ...(signal ? { signal } : {}) }
        this.#wake()
        resolve(this.#exit)
      }),
    )
  }

  #wake() {
    for (const watcher of [...this.#watchers]) watcher()
  }

  get pid(): number {
    return this.#pty.pid
  }

  /** The program's exit code; `undefined` while it runs. */
  get exitCode(): number | undefined {
    return this.#exit?.exitCode
  }

  /** Sends text as a keyboard would: a newline is Enter. */
  type(text: string): void {
    this.#pty.write(text.replaceAll('\n', '\r'))
  }

  /** Presses keys one after the other; names as for {@link keyBytes}. */
  key(...names: readonly string[]): void {
    for (const name of names) this.#pty.write(keyBytes(name))
  }

  /** Pastes text, in brackets where the program asked for them (mode 2004). */
  paste(text: string): void {
    this.#pty.write(this.#emulator.modes.has(2004) ? `\x1b[200~${text}\x1b[201~` : text)
  }

  /** Presses and releases a mouse button at a cell counted from 0 (SGR encoding); 64 and 65 turn the wheel. */
  mouse(x: number, y: number, button = 0): void {
    const at = `${button};${x + 1};${y + 1}`
    this.#pty.write(button >= 64 ? `\x1b[<${at}M` : `\x1b[<${at}M\x1b[<${at}m`)
  }

  /** The visible rows, without trailing blanks. */
  screen(): string[] {
    return this.#emulator.lines()
  }

  /** The visible rows as one string. */
  text(): string {
    return this.screen().join('\n')
  }

  cells(): Cell[][] {
    return this.#emulator.cells()
  }

  get cursor() {
    return this.#emulator.cursor
  }

  get buffer() {
    return this.#emulator.buffer
  }

  get modes() {
    return this.#emulator.modes
  }

  get size(): EmulatorSize {
    return this.#emulator.size
  }

  /** Whole-screen erases seen so far. */
  get clears(): number {
    return this.#emulator.clears
  }

  /** A picture of the screen. */
  svg(options?: SvgOptions): string {
    return screenToSvg(this.cells(), { cursor: this.cursor, ...options })
  }

  resize(cols: number, rows: number): void {
    this.#emulator.resize({ cols, rows })
    this.#pty.resize(cols, rows)
  }

  /** Sends a signal to the program: `SIGTERM` unless said otherwise. */
  kill(signal = 'SIGTERM'): void {
    if (!this.#exit) this.#pty.kill(signal)
  }

  /**
   * Waits until the screen shows `wanted`.
   *
   * @param wanted a text within one row, a pattern over all rows joined by newlines, or a test of the rows
   * @param timeout milliseconds; by default a minute: a machine that does much else takes its time
   * @returns the rows that show it
   * @throws {Error} when the time is over, or the program has ended and its screen does not show it; the message holds the screen
   */
  waitFor(
    wanted: string | RegExp | ((screen: readonly string[]) => boolean),
    timeout = 60_000,
  ): Promise<readonly string[]> {
    const shows = (screen: readonly string[]) =>
      typeof wanted === 'function'
        ? wanted(screen)
        : typeof wanted === 'string'
          ? screen.some(line => line.includes(wanted))
          : new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, '')).test(screen.join('\n'))
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer)
        this.#watchers.delete(look)
      }
      const fail = (why: string) => {
        stop()
        const rows = this.text().trimEnd().replace(/^/gm, '  │')
        reject(new Error(`${why}: the screen never showed ${wanted}\n${rows}`))
      }
      const look = () => {
        const screen = this.screen()
        if (shows(screen)) {
          stop()
          resolve(screen)
        } else if (this.#exit) fail(`the program ended with exit code ${this.#exit.exitCode}`)
      }
      const timer = setTimeout(() => fail(`waited ${timeout} ms`), timeout)
      this.#watchers.add(look)
      look()
    })
  }

  /** Waits until the program has written nothing for `ms` milliseconds, from now on. */
  async quiet(ms = 100): Promise<void> {
    const begin = performance.now()
    for (;;) {
      const left = ms - (performance.now() - Math.max(begin, this.#lastOutput))
      if (left <= 0 || this.#exit) return this.#interpreted
      await new Promise(resolve => setTimeout(resolve, left))
    }
  }

  /** Stops reading what the program writes, as a slow or frozen terminal does. */
  pause(): void {
    this.#pty.pause()
  }

  /** Reads again after {@link pause}. */
  unpause(): void {
    this.#pty.resume()
  }

  /**
   * Ends the program, by force if it does not go within five seconds of being asked, and waits for all that it had started.
   *
   * @throws {Error} something of it does not end
   */
  async close(): Promise<TerminalExit> {
    const family = familyOf(this.pid)
    this.kill('SIGHUP')
    const force = setTimeout(() => this.kill('SIGKILL'), 5000)
    try {
      const exit = await this.exited
      await ended(family)
      return exit
    } finally {
      clearTimeout(force)
    }
  }
}

/** What a program needs of the environment; `CI` and colour settings of the machine that runs the tests stay out. */
function baseEnvironment(): Record<string, string | undefined> {
  const { PATH, HOME } = process.env
  return { PATH, HOME, LANG: 'C.UTF-8', TERM: 'xterm-256color', COLORTERM: 'truecolor' }
}

function defined(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) result[name] = value
  return result
}
