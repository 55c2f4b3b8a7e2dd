import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DiffLine } from './diff.js'
import { diffCount, diffLines } from './render-diff.js'

const line = fc.string({ unit: fc.constantFrom('a', 'b', '+', '-', '@', ' ', '\\'), maxLength: 3 })
const text = fc.array(line, { maxLength: 12 }).map(lines => lines.map(each => `${each}\n`).join(''))

/** Applies hunks to lines, as patch(1) would. */
function patched(before: readonly string[], diff: readonly DiffLine[]): string[] {
  const after: string[] = []
  let at = 0
  for (const { sign, text } of diff) {
    if (sign === '@') {
      const [, first = 0, count = 0] = (/^-(\d+),(\d+) /.exec(text) ?? []).map(Number)
      const begin = count === 0 ? first : first - 1
      after.push(...before.slice(at, begin))
      at = begin
    } else {
      if (sign !== '+') expect(before[at++]).toBe(text)
      if (sign !== '-') after.push(text)
    }
  }
  return [...after, ...before.slice(at)]
}

const linesOf = (content: string): string[] => (content === '' ? [] : content.slice(0, -1).split('\n'))

describe('diffLines', () => {
  it('gives, applied to the text before, the text after', () => {
    fc.assert(
      fc.property(text, text, fc.nat(4), (before, after, context) => {
        const diff = diffLines({ kind: 'text', subject: '/f', before, after }, context)
        expect(patched(linesOf(before), diff)).toEqual(linesOf(after))
      }),
    )
  })

  it('of texts with too little alike is one hunk, in little time', () => {
    const numbered = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name} ${n}\n`).join('')
    const [old, fresh] = [numbered('old', 20_000), numbered('new', 15_000)]
    const [before, after] = [`1\n2\n${old}9`, `1\n2\n${fresh}9`]
    const diff = diffLines({ kind: 'text', subject: '/f', before, after }, 1)
    expect(patched(before.split('\n'), diff.slice(0, -1))).toEqual(after.split('\n'))
    expect(diff.slice(0, 3)).toEqual([
      { sign: '@', text: '-2,20002 +2,15002' },
      { sign: ' ', text: '2' },
      { sign: '-', text: 'old 0' },
    ])
    expect(diff.at(-1)).toEqual({ sign: ' ', text: '\\ No newline at end of file' })
    const made = diffLines({ kind: 'text', subject: '/f', before: null, after: old })
    expect(made).toHaveLength(20_001)
    expect(made[0]?.text).toBe('-0,0 +1,20000')
  })

  it('counts what it shows', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { added, removed } = diffCount({ kind: 'text', subject: '/f', before, after })
        expect(added - removed).toBe(linesOf(after).length - linesOf(before).length)
        expect(added + removed === 0).toBe(before === after)
      }),
    )
  })

  it('says where the line end at the end is missing', () => {
    const diff = diffLines({ kind: 'text', subject: '/f', before: 'a', after: 'a\n' })
    expect(diff.map(({ sign, text }) => sign + text)).toEqual([
      '@-1,1 +1,1',
      '-a',
      ' \\ No newline at end of file',
      '+a',
    ])
  })

  it('shows fields, sets and commands', () => {
    const told = (diff: Parameters<typeof diffLines>[0]): string[] =>
      diffLines(diff).map(({ sign, text }) => `${sign}${text}`)
    expect(
      told({
        kind: 'fields',
        subject: 'user',
        fields: { shell: { before: '/bin/sh', after: null }, groups: { before: null, after: ['a', 'b'] } },
      }),
    ).toEqual(['-shell: /bin/sh', '+groups: a, b'])
    const set = {
      kind: 'set',
      subject: 'packages',
      added: [{ name: 'new' }],
      removed: [{ name: 'old', detail: '1' }],
      altered: [{ name: 'up', before: '1', after: '2' }],
    } as const
    expect(told(set)).toEqual(['-old 1', '-up 1', '+up 2', '+new'])
    expect(diffCount(set)).toEqual({ added: 2, removed: 2 })
    expect(told({ kind: 'command', subject: '', command: 'a\nb' })).toEqual(['!a', '!b'])
  })
})
