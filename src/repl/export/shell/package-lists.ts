import type { RecognisedCall } from './offered-call.js'

/** Whether the package lists were updated by a shell line of the session. */
export interface PackageLists {
  updated: boolean
}

/**
 * Calls with an update of the package lists made a part of the installations after it, where it is done only when there is something
 * to install: an update by itself is no state that a host could be in.
 */
export function withListUpdates(calls: readonly RecognisedCall[], lists: PackageLists): RecognisedCall[] {
  return calls.flatMap(call => {
    if (call.operation !== 'apt.packages') return [call]
    if (!('packages' in call.args)) {
      lists.updated = true
      return []
    }
    const isInstallation = !('present' in call.args)
    return [isInstallation && lists.updated ? { ...call, args: { ...call.args, update: true } } : call]
  })
}
