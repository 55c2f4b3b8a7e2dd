import { join } from 'node:path'
import { writeAtomically } from '../../journal/file.js'
import { historyDirectory } from '../../journal/place.js'
import { readRecording } from '../../journal/replay/recording.js'
import { sessionNamed } from '../../repl/history/session-named.js'
import type { SessionRecord } from '../../repl/protocol.js'
import { processOutput } from '../output.js'
import { asciicastText } from '../render/asciicast.js'

/** `muster replay SESSION --asciicast FILE` */
export async function asciicast(name: string, file: string, speed: number): Promise<number> {
  const history = historyDirectory(process.cwd())
  const { session, records } = await readRecording(join(history, await sessionNamed(history, name)))
  // a journal holds what its kernel wrote
  writeAtomically(file, asciicastText(records as readonly SessionRecord[], { title: session, speed }))
  processOutput(false).talk(`wrote ${file}; asciinema play ${file}`)
  return 0
}
