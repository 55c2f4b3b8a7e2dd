import { type Change, callOf, type OperationCall, type Prediction } from '../engine/plan/change.js'
import type { FieldValue } from '../engine/plan/diff.js'
import type { Topic } from '../engine/plan/topic.js'
import { contentOf, type FileContent } from '../facts/file-content.js'
import { assignPath } from '../facts/remote-path.js'
import { bytesOf, contentDiff, keptBytes, predictContent } from './files/content.js'
import { restore } from './files/settle.js'

export interface FileChange {
  /** What the file holds; `undefined`: there is none. */
  readonly before: string | Uint8Array | undefined
  /** What it is to hold; `undefined`: it is to be removed. */
  readonly after: string | Uint8Array | undefined
  /** Permission bits, octal: `0644`. Default: those of the file replaced, else 0644. */
  readonly mode?: string
  readonly owner?: string
  readonly group?: string
}

/** What every change made of parts says besides its diff; see {@link Change}. */
interface Parts {
  /** A verb and its object: `set the time zone`. */
  readonly summary: string
  /** POSIX `sh` text that carries it out. */
  readonly script: string
  /** All that the script may alter. */
  readonly touches: readonly Topic[]
  readonly predicts?: readonly Prediction[]
  readonly undo?: OperationCall
  readonly irreversible?: string
}

export interface FieldsChange extends Parts {
  readonly before: Readonly<Record<string, FieldValue>>
  readonly after: Readonly<Record<string, FieldValue>>
}

export interface SetChange extends Parts {
  /** Members by name, with a version or other detail; an empty one for none. */
  readonly before: Readonly<Record<string, string>>
  readonly after: Readonly<Record<string, string>>
}

/**
 * Makes the changes that an operation yields, for operations of one's own.
 *
 * @example
 * const motd = operation({
 *   name: 'my.motd',
 *   summary: 'The greeting at login.',
 *   args: z.strictObject({ text: z.string() }),
 *   async *plan(host, { text }) {
 *     const before = await host.fact(facts.files.text, { path: '/etc/motd' })
 *     if (before !== text) yield change.file('/etc/motd', { before, after: text })
 *   },
 * })
 */
export const change = {
  /** A file's content: written as a whole, or removed. It can be taken back. */
  file(path: string, { before: held, after: wanted, ...attributes }: FileChange): Change {
    const [before, after] = [contentIn(held), contentIn(wanted)]
    const kept = before && keptBytes(before)
    const undo = before
      ? kept !== undefined && callOf(restore, { type: 'file', path, content: kept })
      : callOf(restore, { type: 'absent', path })
    return {
      summary: `${held === undefined ? 'create' : wanted === undefined ? 'remove' : 'edit'} ${path}`,
      diff: contentDiff(path, before, after),
      steps: [
        wanted === undefined
          ? { kind: 'run', script: `${assignPath(path)}\nrm -f "$p"` }
          : { kind: 'write', path, content: bytesOf(wanted), ...attributes },
      ],
      touches: [`file:${path}`],
      predicts: predictContent(path, before, after),
      ...(undo ? { undo } : { irreversible: `the former content of ${path} is too large to be kept` }),
    }
  },

  /** Named attributes of one thing: the diff shows those that differ. */
  fields(subject: string, { before, after, ...parts }: FieldsChange): Change {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    const fields = names.flatMap(name => {
      const pair = { before: before[name] ?? null, after: after[name] ?? null }
      return String(pair.before) === String(pair.after) ? [] : [[name, pair] as const]
    })
    return scripted(parts, { kind: 'fields', subject, fields: Object.fromEntries(fields) })
  },

  /** Members of a set: the diff shows those that come, go or change their detail. */
  set(subject: string, { before, after, ...parts }: SetChange): Change {
    const told = ([name, detail]: [string, string]) => ({ name, ...(detail ? { detail } : {}) })
    return scripted(parts, {
      kind: 'set',
      subject,
      added: Object.entries(after).flatMap(member => (member[0] in before ? [] : told(member))),
      removed: Object.entries(before).flatMap(member => (member[0] in after ? [] : told(member))),
      altered: Object.entries(after).flatMap(([name, detail]) => {
        const former = before[name]
        return former === undefined || former === detail ? [] : { name, before: former, after: detail }
      }),
    })
  },

  /** A command whose effect cannot be told beforehand. */
  command(subject: string, parts: Parts): Change {
    return scripted(parts, { kind: 'command', subject, command: parts.script })
  },
} as const

function scripted({ script, ...parts }: Parts, diff: Change['diff']): Change {
  return { ...parts, diff, steps: [{ kind: 'run', script }] }
}

function contentIn(data: string | Uint8Array | undefined): FileContent | undefined {
  return data === undefined ? undefined : contentOf(bytesOf(data))
}
