import { anyOverlap, type Topic } from '../../engine/plan/topic.js'
import { brief } from '../../engine/text/brief.js'
import { recognise } from '../export/shell/recognise.js'
import type { SessionRecord } from '../protocol.js'

/** Something that may have changed a host, and how many records had been written by then. */
interface PossibleChange {
  readonly index: number
  /** What it may have changed; `undefined`: anything. */
  readonly touches: readonly Topic[] | undefined
  readonly what: string
}

/** Labels of command tasks that send nothing themselves. */
const NOTHING_SENT: ReadonlySet<string> = new Set(['each', 'connect'])

/** What may have changed the hosts of a recorded session after they had answered something. */
export class PossibleChanges {
  readonly #byHost = new Map<string, PossibleChange[]>()

  constructor(records: readonly SessionRecord[]) {
    const commands = new Map<number, string>()
    for (const [index, record] of records.entries()) {
      if (record.type === 'task.start' && mayChange(record)) commands.set(record.task, record.label)
      else if (record.type === 'task.host') {
        const label = commands.get(record.task)
        if (label !== undefined) this.#note(record.host, { index, touches: undefined, what: brief(label) })
      } else if (record.type === 'change.start')
        this.#note(record.host, { index, touches: record.touches, what: record.summary })
    }
  }

  /** What may have changed one of these topics later than that; `undefined`: nothing. */
  after(host: string, index: number, reads: readonly Topic[]): string | undefined {
    return this.#byHost
      .get(host)
      ?.find(change => change.index > index && (change.touches === undefined || anyOverlap(change.touches, reads)))
      ?.what
  }

  #note(host: string, change: PossibleChange): void {
    const known = this.#byHost.get(host)
    if (known) known.push(change)
    else this.#byHost.set(host, [change])
  }
}

function mayChange({ kind, label }: Extract<SessionRecord, { type: 'task.start' }>): boolean {
  if (kind === 'transfer') return /^(?:write|upload) /.test(label)
  return kind === 'command' && !NOTHING_SENT.has(label) && recognise([label]).kind !== 'reads'
}
