import { UsageError } from '../../engine/errors.js'
import { hostsText } from '../../engine/nodeset/fold.js'
import type { Universe } from '../../engine/nodeset/pattern.js'
import { attachTerminal } from '../../engine/shell/attach-terminal.js'
import { sanitise, sanitiseLines } from '../../engine/text/sanitise.js'
import { commonSentence, withoutAddress } from '../../engine/text/without-address.js'
import { hasFailures } from '../../repl/has-failures.js'
import { helpAsked } from '../../repl/help-asked.js'
import { leftText } from '../../repl/left-text.js'
import { type BoundFleets, hostsMeant, lastFleets, MOST_SHELLS } from '../../repl/marked.js'
import type { CommandReply, SessionPort, SessionRecord } from '../../repl/protocol.js'
import { isComplete } from '../../tui/editor/complete.js'
import type { Output } from '../output.js'
import { alteredLines, displayLines, endLines, notebookLines } from '../render/display.js'
import { decisionFrom, decisionPrompt, requestLines } from './decide.js'
import { Lines } from './lines.js'
import { Pager } from './pager.js'
import { secretPrompt } from './people.js'
import type { PlainShells } from './shells.js'

/** States of hosts gather this long before they are spoken of, milliseconds. */
const GATHER_MS = 300

/** A session as lines: for scripts, dumb terminals and screen readers. The same session, folded the same way. */
export class PlainSession {
  readonly #session: SessionPort
  readonly #output: Output
  readonly #lines: Lines
  readonly #lost = new Map<string, { readonly host: string; readonly reason: string }[]>()
  readonly #opened = Date.now()
  readonly #pager = new Pager(() =>
    this.#lines.terminal && process.stdout.isTTY ? process.stdout.rows - 2 : undefined,
  )
  #focus = '*'
  #hosts: readonly string[] = []
  #universe: Universe = { hosts: [], groups: new Map() }
  #bound: BoundFleets = { sel: [], ...lastFleets([]) }
  #shells: PlainShells | undefined
  #source = ''
  #running = false
  #failed = false
  #gather: NodeJS.Timeout | undefined

  constructor(session: SessionPort, output: Output, input: NodeJS.ReadStream) {
    this.#session = session
    this.#output = output
    this.#lines = new Lines(
      input,
      () => this.#interrupt(),
      line => this.#complete(line),
    )
  }

  /** Shows one record. Give it everything that happens, from the session's start. */
  show(record: SessionRecord): void {
    this.#note(record)
    if (this.#output.json) this.#output.record(record)
    else this.#print(record)
    if (record.type === 'approval.asked') void this.#decide(record.request)
    if (record.type === 'question.asked') void this.#answer(record.id, record.question)
  }

  /** Reads and runs cells until the end of input or `:quit`. Gives the exit code: in a script, 1 when anything failed. */
  async run(): Promise<number> {
    let source = ''
    for (;;) {
      const line = await this.#lines.next(source === '' ? this.#prompt() : '  … ')
      if (line === undefined) break
      if (source === '' && line.trim() === '') continue
      const command = source === '' ? commandIn(line) : undefined
      if (command !== undefined) {
        if (await this.#command(command)) break
        continue
      }
      source = source === '' ? line : `${source}\n${line}`
      if (!isComplete(source)) continue
      await this.#cell(source)
      source = ''
    }
    if (source !== '') await this.#cell(source)
    this.#lines.close()
    return this.#failed && !this.#lines.terminal ? 1 : 0
  }

  /** Runs what could be typed, a cell as a rule, and ends; the exit code says whether it and its hosts went well. */
  async evaluate(source: string): Promise<number> {
    const command = commandIn(source)
    await (command === undefined ? this.#cell(source) : this.#command(command))
    this.#lines.close()
    return this.#failed ? 1 : 0
  }

  async #cell(source: string): Promise<void> {
    this.#source = source
    this.#running = true
    try {
      const end = await this.#session.run(source)
      if (end.kind !== 'ok' || hasFailures(end.value)) this.#failed = true
    } catch (error) {
      this.#complain(error)
    } finally {
      this.#running = false
    }
  }

  /** Runs a colon command; true when it ends the session. */
  async #command(line: string): Promise<boolean> {
    const more = /^\s*more(?:\s+(all))?\s*$/.exec(line)
    if (more) {
      this.#output.data(this.#pager.more(more[1] === 'all') ?? ['There is no more.'])
      return false
    }
    // nobody is there to be asked
    if (!this.#lines.terminal && /^\s*q(?:uit)?\s*$/.test(line)) return true
    const shell = /^\s*shell(?:\s+(.+?))?\s*$/.exec(line)
    try {
      if (shell && this.#lines.terminal && process.stdout.isTTY) {
        await this.#shell(shell[1])
        return false
      }
      const reply = await this.#session.command(line)
      if (reply.kind === 'quit') return true
      if (this.#output.json) this.#output.record({ type: 'reply', reply })
      else this.#output.data(this.#pager.begin(replyLines(reply, this.#output)))
    } catch (error) {
      this.#complain(error)
    }
    return false
  }

  /** A shell on a host, which has the terminal until it ends; on several, line by line. */
  async #shell(pattern: string | undefined): Promise<void> {
    if (pattern === undefined && this.#hosts.length > 1 && this.#hosts.length === this.#universe.hosts.length)
      throw new UsageError('Say on which hosts: :shell PATTERN.')
    const hosts = pattern === undefined ? this.#hosts : hostsMeant(pattern, this.#universe, this.#bound)
    const [host] = hosts
    if (host === undefined) throw new UsageError('There is no host to open a shell on.')
    if (hosts.length === 1) return this.#attach(host)
    if (hosts.length > MOST_SHELLS)
      throw new UsageError(`Shells open on at most ${MOST_SHELLS} hosts at once; these are ${hosts.length}.`)
    const { PlainShells } = await import('./shells.js')
    this.#shells = new PlainShells(this.#session, this.#output, this.#lines)
    try {
      await this.#shells.run(hosts, chosen => hostsMeant(chosen, this.#universe, this.#bound))
    } finally {
      this.#shells = undefined
    }
  }

  async #attach(host: string): Promise<void> {
    const { columns, rows } = process.stdout
    const { TERM: term } = process.env
    const shell = await this.#session.attach(host, { columns, rows, ...(term === undefined ? {} : { term }) })
    const { code, signal } = await this.#lines.away(() => attachTerminal(shell, process.stdin, process.stdout))
    this.#output.talk(
      `The shell on ${host} ended ${signal === undefined ? `with ${code ?? 'no exit code'}` : `by ${signal}`}.`,
    )
  }

  /** What Tab offers at the end of a line; in shells the hosts know, not we. */
  async #complete(line: string): Promise<{ from: number; names: readonly string[] }> {
    const items = this.#shells ? [] : await this.#session.complete(line, line.length)
    const from = items[0]?.from ?? line.length
    return { from, names: items.filter(item => item.from === from).map(({ insert }) => insert) }
  }

  #complain(error: unknown): void {
    this.#failed = true
    this.#output.talk(this.#output.talkPaint.red(error instanceof Error ? error.message : String(error)))
  }

  #prompt(): string {
    return `${this.#focus === '*' ? 'fleet' : this.#focus} ${this.#hosts.length} › `
  }

  #interrupt(): void {
    if (this.#shells) this.#shells.interrupt()
    else if (this.#running) this.#session.interrupt()
    else this.#lines.close()
  }

  async #decide(request: Extract<SessionRecord, { type: 'approval.asked' }>['request']): Promise<void> {
    if (!this.#output.json) this.#output.data(requestLines(request, this.#output.paint))
    for (;;) {
      const answer = await this.#lines.next(decisionPrompt(request))
      const decision = answer === undefined ? { kind: 'decline' as const } : decisionFrom(answer, request)
      if (decision) return this.#session.decide(request.id, decision)
      if (answer !== undefined && !this.#lines.terminal) {
        // a script that goes on without an answer: nothing is approved, and none of its cells is lost
        this.#lines.putBack(answer)
        return this.#session.decide(request.id, { kind: 'decline' })
      }
      this.#output.talk(`“${answer?.trim()}” is no answer here.`)
    }
  }

  async #answer(id: number, question: Extract<SessionRecord, { type: 'question.asked' }>['question']): Promise<void> {
    if (!this.#lines.terminal) return this.#session.answer(id, undefined)
    if (question.kind === 'secret') return this.#session.answer(id, await this.#lines.secret(secretPrompt(question)))
    const answer = await this.#lines.next(
      `${question.host} (${question.address}) has the unknown ${question.keyType} key ${question.fingerprint}. Trust it? yes/no: `,
    )
    this.#session.answer(id, answer?.trim().toLowerCase() === 'yes')
  }

  /** Keeps what the prompt shows. */
  #note(record: SessionRecord): void {
    if (record.type === 'session.start') {
      this.#hosts = record.hosts.map(host => host.name)
      this.#universe = { hosts: this.#hosts, groups: new Map(Object.entries(record.groups)) }
    }
    if (record.type === 'session.marked') this.#bound = { ...this.#bound, sel: record.hosts }
    if (record.type === 'cell.end' && record.end.kind === 'ok' && record.end.value.kind === 'results')
      this.#bound = { ...this.#bound, ...lastFleets(record.end.value.groups) }
    if (record.type === 'cell.start') this.#source = record.source
    if (record.type === 'session.focus') [this.#focus, this.#hosts] = [record.pattern, record.hosts]
  }

  #print(record: SessionRecord): void {
    const { talkPaint, paint } = this.#output
    switch (record.type) {
      case 'session.start':
        this.#output.talk(
          talkPaint.dim(
            `muster · ${record.inventory} · ${record.hosts.length === 1 ? '1 host' : `${record.hosts.length} hosts`} · session ${record.session} · :help`,
          ),
        )
        break
      case 'cell.start':
        // of an earlier session, shown again: nobody has typed it here
        if (record.at < this.#opened)
          this.#output.data(
            sanitiseLines(record.source).map(
              (line, i) => `${paint.cyan(i === 0 ? `${record.cell} ›` : '  …')} ${line}`,
            ),
          )
        break
      case 'notebook.opened':
        this.#output.data(
          record.altered ? alteredLines(record.cells, record.altered, paint) : notebookLines(record, paint),
        )
        break
      case 'host.state':
        if (record.state === 'failed' || record.state === 'lost')
          this.#loss(record.host, `${record.state}: ${record.reason ?? 'no reason given'}`)
        break
      case 'cell.console':
        if (record.stream === 'out') this.#output.data(sanitise(record.text).replace(/\n$/, ''))
        else this.#output.talk(sanitise(record.text).replace(/\n$/, ''))
        break
      case 'cell.left':
        this.#output.talk(talkPaint.dim(leftText(record.running)))
        break
      case 'note':
        this.#output.talk(record.level === 'error' ? talkPaint.red(record.text) : record.text)
        break
      case 'change.failed':
        this.#output.talk(talkPaint.red(record.error))
        break
      case 'cell.end': {
        const lines = endLines(record.end, this.#source, record.end.kind === 'ok' ? paint : talkPaint)
        if (record.end.kind === 'ok') this.#output.data(this.#pager.begin(lines))
        else this.#output.talk(lines)
      }
    }
  }

  /** The same trouble on many hosts is said once, with their node set. */
  #loss(host: string, reason: string): void {
    const trouble = withoutAddress(reason)
    this.#lost.set(trouble, [...(this.#lost.get(trouble) ?? []), { host, reason }])
    this.#gather ??= setTimeout(() => {
      this.#gather = undefined
      for (const lost of this.#lost.values()) {
        const text = commonSentence(lost.map(({ reason: told }) => told))
        this.#output.talk(this.#output.talkPaint.red(`✗ ${hostsText(lost.map(each => each.host))} ${sanitise(text)}`))
      }
      this.#lost.clear()
    }, GATHER_MS)
    this.#gather.unref()
  }
}

/** The colon command that a line is: `:facts`, and `files.line?`, which asks for help. */
function commandIn(line: string): string | undefined {
  if (line.startsWith(':')) return line.slice(1)
  const asked = helpAsked(line)
  return asked === undefined ? undefined : `help ${asked}?`
}

/** What a colon command said, as lines. */
export function replyLines(reply: CommandReply, { paint }: Output): string[] {
  if (reply.kind === 'display') return displayLines(reply.display, paint)
  return reply.kind === 'text' && reply.text !== '' ? sanitiseLines(reply.text) : []
}
