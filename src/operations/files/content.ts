import { type Prediction, predict } from '../../engine/plan/change.js'
import type { Diff } from '../../engine/plan/diff.js'
import { type FileContent, sha256Of } from '../../facts/file-content.js'
import { content, sha256, text } from '../../facts/files.js'

/** Text or bytes as bytes. */
export function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data) : data
}

/** The hash by which contents of any kind compare. */
export function contentHash(held: FileContent): string {
  switch (held.kind) {
    case 'text':
      return sha256Of(bytesOf(held.text))
    case 'binary':
      return sha256Of(held.bytes)
    case 'large':
      return held.sha256
  }
}

/** The difference of two contents: line by line for texts, else by size and hash. */
export function contentDiff(path: string, before: FileContent | undefined, after: FileContent | undefined): Diff {
  if (isTextual(before) && isTextual(after)) {
    return { kind: 'text', subject: path, before: before?.text ?? null, after: after?.text ?? null }
  }
  const size = { before: before ? sizeOf(before) : null, after: after ? sizeOf(after) : null }
  const hash = { before: before ? contentHash(before) : null, after: after ? contentHash(after) : null }
  return {
    kind: 'fields',
    subject: `file ${path}`,
    fields: { ...(size.before === size.after ? {} : { size }), sha256: hash },
  }
}

/**
 * What the facts about content will answer for a path. `files.text` is left out where it cannot be read before the change:
 * predictions are measured on both sides.
 */
export function predictContent(
  path: string,
  before: FileContent | undefined,
  after: FileContent | undefined,
): Prediction[] {
  return [
    predict(content, { path }, after),
    predict(sha256, { path }, after && contentHash(after)),
    ...(isTextual(before) && isTextual(after) ? [predict(text, { path }, after?.text)] : []),
  ]
}

/** The bytes to put back later, where they are known. */
export function keptBytes(held: FileContent): string | Uint8Array | undefined {
  switch (held.kind) {
    case 'text':
      return held.text
    case 'binary':
      return held.bytes
    case 'large':
      return undefined
  }
}

function isTextual(held: FileContent | undefined): held is { kind: 'text'; text: string } | undefined {
  return held === undefined || held.kind === 'text'
}

/** Bytes of a content. */
export function sizeOf(held: FileContent): number {
  if (held.kind === 'large') return held.size
  return bytesOf(held.kind === 'text' ? held.text : held.bytes).length
}
