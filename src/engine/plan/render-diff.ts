import { structuredPatch } from 'diff'
import type { Diff, DiffCount, DiffLine, FieldValue, SetMember } from './diff.js'

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
  const patch = structuredPatch(subject, subject, before, after, '', '', { context })
  return patch.hunks.flatMap(hunk => [
    { sign: '@' as const, text: `-${start(hunk.oldStart, hunk.oldLines)} +${start(hunk.newStart, hunk.newLines)}` },
    ...hunk.lines.map(line => ({ sign: signOf(line), text: line.startsWith('\\') ? line : line.slice(1) })),
  ])
}

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
