import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { ended, familyOf } from '../fleet/processes.js'
import { keyBytes } from './keys.js'

/** Why there is no tmux here; undefined when there is one. */
export function tmuxMissing(): string | undefined {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'tmux is not installed'
  }
}

export interface TmuxOptions {
  /** The shell that the pane runs, as `sh` reads it. */
  readonly command: string
  readonly cols: number
  readonly rows: number
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/**
 * A pane of a tmux server of its own: a terminal with somebody else's emulator, between a program and a person.
 *
 * @example
 * const pane = openPane({ command: 'bash', cols: 120, rows: 40, cwd: '/', env: {} })
 * pane.type('echo hi\n')
 * await pane.shows('hi')
 * await pane.close()
 */
export function openPane(options: TmuxOptions): Pane {
  return new Pane(options)
}

let panes = 0

export class Pane {
  readonly #socket: string

  constructor({ command, cols, rows, cwd, env }: TmuxOptions) {
    panes += 1
    this.#socket = `muster-${process.pid}-${panes}`
    const size = ['-x', String(cols), '-y', String(rows)]
    const environment = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`])
    this.#tmux('-f', '/dev/null', 'new-session', '-d', ...size, '-c', cwd, ...environment, command)
    // by default a window has the size of whoever looks at it last
    this.#tmux('set-option', '-g', 'window-size', 'manual')
    this.#tmux('set-option', '-g', 'mouse', 'off')
    this.#tmux('set-option', '-s', 'escape-time', '20')
  }

  /** Types text: a newline is Enter. */
  type(text: string): void {
    this.#send(text.replaceAll('\n', '\r'))
  }

  /** Presses keys by their names: `enter`, `f6`, `ctrl-z`. */
  key(...names: readonly string[]): void {
    for (const name of names) this.#send(keyBytes(name))
  }

  /** Clicks with the left button on a cell counted from 0 (SGR encoding). */
  click(x: number, y: number): void {
    const at = `0;${x + 1};${y + 1}`
    this.#send(`\x1b[<${at}M\x1b[<${at}m`)
  }

  /** Clicks on a text. @throws {Error} when it is not on the screen */
  clickOn(text: string): void {
    const rows = this.rows()
    const y = rows.findIndex(row => row.includes(text))
    if (y < 0) throw new Error(`${text} is not on the screen:\n${rows.join('\n')}`)
    this.click((rows[y] ?? '').indexOf(text), y)
  }

  resize(cols: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(cols), '-y', String(rows))
  }

  /** The rows that the pane shows, without trailing blanks. */
  rows(): string[] {
    return this.#tmux('capture-pane', '-p').replace(/\n$/, '').split('\n')
  }

  /** What tmux knows of the pane: `alternate_on`, `cursor_flag`, `mouse_any_flag`. */
  knows(name: string): string {
    return this.#tmux('display-message', '-p', `#{${name}}`).trim()
  }

  /** The rows once they show it. @throws {Error} with the rows, when that takes too long */
  async shows(wanted: string | RegExp | ((text: string) => boolean), patience = 60_000): Promise<string> {
    const until = performance.now() + patience
    for (;;) {
      const text = this.rows().join('\n')
      const isThere =
        typeof wanted === 'string'
          ? text.includes(wanted)
          : typeof wanted === 'function'
            ? wanted(text)
            : wanted.test(text)
      if (isThere) return text
      if (performance.now() > until) throw new Error(`tmux never showed ${wanted}:\n${text.replace(/^/gm, '│')}`)
      await sleep(40)
    }
  }

  /**
   * Ends the server, and waits for all that the pane had started: a shell that is hung up on still writes its history.
   *
   * @throws {Error} something of it does not end
   */
  async close(): Promise<void> {
    try {
      const family = familyOf(Number(this.knows('pane_pid')))
      this.#tmux('kill-server')
      await ended(family)
    } catch (error) {
      // its last pane has ended, and so has it
      if (!(error instanceof Error && 'status' in error)) throw error
    }
  }

  #send(bytes: string): void {
    const hex = [...Buffer.from(bytes)].map(byte => byte.toString(16).padStart(2, '0'))
    this.#tmux('send-keys', '-H', ...hex)
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }
}
