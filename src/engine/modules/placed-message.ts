import { displayPath } from './compiler.js'
import { SourceError } from './source-error.js'
import { sourceFrames } from './stack-trace.js'

/**
 * What went wrong as one sentence, with its place in the person's own code before it where it has one.
 *
 * @example
 * placedMessage(error) // 'deploy.ts:12:9: There is no group @wbe; did you mean @web?'
 */
export function placedMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const [frame] = error instanceof SourceError ? [] : sourceFrames(error)
  return frame ? `${displayPath(frame.source)}:${frame.line}:${frame.column}: ${text}` : text
}
