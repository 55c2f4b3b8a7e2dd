import { structuredPatch } from 'diff'
import type { Diff, DiffCount, DiffLine, FieldValue, SetMember } from './diff.js'

/** Lines removed and added beyond which no shortest diff is looked for: the time that takes grows with their square. */
export const MOST_EDITS = 4000

/**
 * A diff as lines: unified hunks for text, one `-`/`+` pair per field, one line per set member.
 *
 * @param context unchanged lines kept around each hunk
 * @example
 * diffLines({ kind: 'text', subject: '/etc/motd', before: 'old\n', after: 'new\n' })
 * // [{ sign: '@', text: '-1,1 +1,1' }, { sign: '-', text: 'old' }, { sign: '+', text: 'new' }]
 */
export function diffLines(diff: Diff, context = 3): DiffLine[] {
  switch (diff.kind) {
    case 'text':
      return textLines(diff.subject, diff.before ?? '', diff.after ?? '', context)
    case 'fields':
      return Object.entries(diff.fields).flatMap(([name, { before, after }]) => [
        ...(before === null ? [] : [{ sign: '-' as const, text: `${name}: ${fieldText(before)}` }]),
        ...(after === null ? [] : [{ sign: '+' as const, text: `${name}: ${fieldText(after)}` }]),
      ])
    case 'set':
      return [
        ...diff.removed.map(member => ({ sign: '-' as const, text: memberText(member) })),
        ...diff.altered.flatMap(({ name, before, after }) => [
          { sign: '-' as const, text: memberText({ name, detail: before }) },
          { sign: '+' as const, text: memberText({ name, detail: after }) },
        ]),
        ...diff.added.map(member => ({ sign: '+' as const, text: memberText(member) })),
      ]
    case 'command':
      return diff.command.split('\n').map(text => ({ sign: '!', text }))
  }
}

/** Added and removed lines of a diff. */
export function diffCount(diff: Diff): DiffCount {
  const lines = diffLines(diff, 0)
  return {
    added: lines.filter(line => line.sign === '+' || line.sign === '!').length,
    removed: lines.filter(line => line.sign === '-').length,
  }
}

function textLines(subject: string, before: string, after: string, context: number): DiffLine[] {
  const patch = structuredPatch(subject, subject, before, after, '', '', { context, maxEditLength: MOST_EDITS })
  if (!patch) return oneHunk(before, after, context)
  return patch.hunks.flatMap(hunk => [
    { sign: '@' as const, text: `-${start(hunk.oldStart, hunk.oldLines)} +${start(hunk.newStart, hunk.newLines)}` },
    ...hunk.lines.map(line => ({ sign: signOf(line), text: line.startsWith('\\') ? line : line.slice(1) })),
  ])
}

/** One hunk from the first line that differs to the last. */
function oneHunk(before: string, after: string, context: number): DiffLine[] {
  const [old, fresh] = [linesOf(before), linesOf(after)]
  const most = Math.min(old.length, fresh.length)
  let head = 0
  while (head < most && old[head] === fresh[head]) head += 1
  let tail = 0
  while (tail < most - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1
  const first = Math.max(0, head - context)
  const [oldEnd, freshEnd] = [old, fresh].map(({ length }) => Math.min(length, length - tail + context))
  const signed = (sign: '+' | '-' | ' ', lines: readonly string[]) =>
    lines.flatMap((line): DiffLine[] =>
      line.endsWith('\n')
        ? [{ sign, text: line.slice(0, -1) }]
        : [
            { sign, text: line },
            { sign: ' ', text: '\\ No newline at end of file' },
          ],
    )
  const ranges = [(oldEnd ?? 0) - first, (freshEnd ?? 0) - first].map(count => start(first + 1, count))
  return [
    { sign: '@', text: `-${ranges[0]} +${ranges[1]}` },
    ...signed(' ', old.slice(first, head)),
    ...signed('-', old.slice(head, old.length - tail)),
    ...signed('+', fresh.slice(head, fresh.length - tail)),
    ...signed(' ', old.slice(old.length - tail, oldEnd)),
  ]
}

/** With their line ends. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

/** A range as diff prints it: an empty one stands after the line before it. */
function start(first: number, count: number): string {
  return `${count === 0 ? first - 1 : first},${count}`
}

function signOf(line: string): DiffLine['sign'] {
  const first = line[0]
  return first === '+' || first === '-' ? first : ' '
}

function fieldText(value: FieldValue): string {
  return Array.isArray(value) ? value.join(', ') : String(value)
}

function memberText({ name, detail }: SetMember): string {
  return detail ? `${name} ${detail}` : name
}
