import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quote } from '../../../engine/shell/quote.js'
import { literal, parseLine } from './parse-line.js'

/** The words of a line that is one command. */
function wordsOf(line: string): (string | undefined)[] | undefined {
  const list = parseLine([line])
  const [stage, ...more] = list?.[0] ?? []
  return list?.length === 1 && stage?.kind === 'simple' && more.length === 0 ? stage.words.map(literal) : undefined
}

describe('a shell line', () => {
  test.each<[string, string[]]>([
    ['echo a b', ['echo', 'a', 'b']],
    [`echo 'a b' "c d" e\\ f`, ['echo', 'a b', 'c d', 'e f']],
    [`echo a'b'"c"d`, ['echo', 'abcd']],
    [`echo "it's \\"so\\" \\$5 \\n"`, ['echo', `it's "so" $5 \\n`]],
    [`echo '' ""`, ['echo', '', '']],
    ['echo a # b', ['echo', 'a']],
    ['echo a#b', ['echo', 'a#b']],
    ['echo a \\\n  b', ['echo', 'a', 'b']],
    ['mkdir -p /srv/a-b_c.d:e,f=g@h%i+j', ['mkdir', '-p', '/srv/a-b_c.d:e,f=g@h%i+j']],
    ["if='x' y", ['y']],
    ["'if' x", ['if', 'x']],
  ])('%s', (line, words) => expect(wordsOf(line)).toEqual(words))

  test.each([
    ...[
      'echo $HOME',
      'echo "$HOME"',
      'echo `id`',
      'echo $(id)',
      'echo *.conf',
      'echo a?',
      'echo [ab]',
      'cat ~/x',
      'echo {a,b}',
    ],
    ...[
      'a || b',
      'a & b',
      'a &',
      'if a; then b; fi',
      'for i in a; do b; done',
      'a < b',
      'a <<EOF\nx\nEOF',
      '! a',
      '{ a; }',
      'case a in esac',
    ],
    ...["echo 'a", 'echo "a', 'a >', '(a', 'a)', 'a && ', '&& a', 'a; ; b', 'a |', 'a >& b', 'a >| b', 'a 2>&3', '()'],
  ])('%s is more than a list of plain commands', line => expect(parseLine([line])).toBeUndefined())

  test('lists, pipelines, subshells, redirections, interpolated values', () => {
    const simple = (...words: string[]) => expect.objectContaining({ kind: 'simple', words: words.map(word => [word]) })
    expect(parseLine(['a && b; c\nd | e'])).toEqual([
      [simple('a')],
      [simple('b')],
      [simple('c')],
      [simple('d'), simple('e')],
    ])
    expect(parseLine(['(a; b) | c'])).toEqual([
      [{ kind: 'subshell', list: [[simple('a')], [simple('b')]], redirections: [] }, simple('c')],
    ])
    expect(parseLine(['X=1 Y=2 a b 2>/dev/null >>f 2>&1'])).toEqual([
      [
        {
          kind: 'simple',
          words: [['a'], ['b']],
          variables: ['X', 'Y'],
          redirections: [
            { from: 2, append: false, to: ['/dev/null'] },
            { from: 1, append: true, to: ['f'] },
          ],
        },
      ],
    ])
    expect(parseLine(['useradd ', ' -d /home/', '/x'])).toEqual([
      [expect.objectContaining({ words: [['useradd'], [0], ['-d'], ['/home/', 1, '/x']] })],
    ])
    expect(parseLine(['echo "', '"'])).toBeUndefined()
  })

  const argument = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...`ab '"\\$\`*?#~;&|<>(){}[]!\n\t=-/`) }))

  test('is read as it was quoted, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.array(
          argument.filter(text => !text.includes('\0')),
          { minLength: 1 },
        ),
        args => {
          expect(wordsOf(['printf', ...args].map(quote).join(' '))).toEqual(['printf', ...args])
        },
      ),
    )
  })

  test('is read as a real shell reads it, or not at all', () => {
    const line = fc.string({ unit: fc.constantFrom(...`ab '"\\#\n$;=~>&|(`), maxLength: 12 })
    const lines = fc.sample(line, { numRuns: 400, seed: 3 })
    const read = lines.flatMap(text => {
      const words = wordsOf(`show ${text}`)
      return words ? [{ text, words }] : []
    })
    expect(read.length).toBeGreaterThan(60)
    // each in a subshell of its own: what is said there is the words, each ended by a NUL
    const script = read.map(({ text }) => `( show ${text}\n) >&3 2>/dev/null; printf '\\1' >&3`).join('\n')
    const functions = `exec 3>&1 >/dev/null; show() { printf '%s\\0' show "$@"; }`
    // some of the lines write files
    const cwd = mkdtempSync(join(tmpdir(), 'muster-lines-'))
    const shown = execFileSync('sh', ['-c', `${functions}\n${script}`], { cwd })
    rmSync(cwd, { recursive: true })
    const answers = shown.toString('latin1').split('\x01').slice(0, -1)
    const isShown = ({ text }: { text: string }): boolean => !text.includes('>')
    expect(
      read
        .map((each, at) => [each.text, answers[at]?.split('\0').slice(0, -1)])
        .filter((_, at) => isShown(read[at] ?? { text: '>' })),
    ).toEqual(read.filter(isShown).map(({ text, words }) => [text, words]))
  })
})
