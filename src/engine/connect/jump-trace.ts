import type { OpenContext } from './connector.js'
import { TraceRecorder } from './trace.js'

/**
 * Connects a jump host with phases and notes of its own: they are not those of the host behind it, which gets them as one note.
 *
 * @param context of the host behind.
 */
export async function asJump<T>(
  name: string,
  context: OpenContext,
  connect: (own: OpenContext) => Promise<T>,
): Promise<T> {
  const recorder = new TraceRecorder(name)
  const own = { ...context, phase: recorder.enter.bind(recorder), note: recorder.note.bind(recorder) }
  try {
    const connected = await connect(own)
    recorder.end('ready')
    return connected
  } catch (error) {
    recorder.end('failed', error instanceof Error ? error.message : String(error))
    throw error
  } finally {
    context.note({ kind: 'jump', trace: recorder.trace })
  }
}
