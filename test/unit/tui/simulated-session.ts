import { PassThrough, Writable } from 'node:stream'
import type { Question } from '../../../src/engine/connect/ask.js'
import type { ApprovalRequest, ChangeView, Decision, PlanView } from '../../../src/engine/events.js'
import type { Guard } from '../../../src/engine/inventory/spec.js'
import type { AttachedShell } from '../../../src/engine/shell/attach-terminal.js'
import type { Place } from '../../../src/repl/language/requests.js'
import type {
  AssistView,
  CellEnd,
  CommandReply,
  CompletionView,
  Display,
  FactView,
  HelpView,
  HistoryEntry,
  HostView,
  Problem,
  SessionEvent,
  SessionPort,
  SessionRecord,
} from '../../../src/repl/protocol.js'

/** What a test asserts that the screen asked for. */
export type Call =
  | { readonly kind: 'run'; readonly source: string; readonly force: boolean }
  | { readonly kind: 'command'; readonly line: string }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'decide'; readonly id: number; readonly decision: Decision }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: string | boolean | undefined }
  | { readonly kind: 'select'; readonly hosts: readonly string[] }
  | { readonly kind: 'facts'; readonly host: string; readonly afresh: boolean }
  | { readonly kind: 'attach'; readonly host: string }
  | { readonly kind: 'arrange'; readonly cells: readonly number[] }
  | { readonly kind: 'close' }

/** A session without hosts: it says what a test has it say, and remembers what it was asked for. */
export class SimulatedSession implements SessionPort {
  readonly calls: Call[] = []
  readonly #listeners = new Set<(record: SessionRecord) => void>()
  readonly #earlier: SessionRecord[] = []
  inputs: readonly HistoryEntry[] = []
  problems: readonly Problem[] = []
  completions: readonly CompletionView[] = []
  factsOf: (host: string) => readonly FactView[] = () => []
  reply: (line: string) => CommandReply = line => (line === 'quit' ? { kind: 'quit' } : { kind: 'text', text: 'done' })
  #lastCell = 0

  /** Whoever listens later hears nothing of what was before: for measurements of memory. */
  forgetful = false

  /** Says that something happened, now. */
  emit(...events: readonly SessionEvent[]): void {
    for (const event of events) {
      const record: SessionRecord = { ...event, at: Date.now() }
      if (!this.forgetful) this.#earlier.push(record)
      for (const listener of this.#listeners) listener(record)
    }
  }

  listen(listener: (record: SessionRecord) => void): () => void {
    for (const record of this.#earlier) listener(record)
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async run(source: string, { force = false }: { readonly force?: boolean } = {}): Promise<CellEnd> {
    this.calls.push({ kind: 'run', source, force })
    return { kind: 'ok', value: { kind: 'nothing' } }
  }

  interrupt(): void {
    this.calls.push({ kind: 'interrupt' })
  }

  decide(id: number, decision: Decision): void {
    this.calls.push({ kind: 'decide', id, decision })
    this.emit({ type: 'approval.given', id, decision })
  }

  answer(id: number, answer: string | boolean | undefined): void {
    this.calls.push({ kind: 'answer', id, answer })
    this.emit({ type: 'question.settled', id })
  }

  async command(line: string): Promise<CommandReply> {
    this.calls.push({ kind: 'command', line })
    return this.reply(line)
  }

  assistance: AssistView = { problems: [] }
  descriptions: (name: string) => string | undefined = () => undefined

  async assist(): Promise<AssistView> {
    return this.assistance
  }

  helpOn: HelpView | undefined
  place: Place | undefined

  async help(): Promise<HelpView | undefined> {
    return this.helpOn
  }

  async definition(): Promise<Place | undefined> {
    return this.place
  }

  async describe(_source: string, _position: number, name: string): Promise<string | undefined> {
    return this.descriptions(name)
  }

  async check(): Promise<readonly Problem[]> {
    return this.problems
  }

  async complete(): Promise<readonly CompletionView[]> {
    return this.completions
  }

  async facts(host: string, afresh = false): Promise<readonly FactView[]> {
    this.calls.push({ kind: 'facts', host, afresh })
    return this.factsOf(host)
  }

  /** A shell that says what is typed, until that is `exit`. */
  async attach(host: string): Promise<AttachedShell> {
    this.calls.push({ kind: 'attach', host })
    if (host === this.unreachable) throw new Error(`${host}: no answer within 10 s`)
    const stdout = new PassThrough()
    stdout.write(`${host}$ `)
    let end: (exit: { code: number }) => void = () => {}
    const exit = new Promise<{ code: number }>(resolve => {
      end = resolve
    })
    const stdin = new Writable({
      write(chunk: Buffer, _, done) {
        stdout.write(`typed ${chunk.toString().trim()}\r\n`)
        if (chunk.toString() === 'exit\r') end({ code: 3 })
        done()
      },
    })
    return { stdin, stdout, exit, resize: () => {}, close: () => end({ code: 0 }) }
  }

  /** A host on which no shell can be opened. */
  unreachable = ''

  select(hosts: readonly string[]): void {
    this.calls.push({ kind: 'select', hosts })
  }

  arrange(cells: readonly number[]): void {
    this.calls.push({ kind: 'arrange', cells })
  }

  async names(): Promise<readonly CompletionView[]> {
    return this.known
  }

  known: readonly CompletionView[] = []

  async history(): Promise<readonly HistoryEntry[]> {
    return this.inputs
  }

  async close(): Promise<void> {
    this.calls.push({ kind: 'close' })
  }

  /** Starts a session: groups with numbered hosts, all of them connecting. */
  start(groups: Readonly<Record<string, number>>, guard: Guard = 'confirm'): readonly string[] {
    const members = Object.entries(groups).map(
      ([group, count]) => [group, Array.from({ length: count }, (_, index) => `${group}-${index + 1}`)] as const,
    )
    const hosts = members.flatMap(([group, names]) =>
      names.map(
        (name, index): HostView => ({ name, address: `10.0.${index >> 8}.${index & 255}`, groups: [group], guard }),
      ),
    )
    const names = hosts.map(host => host.name)
    this.emit(
      {
        type: 'session.start',
        session: 'fix-ntp',
        inventory: 'inventory.ts',
        hosts,
        groups: Object.fromEntries(members),
        directory: '/srv/fleet',
        by: 'alice@laptop',
      },
      { type: 'session.focus', pattern: 'all', hosts: names },
    )
    return names
  }

  /** Brings hosts up, each with a latency of its own. */
  ready(hosts: readonly string[], user = 'deploy'): void {
    hosts.forEach((host, index) => {
      this.emit(
        { type: 'host.state', host, state: 'ready', ms: 30 + index, user },
        { type: 'host.latency', host, ms: 3 + (index % 7) },
      )
    })
  }

  startCell(source: string, focus: readonly string[]): number {
    this.#lastCell += 1
    this.emit({ type: 'cell.start', cell: this.#lastCell, source, focus })
    return this.#lastCell
  }

  endCell(cell: number, end: CellEnd, ms = 42): void {
    this.emit({ type: 'cell.end', cell, end, ms })
  }

  /** A whole cell at once. */
  cell(source: string, value: Display, ms = 42): void {
    this.endCell(this.startCell(source, []), { kind: 'ok', value }, ms)
  }

  /** Plans an operation and asks for approval, as the engine does; answers come to {@link calls}. */
  askFor(
    cell: number,
    plan: PlanView,
    { id = 1, guard = 'confirm' }: { id?: number; guard?: Guard } = {},
  ): ApprovalRequest {
    const changing = plan.groups.filter(group => group.outcome === 'change' || group.outcome === 'unknown')
    const hosts = changing.flatMap(group => group.hosts)
    const request: ApprovalRequest = {
      id,
      cell,
      title: `${plan.label} on ${hosts.length} hosts`,
      plans: [plan],
      hosts,
      choices: changing.map((group, index) => ({
        id: index + 1,
        hosts: group.hosts,
        summary: group.reason ?? group.changes.map(change => change.summary).join(', '),
      })),
      guard,
      unplanned: false,
    }
    this.emit(
      {
        type: 'task.start',
        task: id,
        cell,
        kind: 'operation',
        label: plan.label,
        hosts: plan.groups.flatMap(g => g.hosts),
      },
      { type: 'plan', task: id, cell, plan },
      { type: 'approval.asked', request },
    )
    return request
  }
}

/** A host shows a key that is not known. */
export const hostKeyQuestion = (
  given: Partial<Extract<Question, { kind: 'hostkey' }>> = {},
): Extract<Question, { kind: 'hostkey' }> => ({
  kind: 'hostkey',
  key: 'k',
  host: 'web-1',
  hosts: ['web-1'],
  address: '10.0.0.1:22',
  keyType: 'ssh-ed25519',
  fingerprint: 'SHA256:abc',
  otherNames: [],
  ...given,
})

/** A changed line of a file. */
export function lineChange(path: string, before: string, after: string): ChangeView {
  return {
    summary: `edit ${path}`,
    diff: {
      kind: 'text',
      subject: path,
      before: `driftfile /var/lib/ntp/ntp.drift\n${before}\nrestrict default nomodify\n`,
      after: `driftfile /var/lib/ntp/ntp.drift\n${after}\nrestrict default nomodify\n`,
    },
    commands: [`write ${path} (88 bytes, mode 0644)`],
    undoable: true,
  }
}

/** Hosts that answered alike. */
export function group(hosts: readonly string[], text: string, exitCode?: number) {
  return {
    hosts,
    status: exitCode === undefined || exitCode === 0 ? ('ok' as const) : ('failed' as const),
    text,
    cut: false,
    ...(exitCode === undefined ? {} : { exitCode }),
    ms: 42,
  }
}
