import { nobody } from '../../src/engine/connect/index.js'
import type { EngineEvent } from '../../src/engine/events.js'
import { approveAll } from '../../src/engine/run/approval.js'
import { openWorkspace, type Workspace } from '../../src/repl/workspace.js'
import type { Lab } from './lab.js'
import { type LabInventoryOptions, labInventory } from './lab-inventory.js'

type StateChange = Extract<EngineEvent, { type: 'host.state' }>

/** The engine of a session on a lab, without the session: every plan is approved, no question answered, lost hosts come back. */
export interface LabEngine extends Workspace {
  /** All states that a host has been in, in order, with the reasons. */
  states(host: string): readonly StateChange[]
}

/** Opens an engine on the hosts of a lab; they connect when they are first used. */
export async function labEngine(lab: Lab, options: LabInventoryOptions = {}): Promise<LabEngine> {
  const changes: StateChange[] = []
  const workspace = await openWorkspace({
    inventory: labInventory(lab, options),
    directory: process.cwd(),
    approver: approveAll,
    asker: nobody,
    reconnect: true,
    emit: event => {
      if (event.type === 'host.state') changes.push(event)
    },
  })
  return { ...workspace, states: host => changes.filter(change => change.host === host) }
}
