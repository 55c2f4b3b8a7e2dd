import { foldNames, hostsText } from '../../engine/nodeset/fold.js'
import { sanitise } from '../../engine/text/sanitise.js'
import type { SessionPort } from '../../repl/protocol.js'
import type { Output } from '../output.js'
import type { Lines } from './lines.js'
import { ShellText } from './shell-text.js'

/** Hosts have answered when all are at a prompt again and have said nothing for so long, milliseconds. */
const QUIET = 80
/** Without a prompt, when they have said nothing for this long. */
const SILENT = 700
/** When some are at one, for this long: the others may merely be slower. */
const STRAGGLING = 2000
/** After this long one can type on in any case. */
const PATIENCE = 5000
/** How often that is looked at. */
const LOOK = 40

/** Programs that know nothing of cursors write lines. */
const TERM = 'dumb'

const HELP = '~. hangs up · ~ PATTERN types to some alone, ~ to all again · Ctrl-C and Ctrl-D go there'

interface HostShell {
  readonly shell: Awaited<ReturnType<SessionPort['attach']>>
  readonly text: ShellText
}

/** Shells on several hosts as lines: what is typed goes to all, hosts that say the same are shown once. */
export class PlainShells {
  readonly #session: Pick<SessionPort, 'attach'>
  readonly #output: Output
  readonly #lines: Pick<Lines, 'next' | 'secret' | 'again' | 'reopen'>
  /** In the order in which they are shown. */
  #hosts: readonly string[] = []
  readonly #open = new Map<string, HostShell>()
  /** What hosts said last whose shells have ended since, and how they ended: not shown yet. */
  readonly #farewells = new Map<string, string>()
  readonly #ends = new Map<string, string>()
  readonly #over = new AbortController()
  #only: readonly string[] | undefined
  #saidAt = 0
  #asks = false

  constructor(
    session: Pick<SessionPort, 'attach'>,
    output: Output,
    lines: Pick<Lines, 'next' | 'secret' | 'again' | 'reopen'>,
  ) {
    this.#session = session
    this.#output = output
    this.#lines = lines
  }

  /**
   * Opens them, and types to them until all have ended.
   *
   * @param choose the hosts of a pattern
   */
  async run(hosts: readonly string[], choose: (pattern: string) => readonly string[]): Promise<void> {
    this.#hosts = hosts
    await Promise.all(hosts.map(host => this.#attach(host)))
    if (this.#open.size > 0) this.#output.talk([`Typing to ${hostsText(this.#running)}.`, HELP])
    while (this.#open.size > 0) {
      await this.#answered()
      this.#show()
      if (this.#open.size === 0) break
      const line = await this.#next()
      // the prompt is left where it is: nobody pressed Enter
      if (line === undefined) this.#output.talk('')
      if (this.#open.size === 0) {
        if (line) this.#output.talk('Every shell had ended: that line went nowhere.')
      } else if (line === undefined) {
        this.#send('\x04', '')
        if (!this.#lines.reopen()) break
      } else if (/^~(?:$|[. ])/.test(line)) this.#told(line.slice(1).trim(), choose)
      else this.#send(`${line}\r`, line)
    }
    for (const { shell } of this.#open.values()) shell.close()
    this.#show()
  }

  /** Ctrl-C, for the hosts. */
  interrupt(): void {
    this.#send('\x03', '^C')
  }

  get #running(): readonly string[] {
    return this.#hosts.filter(host => this.#open.has(host))
  }

  get #targets(): readonly string[] {
    const running = this.#running
    const only = running.filter(host => this.#only?.includes(host))
    return only.length > 0 ? only : running
  }

  async #attach(host: string): Promise<void> {
    try {
      const { columns = 80, rows = 24 } = process.stdout
      const shell = await this.#session.attach(host, { columns, rows, term: TERM })
      const text = new ShellText()
      shell.stdout.on('data', (chunk: Buffer) => {
        this.#saidAt = performance.now()
        text.take(chunk)
      })
      this.#open.set(host, { shell, text })
      shell.exit.then(
        ({ code, signal }) => this.#ended(host, signal ? `ended by ${signal}` : `ended with ${code ?? 'no exit code'}`),
        (error: unknown) => this.#ended(host, sentenceOf(error)),
      )
    } catch (error) {
      this.#end(host, sentenceOf(error))
    }
  }

  #ended(host: string, how: string): void {
    this.#farewells.set(host, this.#newsOf(host))
    this.#open.delete(host)
    this.#end(host, how)
    if (this.#open.size === 0) this.#over.abort()
  }

  /** @param how without the host's name, which stands beside it anyway: the same end folds */
  #end(host: string, how: string): void {
    this.#ends.set(host, how.startsWith(`${host}: `) ? how.slice(host.length + 2) : how)
  }

  /** The next line; what hosts say meanwhile is shown as it comes. */
  async #next(): Promise<string | undefined> {
    const prompt = `shells ${foldNames(this.#targets)} › `
    if (this.#asks) return this.#lines.secret(prompt, this.#over.signal)
    const beside = setInterval(() => {
      if (performance.now() - this.#saidAt > QUIET && this.#show(true)) this.#lines.again()
    }, SILENT / 2)
    try {
      return await this.#lines.next(prompt, this.#over.signal)
    } finally {
      clearInterval(beside)
    }
  }

  /** What is said to us and not to the hosts. */
  #told(what: string, choose: (pattern: string) => readonly string[]): void {
    this.#only = undefined
    if (what === '.') for (const { shell } of this.#open.values()) shell.close()
    if (what === '' || what === '.') return
    try {
      const chosen = choose(what).filter(host => this.#open.has(host))
      if (chosen.length > 0) this.#only = chosen
      else this.#output.talk(this.#output.talkPaint.red(`No shell is open on ${what}.`))
    } catch (error) {
      this.#output.talk(this.#output.talkPaint.red(sentenceOf(error)))
    }
  }

  /** @param echo what comes back of it before an answer does */
  #send(keys: string, echo: string): void {
    this.#saidAt = performance.now()
    for (const host of this.#targets) {
      const { text, shell } = this.#open.get(host) ?? {}
      text?.typed(echo)
      shell?.stdin.write(keys)
    }
  }

  /** Resolves when it is time to show what hosts said and to type on. */
  async #answered(): Promise<void> {
    const since = performance.now()
    for (;;) {
      await new Promise(resolve => setTimeout(resolve, LOOK))
      const now = performance.now()
      const silent = now - Math.max(this.#saidAt, since)
      const targets = this.#targets
      const ready = targets.filter(host => this.#open.get(host)?.text.hasAnswered).length
      const enough = ready === targets.length ? QUIET : ready > 0 ? STRAGGLING : SILENT
      if (silent > enough || now - since > PATIENCE || this.#over.signal.aborted) return
    }
  }

  #newsOf(host: string): string {
    const { lines, question } = this.#open.get(host)?.text.news() ?? { lines: [], question: '' }
    if (/pass(?:word|phrase|code)[^\n]*:$/i.test(question)) this.#asks = true
    return [...lines, ...(question === '' ? [] : [question])].join('\n')
  }

  /**
   * Shows what hosts said since the last time and who has ended, those that are alike together.
   *
   * @param beside while somebody types: from a new line on
   * @returns whether there was anything
   */
  #show(beside = false): boolean {
    this.#asks = false
    const said = this.#alike(host => this.#farewells.get(host) ?? this.#newsOf(host))
    const ended = this.#alike(host => this.#ends.get(host) ?? '')
    this.#farewells.clear()
    this.#ends.clear()
    if (said.length + ended.length === 0) return false
    const { paint, talkPaint } = this.#output
    if (beside) this.#output.talk('')
    for (const [text, hosts] of said)
      this.#output.data([
        `${paint.green('●')} ${paint.bold(hostsText(hosts))}`,
        ...text.split('\n').map(line => `  ${line}`),
      ])
    for (const [how, hosts] of ended)
      this.#output.talk(`${talkPaint.yellow('✗')} ${hostsText(hosts)}: ${sanitise(how, { colour: false })}`)
    return true
  }

  /** Hosts with the same text, where there is one: the largest group first; of equal size, the one with the earlier host. */
  #alike(textOf: (host: string) => string): [string, string[]][] {
    const groups = new Map<string, string[]>()
    for (const host of this.#hosts) {
      const text = textOf(host)
      if (text !== '') groups.set(text, [...(groups.get(text) ?? []), host])
    }
    return [...groups].sort(([, a], [, b]) => b.length - a.length)
  }
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
