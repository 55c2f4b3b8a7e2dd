import { nobody } from '../../engine/connect/index.js'
import { declineAll } from '../../engine/run/approval.js'
import { RecordedAnswers } from '../../journal/replay/answers.js'
import { NotRecorded } from '../../journal/replay/replay-link.js'
import { PossibleChanges } from '../replay/possible-changes.js'
import { type Replay, replayedHosts } from '../replay/replay.js'
import { openWorkspace } from '../workspace.js'
import type { Proof } from './proof.js'
import { prove } from './prove.js'

/**
 * Proves a deploy without hosts: planned against what they answered in a recorded session, it finds nothing to do. An answer counts
 * only when nothing that came after it may have made another of it.
 *
 * @param path of the deploy module
 * @param directory that type faults and modules are named from
 */
export async function proveRecorded(
  path: string,
  replay: Replay,
  directory: string,
  signal: AbortSignal,
): Promise<Proof> {
  const answers = new RecordedAnswers(replay.recording.records)
  const changes = new PossibleChanges(replay.records)
  const workspace = await openWorkspace({
    ...replayedHosts(replay),
    directory,
    asker: nobody,
    approver: declineAll,
    emit: () => {},
    recall: name => (question, identity) => {
      const found = answers.fact(name, identity, question.key, replay.recording.records.length)
      const later = found.missing === undefined ? changes.after(name, found.index, question.reads) : undefined
      if (found.missing !== undefined) throw new NotRecorded(name, question.key, found.missing)
      if (later !== undefined && !question.immutable)
        throw new NotRecorded(name, question.key, `“${later}” came after its last answer`)
      return found.answer
    },
  })
  try {
    const proof = await prove(path, workspace, signal)
    return proof.kind === 'proven' ? { ...proof, offline: true } : proof
  } finally {
    await workspace.close()
  }
}
