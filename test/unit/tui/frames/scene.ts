import type { FactView } from '../../../../src/repl/protocol.js'
import type { Message } from '../../../../src/tui/state/message.js'
import type { DrawnView } from '../drawn-view.js'
import { group, lineChange, SimulatedSession } from '../simulated-session.js'

/** The time on the clock of every scene. */
export const NOW = Date.UTC(2026, 10, 28, 12)

/** What a colour says; which one it is depends on the theme. */
export type Meaning = 'good' | 'bad' | 'warning'

/** A text that must be there; with a meaning, its first letter in the colour of that. */
export type Wanted = string | RegExp | readonly [text: string, meaning: Meaning]

export interface Scene {
  readonly title: string
  readonly build: (view: DrawnView) => DrawnView
  readonly shows: readonly Wanted[]
  /** It has the whole screen, its first row too. */
  readonly over?: true
  /** What is there where there is room for it. */
  readonly from?: { readonly cols: number; readonly shows: readonly Wanted[] }
}

/** Tells a view all that a session said, a second ago. */
function after(session: SimulatedSession, view: DrawnView): DrawnView {
  session.listen(record => view.record([{ ...record, at: NOW - 1000 }]))
  return view
}

export function fleet(more: (session: SimulatedSession, hosts: readonly string[]) => void = () => {}) {
  return (view: DrawnView): DrawnView => {
    const session = new SimulatedSession()
    const hosts = session.start({ web: 4, db: 2 })
    session.ready(hosts.filter(host => host !== 'web-3'))
    session.emit({ type: 'host.state', host: 'web-3', state: 'failed', ms: 10_000, reason: 'no answer within 10 s' })
    more(session, hosts)
    return after(session, view)
  }
}

export const WEB = ['web-1', 'web-2', 'web-3', 'web-4']

export const answered = fleet(session => {
  session.cell('$`cat /etc/release`', {
    kind: 'results',
    of: 'command',
    groups: [group(['web-1', 'web-2', 'web-4'], 'first\nDebian 12', 0), group(['web-3'], 'first\nDebian 11', 1)],
  })
})

export const change = {
  ...lineChange('/etc/ntp.conf', 'server old.example', 'server new.example'),
  irreversible: 'no way back',
}

export const planned = fleet(session => {
  session.askFor(session.startCell("files.line({ path: '/etc/ntp.conf' })", WEB), {
    operation: 'files.line',
    label: 'files.line /etc/ntp.conf',
    groups: [
      { hosts: ['web-4'], outcome: 'unknown', changes: [], reason: 'depends on line 2' },
      { hosts: ['web-1', 'web-2'], outcome: 'change', changes: [change] },
      { hosts: ['web-3'], outcome: 'same', changes: [] },
    ],
  })
})

export const timed = (...ms: readonly number[]) =>
  fleet(session => {
    const hosts = WEB.slice(0, ms.length)
    const cell = session.startCell('$`sleep`', hosts)
    session.emit({ type: 'task.start', task: 5, cell, kind: 'command', label: 'sleep', hosts })
    for (const [at, host] of hosts.entries())
      session.emit({
        type: 'task.host',
        task: 5,
        host,
        outcome: { status: 'ok', key: 'k', text: 'x', ms: ms[at] ?? 0 },
      })
    session.endCell(cell, { kind: 'ok', value: { kind: 'results', of: 'command', groups: [group(hosts, 'done', 0)] } })
  })

const facts = (version: string, memory: number): readonly FactView[] => [
  {
    name: 'server.os',
    rows: [
      ['family', 'debian'],
      ['version', version],
    ],
    age: 75,
  },
  { name: 'hardware.memory', rows: [['total', String(memory), memory]], age: 0 },
  { name: 'server.load', rows: [['one', String(memory / 1e9 + 1e-9), memory / 1e9 + 1e-9]], age: 0 },
  { name: 'server.mounts', rows: [], age: 0, error: 'df: not found' },
]

export const factsOf = (host: string, version: string, memory: number): Message => ({
  kind: 'facts',
  host,
  facts: facts(version, memory),
})
