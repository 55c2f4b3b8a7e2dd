import { isUtf8 } from 'node:buffer'
import type { RecordedOutput } from '../events.js'

/** Output as it is recorded: as text where it is some, so that secrets in it are seen. */
export function recordedOutput(bytes: Buffer): RecordedOutput {
  return isUtf8(bytes) ? bytes.toString('utf8') : { $bytes: bytes.toString('base64') }
}

/** The opposite of {@link recordedOutput}. */
export function outputBytes(recorded: RecordedOutput): Buffer {
  return typeof recorded === 'string' ? Buffer.from(recorded) : Buffer.from(recorded.$bytes, 'base64')
}
