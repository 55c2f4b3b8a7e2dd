import { Writable } from 'node:stream'
import type { ChangeView, PlanView } from '../../../../src/engine/events.js'
import { GUARDS } from '../../../../src/engine/inventory/spec.js'
import type { Diff } from '../../../../src/engine/plan/diff.js'
import type { AttachedShell } from '../../../../src/engine/shell/attach-terminal.js'
import type { CellEnd, Display, DisplayGroup, Problem, SessionEvent } from '../../../../src/repl/protocol.js'
import { DEFAULT_SETTINGS, SETTINGS, withSetting } from '../../../../src/repl/settings/settings.js'
import { group, hostKeyQuestion, lineChange, SimulatedSession } from '../simulated-session.js'
import type { Random } from './random.js'
import { anyText } from './random-texts.js'

const STATES = [
  'idle',
  'resolving',
  'tcp',
  'kex',
  'auth',
  'shell',
  'ready',
  'ready',
  'ready',
  'lost',
  'failed',
  'closed',
] as const
const OUTCOMES = ['ok', 'ok', 'failed', 'unreachable', 'unknown', 'cancelled', 'skipped'] as const

/** What terminals in memory call themselves. */
const MANY = 'xterm-256color'

/** A session in which anything happens at any time, and which answers anything. */
export class RandomSession extends SimulatedSession {
  readonly #random: Random
  readonly #hosts: readonly string[]
  #task = 0
  #notebookKey = 0
  #id = 0
  #running: { readonly cell: number; readonly task: number; readonly hosts: readonly string[] }[] = []
  #asked: number[] = []

  constructor(random: Random, sizes: Readonly<Record<string, number>>) {
    super()
    this.#random = random
    this.#hosts = this.start(sizes, random.one(GUARDS))
    const text = () => anyText(random)
    const from = () => random.whole(0, 3)
    this.factsOf = () =>
      random.many(0, 6, () => ({
        name: random.one(['server.os', 'hardware.memory', text()]),
        rows: random.many(
          0,
          5,
          () =>
            [random.one(['', 'total', text()]), random.one(['12', '0.3300000001', '16_384_000_000', text()])] as const,
        ),
        age: random.whole(0, 9999),
        ...(random.chance(0.1) ? { error: text() } : {}),
      }))
    this.reply = () => {
      if (random.chance(0.1)) throw new Error(text())
      return random.chance(0.5) ? { kind: 'text', text: text() } : { kind: 'display', display: this.#display() }
    }
    this.complete = async () =>
      random.many(0, 30, () => ({
        name: text(),
        kind: 'method',
        insert: random.one(['os', text()]),
        from: from(),
        detail: text(),
      }))
    this.check = async () => (random.chance(0.3) ? this.#problems() : [])
    this.assist = async () => ({
      problems: random.chance(0.5) ? this.#problems() : [],
      ...(random.chance(0.5)
        ? { signature: { before: text(), active: text(), after: text(), argument: text(), documentation: text() } }
        : {}),
    })
    this.help = async () => ({ title: text(), documentation: text(), examples: [text()], args: [] })
    this.describe = async () => text()
    this.names = async () =>
      random.many(0, 60, () => ({ name: text(), kind: 'command', detail: text(), insert: 'focus', from: 0 }))
    this.history = async () =>
      random.many(0, 60, () => ({
        text: text(),
        at: Date.now() - random.whole(0, 1e9),
        session: text(),
        hosts: text(),
        outcome: 'ok',
      }))
  }

  /** The terminal of a shell on one host is the person's own and shows what it likes; that of many is a program's, and is said anything. */
  override async attach(host: string, { term }: { readonly term?: string } = {}): Promise<AttachedShell> {
    const random = this.#random
    if (random.chance(0.1)) throw new Error(`${host}: ${anyText(random)}`)
    const shell = await super.attach(host)
    if (term !== MANY) return shell
    const said = () => shell.stdout.push(random.chance(0.3) ? 'the same\r\n' : anyText(random))
    const stdin = new Writable({
      write(keys: Buffer, _, done) {
        if (keys.toString() === 'q' || random.chance(0.02)) shell.close()
        else if (random.chance(0.3)) said()
        done()
      },
    })
    said()
    return { ...shell, stdin }
  }

  #problems(): Problem[] {
    const { whole } = this.#random
    const at = (most: number) => whole.call(this.#random, 1, most)
    return this.#random.many(1, 4, () => ({
      line: at(3),
      column: at(9),
      length: at(30),
      message: anyText(this.#random),
      code: 1,
    }))
  }

  #group(hosts: readonly string[]): DisplayGroup {
    const random = this.#random
    return {
      ...group(hosts, anyText(random)),
      status: random.one(OUTCOMES),
      cut: random.chance(0.1),
      ms: random.whole(0, 99_999),
      ...(random.chance(0.5) ? { exitCode: random.whole(0, 255) } : {}),
      ...(random.chance(0.2) ? { changes: random.many(0, 3, () => this.#change()) } : {}),
    }
  }

  #change(): ChangeView {
    const random = this.#random
    const text = () => anyText(random)
    const diffs: readonly (() => Diff)[] = [
      () => lineChange(text(), text(), text()).diff,
      () => ({
        kind: 'text',
        subject: text(),
        before: random.chance(0.5) ? null : text(),
        after: random.chance(0.2) ? null : text(),
      }),
      () => ({ kind: 'fields', subject: text(), fields: { [text()]: { before: text(), after: random.whole(0, 9) } } }),
      () => ({
        kind: 'set',
        subject: text(),
        added: random.many(0, 4, () => ({ name: text(), detail: text() })),
        removed: random.many(0, 4, () => ({ name: text() })),
        altered: [{ name: text(), before: text(), after: text() }],
      }),
      () => ({ kind: 'command', subject: text(), command: text() }),
    ]
    return {
      summary: text(),
      diff: random.one(diffs)(),
      commands: random.many(0, 3, text),
      undoable: random.chance(0.5),
      ...(random.chance(0.2) ? { irreversible: text() } : {}),
      ...(random.chance(0.2) ? { imperative: true } : {}),
    }
  }

  #display(): Display {
    const random = this.#random
    const displays: readonly (() => Display)[] = [
      () => ({ kind: 'nothing' }),
      () => ({ kind: 'text', text: anyText(random) }),
      () => ({
        kind: 'results',
        of: random.one(['command', 'operation', 'value']),
        groups: random.many(0, 4, () => this.#group(random.some(this.#hosts))),
      }),
      () => ({ kind: 'fleet', hosts: random.some(this.#hosts) }),
      () => {
        const columns = random.many(1, 5, () => anyText(random))
        return { kind: 'table', columns, rows: random.many(0, 30, () => columns.map(() => anyText(random))) }
      },
    ]
    return random.one(displays)()
  }

  #end(): CellEnd {
    const random = this.#random
    const ends: readonly (() => CellEnd)[] = [
      () => ({ kind: 'ok', value: this.#display() }),
      () => ({ kind: 'ok', value: this.#display() }),
      () => ({
        kind: 'error',
        error: {
          name: 'TypeError',
          message: anyText(random),
          line: random.whole(1, 4),
          column: random.whole(1, 99),
          frames: random.many(0, 3, () => anyText(random)),
        },
      }),
      () => ({ kind: 'refused', problems: this.#problems() }),
      () => ({ kind: 'interrupted' }),
      () => ({ kind: 'declined', text: anyText(random) }),
    ]
    return random.one(ends)()
  }

  #plan(): PlanView {
    const random = this.#random
    return {
      operation: 'files.line',
      label: `files.line ${anyText(random)}`,
      groups: random.many(1, 4, () => ({
        hosts: random.some(this.#hosts),
        outcome: random.one(['change', 'same', 'unknown', 'failed']),
        changes: random.many(0, 3, () => this.#change()),
        ...(random.chance(0.5) ? { reason: anyText(random) } : {}),
      })),
    }
  }

  /** Something happens. @returns what kind of thing */
  happen(): string {
    const random = this.#random
    const host = random.one(this.#hosts)
    const task = this.#running.length > 0 ? random.one(this.#running) : undefined
    const [kind, events] = random.one<() => readonly [string, readonly SessionEvent[]]>([
      () => ['state', [this.#state(host)]],
      () => ['states', random.some(this.#hosts).map(each => this.#state(each))],
      () => [
        'latencies',
        random.some(this.#hosts).map(each => ({ type: 'host.latency', host: each, ms: random.whole(0, 3000) })),
      ],
      () => ['cell', this.#beginCell()],
      () => ['cell', this.#beginCell()],
      () => ['end', this.#endCell()],
      () => [
        'output',
        task
          ? [
              {
                type: 'task.output',
                task: task.task,
                hosts: Object.fromEntries(
                  random.some(task.hosts).map(each => [each, random.many(0, 4, () => anyText(random))]),
                ),
              },
            ]
          : [],
      ],
      () => [
        'progress',
        task
          ? [
              {
                type: 'task.progress',
                task: task.task,
                done: random.whole(0, 1e9),
                total: 1e9,
                hosts: { [host]: { done: 1, total: random.whole(0, 2) } },
              },
            ]
          : [],
      ],
      () => ['outcomes', task ? random.some(task.hosts).map(each => this.#outcome(task.task, each)) : []],
      () => ['outcomes', task ? random.some(task.hosts).map(each => this.#outcome(task.task, each)) : []],
      () => ['change', task ? this.#changes(task.task, host) : []],
      () => [
        'console',
        task
          ? [{ type: 'cell.console', cell: task.cell, stream: random.one(['out', 'err']), text: anyText(random) }]
          : [],
      ],
      () => ['note', [{ type: 'note', level: random.one(['info', 'warning', 'error']), text: anyText(random) }]],
      () => [
        'focus',
        [
          {
            type: 'session.focus',
            pattern: random.one(['all', '@web', anyText(random)]),
            hosts: random.chance(0.1) ? [] : random.some(this.#hosts),
          },
        ],
      ],
      () => ['settings', [{ type: 'session.settings', settings: this.#settings() }]],
      () => ['question', random.chance(0.4) ? [this.#question()] : []],
      () => ['settled', this.#asked.splice(0, 3).map(id => ({ type: 'question.settled', id }))],
      () => ['approval', this.#approval()],
      () => ['approval', this.#approval()],
      () => ['notebook', random.chance(0.2) ? [this.#notebook()] : []],
    ])()
    this.emit(...events)
    return kind
  }

  #state(host: string): SessionEvent {
    const random = this.#random
    const state = random.one(STATES)
    const reason = (state === 'lost' || state === 'failed') && random.chance(0.9) ? { reason: anyText(random) } : {}
    return { type: 'host.state', host, state, ms: random.whole(0, 5000), ...reason }
  }

  #beginCell(): SessionEvent[] {
    if (this.#running.length > 2) return []
    const random = this.#random
    const hosts = random.some(this.#hosts)
    const cell = this.startCell(
      random.one(['$`uptime`', anyText(random), `:note # ${anyText(random)}\n- **a**`]),
      hosts,
    )
    const task = ++this.#task
    this.#running.push({ cell, task, hosts })
    return [
      {
        type: 'task.start',
        task,
        cell,
        kind: random.one(['command', 'fact', 'operation', 'transfer']),
        label: anyText(random),
        hosts,
      },
    ]
  }

  #endCell(): SessionEvent[] {
    const ended = this.#running.shift()
    return ended
      ? [
          { type: 'task.end', task: ended.task, ms: 5 },
          { type: 'cell.end', cell: ended.cell, end: this.#end(), ms: this.#random.whole(0, 99_999) },
        ]
      : []
  }

  #outcome(task: number, host: string): SessionEvent {
    const random = this.#random
    const status = random.one(OUTCOMES)
    return {
      type: 'task.host',
      task,
      host,
      outcome: { status, key: status, text: anyText(random), ms: random.whole(0, 9000) },
    }
  }

  #changes(task: number, host: string): SessionEvent[] {
    const change = this.#change()
    const start = { type: 'change.start', task, host, summary: change.summary } as const
    return this.#random.chance(0.5)
      ? [start, { type: 'change.applied', task, host, change, ms: 5 }]
      : [start, { type: 'change.failed', task, host, change, error: anyText(this.#random) }]
  }

  #settings() {
    const random = this.#random
    return Object.entries(SETTINGS).reduce(
      (settings, [name, { values }]) =>
        random.chance(0.5) ? settings : withSetting(settings, name, random.one(values)),
      DEFAULT_SETTINGS,
    )
  }

  #question(): SessionEvent {
    const random = this.#random
    const id = ++this.#id
    this.#asked.push(id)
    const hosts = random.some(this.#hosts)
    const [host = ''] = hosts
    return random.chance(0.5)
      ? {
          type: 'question.asked',
          id,
          question: { kind: 'secret', key: `k${id}`, prompt: anyText(random), hosts, retry: random.chance(0.3) },
        }
      : {
          type: 'question.asked',
          id,
          question: hostKeyQuestion({
            key: `k${id}`,
            host,
            hosts,
            address: anyText(random),
            otherNames: random.many(0, 2, () => anyText(random)),
          }),
        }
  }

  #approval(): SessionEvent[] {
    const task = this.#running[0]
    if (task) this.askFor(task.cell, this.#plan(), { id: ++this.#task + 1000, guard: this.#random.one(GUARDS) })
    return []
  }

  #notebook(): SessionEvent {
    const random = this.#random
    return {
      type: 'notebook.opened',
      name: random.one(['fix', anyText(random)]),
      title: anyText(random),
      ...(random.chance(0.5) ? { altered: [random.whole(1, 12)] } : {}),
      cells: random.many(0, 12, () => ({
        key: ++this.#notebookKey % 20,
        source: anyText(random),
        stale: random.chance(0.2),
        ...(random.chance(0.7) ? { number: random.whole(1, 30) } : {}),
        ...(random.chance(0.5) ? { end: this.#end() } : {}),
      })),
    }
  }
}
