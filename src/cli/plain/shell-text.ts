import { sanitiseLines } from '../../engine/text/sanitise.js'

/** Lines that are kept of a shell until they are shown. */
const MOST_LINES = 2000

/** What a shell said since it was last asked. */
export interface ShellNews {
  readonly lines: readonly string[]
  /** A line without an end that is no prompt: a question of a program. */
  readonly question: string
}

/**
 * What a shell on a terminal says, as lines: without the echo of what is typed, and without its prompts, which name the host and so
 * would differ everywhere.
 */
export class ShellText {
  readonly #decoder = new TextDecoder('utf-8')
  #rest = ''
  #lines: string[] = []
  #left = 0
  /** What was typed last, each behind what stood there then; `come`: its echo is here, though it may be drawn once more. */
  #typed: { readonly before: string; readonly line: string; readonly come: boolean }[] = []
  #isInterrupted = false
  /** The question that was shown already. */
  #shown = ''

  take(chunk: Uint8Array): void {
    const [first = '', ...more] = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n')
    this.#rest = first
    for (const next of more) {
      this.#keep(this.#rest)
      this.#rest = next
    }
  }

  /** A line is sent, or `^C`: its echo comes back, perhaps only when the shell reads it. */
  typed(line: string): void {
    this.#typed = [...this.#typed.slice(-1), { before: this.#open, line, come: false }]
    this.#shown = ''
  }

  /** Whether it waits at a prompt for the next line. */
  get isAtPrompt(): boolean {
    return isPrompt(this.#open)
  }

  /** Whether it waits at the prompt behind what was typed last: a host that is far away may not have read it yet. */
  get hasAnswered(): boolean {
    return this.isAtPrompt && this.#typed.at(-1)?.come !== false
  }

  /** What was said and not shown yet; from now on it is. */
  news(): ShellNews {
    const beyond = this.#left > 0 ? [`… ${this.#left} lines left out`] : []
    const lines = [...beyond, ...this.#lines]
    const open = this.isAtPrompt ? '' : this.#open.trimEnd()
    const question = open === this.#shown || this.#isEcho(open) ? '' : open
    this.#lines = []
    this.#left = 0
    this.#shown = open
    return { lines, question }
  }

  get #open(): string {
    return clean(this.#rest)
  }

  #isEcho(line: string): boolean {
    return this.#typed.some(typed => isEchoOf(typed, line))
  }

  #keep(raw: string): void {
    const line = clean(raw)
    const at = this.#typed.findIndex(typed => isEchoOf(typed, line))
    if (at >= 0) {
      this.#isInterrupted = line.includes('^C')
      this.#typed = this.#typed.map((typed, index) => (index === at ? { ...typed, come: true } : typed))
      return
    }
    // shells go to a new line when they are interrupted
    if (this.#isInterrupted && line === '') return
    this.#isInterrupted = false
    const said = this.#shown !== '' && line.startsWith(this.#shown) ? line.slice(this.#shown.length).trimStart() : line
    const isAnswered = this.#shown !== '' && said === ''
    this.#shown = ''
    if (isAnswered) return
    if (this.#lines.length >= MOST_LINES) {
      this.#lines.shift()
      this.#left += 1
    }
    this.#lines.push(said)
  }
}

const isPrompt = (text: string): boolean => /[#$%>❯] ?$/.test(text)

/** What was typed stands behind the prompt, and without one only once; a shell that edits its line cuts it where it is long. */
function isEchoOf(
  { before, line: typed, come }: { before: string; line: string; come: boolean },
  line: string,
): boolean {
  const text = line.trimEnd()
  if (!come && (text === `${before}${typed}`.trimEnd() || (before.trim() !== '' && line.startsWith(before))))
    return true
  const front = text.endsWith(typed) && typed !== '' ? text.slice(0, text.length - typed.length) : undefined
  return front !== undefined && (isPrompt(front) || front === '^C' || (front === '' && !come))
}

/** A line as a terminal leaves it: behind a carriage return it is written again. */
function clean(raw: string): string {
  const written = raw.replace(/\r+$/, '').split('\r')
  return sanitiseLines(written.at(-1) ?? '', { colour: false }).join(' ')
}
