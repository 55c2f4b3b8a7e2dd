import { displayLines, endLines } from '../../src/cli/render/display.js'
import { paintFor } from '../../src/cli/render/paint.js'
import type { Decision } from '../../src/engine/events.js'
import type { InventorySpec } from '../../src/engine/inventory/spec.js'
import type { CellEnd, SessionPort, SessionRecord } from '../../src/repl/protocol.js'
import { openSession, type SessionOptions } from '../../src/repl/session.js'
import { type WorkFolder, workFolder } from './lab-inventory.js'

/** A session with everything that has happened in it, and a person who answers as told. */
export interface WatchedSession {
  readonly port: SessionPort
  readonly folder: WorkFolder
  readonly records: readonly SessionRecord[]
  /** How it decides on plans; {@link approve} unless set. Undefined: it leaves them open. */
  decide: ((request: Asked) => Decision) | undefined
  /** How it answers questions; unless set, nobody does. */
  answer: (question: Question) => string | boolean | undefined
  /** Runs a cell; gives what a person reads of its end, as plain lines. */
  read(source: string): Promise<string>
  /** Records of one type since the last call of {@link mark}. */
  since<T extends SessionRecord['type']>(type: T): Extract<SessionRecord, { type: T }>[]
  /** From here on, {@link since} counts. */
  mark(): void
  /** Waits for a record, also one that has come since the last mark. */
  next<T extends SessionRecord['type']>(
    type: T,
    test?: (record: Extract<SessionRecord, { type: T }>) => boolean,
  ): Promise<Extract<SessionRecord, { type: T }>>
  close(): Promise<void>
}

type Asked = Extract<SessionRecord, { type: 'approval.asked' }>['request']
type Question = Extract<SessionRecord, { type: 'question.asked' }>['question']

export const approve = (request: Asked): Decision => ({ kind: 'apply', confirmedHosts: request.hosts.length })

/** Opens a session on an inventory, in a folder of its own. */
export async function watchSession(
  inventory: InventorySpec,
  options: Partial<SessionOptions> = {},
): Promise<WatchedSession> {
  const folder = workFolder(inventory)
  const records: SessionRecord[] = []
  const watchers = new Set<() => void>()
  let from = 0
  const port = await openSession({
    inventory: 'inventory.ts',
    directory: folder.path,
    colors: false,
    connect: false,
    ...options,
  }).catch((error: unknown) => {
    folder.remove()
    throw error
  })
  const ofType = <T extends SessionRecord['type']>(type: T) =>
    records.slice(from).filter((record): record is Extract<SessionRecord, { type: T }> => record.type === type)
  const session: WatchedSession = {
    port,
    folder,
    records,
    decide: approve,
    answer: () => undefined,
    read: async source => endText(await port.run(source), source),
    since: ofType,
    mark: () => {
      from = records.length
    },
    next: (type, test = () => true) =>
      new Promise(resolve => {
        const look = (): void => {
          const found = ofType(type).find(test)
          if (found === undefined) return
          watchers.delete(look)
          resolve(found)
        }
        watchers.add(look)
        look()
      }),
    close: async () => {
      await port.close()
      folder.remove()
    },
  }
  port.listen(record => {
    records.push(record)
    for (const watcher of [...watchers]) watcher()
    if (record.type === 'approval.asked' && session.decide)
      port.decide(record.request.id, session.decide(record.request))
    if (record.type === 'question.asked') port.answer(record.id, session.answer(record.question))
  })
  return session
}

/** How a cell ended, as a person reads it in plain mode. */
export function endText(end: CellEnd, source: string): string {
  const paint = paintFor(false)
  return (end.kind === 'ok' ? displayLines(end.value, paint) : endLines(end, source, paint)).join('\n')
}
