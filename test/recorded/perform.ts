import type { Decision } from '../../src/engine/events.js'
import { Kernel } from '../../src/repl/kernel/kernel.js'
import { CELL_RECORDS } from '../../src/repl/notebook/session-cells.js'
import type { SessionRecord } from '../../src/repl/protocol.js'
import type { Lab } from '../fleet/lab.js'
import type { TypedSession } from './sessions.js'

/** Nobody presses Ctrl-C. */
const NEVER = { isInterrupting: () => false, interrupt: () => {}, heard: async () => {} }

/** Types a session into a kernel of its own, in this process; gives what an export needs of its record. */
export async function perform({ typed }: TypedSession, lab: Lab, directory: string): Promise<SessionRecord[]> {
  const records: SessionRecord[] = []
  let answer: 'all' | 'part' | 'none' = 'all'
  const kernel = new Kernel(record => {
    if (CELL_RECORDS.has(record.type)) records.push(record)
    if (record.type !== 'approval.asked') return
    const { id, hosts, choices } = record.request
    const some = answer === 'part' ? { choices: choices.slice(0, 1).map(choice => choice.id) } : {}
    const decision: Decision =
      answer === 'none' ? { kind: 'decline' } : { kind: 'apply', confirmedHosts: hosts.length, ...some }
    // asked is said before anyone waits for the answer
    setImmediate(() => kernel.people.decide(id, decision))
    answer = 'all'
  }, NEVER)
  await kernel.open({ inventory: 'inventory.ts', directory, colors: false, connect: false })
  try {
    for (const line of typed) {
      const [, order, host = ''] = /^!(\w+) ?(\w*)/.exec(line) ?? []
      if (order === 'decline') answer = 'none'
      else if (order === 'part') answer = 'part'
      else if (order === 'fill') await lab.fillDisk(host)
      else if (order === 'free') await lab.freeDisk(host)
      else if (line.startsWith(':')) await kernel.command(line.slice(1))
      else await kernel.run(line, [])
    }
  } finally {
    await kernel.close()
  }
  return records
}
