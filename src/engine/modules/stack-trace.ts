import { isProxy } from 'node:util/types'
import type { SourcePosition } from './source-error.js'

/** Where compiled code came from: what a stack frame should say instead of the script that ran. */
export interface ScriptOrigin {
  /** What stands before `:line:column`: an absolute file path, or `cell 3`. */
  readonly label: string
  /** The place in the source for a place in the script; `undefined` for code the person did not write. */
  locate(position: SourcePosition): SourcePosition | undefined
}

/** One frame of the person's own code. */
export interface SourceFrame extends SourcePosition {
  /** A file path, or `cell 3`. */
  readonly source: string
  readonly function?: string
}

type StackFormatter = (error: Error, sites: NodeJS.CallSite[]) => unknown

const origins = new Map<string, ScriptOrigin>()
const framesByError = new WeakMap<object, readonly SourceFrame[]>()
const awaitsByError = new WeakMap<object, readonly (() => SourceFrame | undefined)[]>()
let formatter: StackFormatter | undefined

/** Makes every stack trace name the origin of the script called `name`. */
export function registerScript(name: string, origin: ScriptOrigin): void {
  origins.set(name, origin)
}

/**
 * Formats the stack traces of this process with source positions for all registered scripts, also those that user code
 * prints itself. ts-node brings a formatter too, but it keeps the first source map of a file for ever, so that a reloaded
 * file would be reported with its old lines.
 *
 * @param inherited the formatter to ask about errors in which no registered script takes part; none: V8's own format
 */
export function installStackTraces(inherited: StackFormatter | undefined): void {
  formatter ??= (error, sites) => {
    const lines = sites.map(traceLine)
    const frames = lines.flatMap(line => (line.frame ? [line.frame] : []))
    framesByError.set(error, frames)
    if (frames.length === 0 && inherited) return inherited(error, sites)
    return [headline(error), ...lines.map(line => `    at ${line.text}`)].join('\n')
  }
  Error.prepareStackTrace = formatter
  // Ten frames, V8's default, are soon filled by the engine's own: the person's line would be missing.
  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 50)
}

/** Notes where an error came out of an `await`, innermost first. */
export function noteAwait(error: unknown, place: () => SourceFrame | undefined): void {
  if (isProxy(error) || !(error instanceof Error)) return
  const places = awaitsByError.get(error) ?? []
  awaitsByError.set(error, [...places, place])
}

/** The frames of an error that lie in the person's own cells and files, innermost first; then the awaits it came out of. */
export function sourceFrames(error: unknown): readonly SourceFrame[] {
  if (isProxy(error) || !(error instanceof Error)) return [] // a proxy may throw when it is asked
  // Reading the stack makes V8 format it, which is when the frames are noted.
  void error.stack
  const frames = [...(framesByError.get(error) ?? [])]
  for (const place of awaitsByError.get(error) ?? []) {
    const frame = place()
    if (frame && !frames.some(known => isSamePlace(known, frame))) frames.push(frame)
  }
  return frames
}

/** Where a call stands in the person's own code: `cell 3:1:1`, `/…/deploy.ts:4:2`; `undefined` for code that is not theirs. */
export function placeOf(site: NodeJS.CallSite): string | undefined {
  const { frame } = traceLine(site)
  return frame && `${frame.source}:${frame.line}:${frame.column}`
}

function isSamePlace(a: SourceFrame, b: SourceFrame): boolean {
  return a.source === b.source && a.line === b.line && a.column === b.column
}

function traceLine(site: NodeJS.CallSite): { text: string; frame?: SourceFrame } {
  const name = site.getFileName()
  const origin = name == null ? undefined : origins.get(name)
  const line = site.getLineNumber()
  const column = site.getColumnNumber()
  const text = String(site)
  if (!origin || line == null || column == null) return { text }
  const place = origin.locate({ line, column })
  const shown = place ? `${origin.label}:${place.line}:${place.column}` : origin.label
  const mapped = text.replace(`${name}:${line}:${column}`, () => shown)
  if (!place) return { text: mapped }
  const called = site.getFunctionName()
  return { text: mapped, frame: { source: origin.label, ...place, ...(called ? { function: called } : {}) } }
}

function headline(error: Error): string {
  try {
    return Error.prototype.toString.call(error)
  } catch {
    return 'Error'
  }
}
