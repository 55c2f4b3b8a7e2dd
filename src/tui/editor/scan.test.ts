import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isComplete } from './complete.js'
import { scanLine, type Token } from './scan.js'
import { type ScanState, START } from './scan-state.js'
import { SourceScanner } from './source.js'

/** Tokens as `kind:text`, without the blanks. */
function kinds(source: string): string[] {
  const result: string[] = []
  let state: ScanState = START
  for (const line of source.split('\n')) {
    const scanned = scanLine(line, state)
    for (const { kind, start, end } of scanned.tokens)
      if (kind !== 'blank') result.push(`${kind}:${line.slice(start, end)}`)
    state = scanned.state
  }
  return result
}

describe('tokens', () => {
  test.each([
    ['const x = 1', ['keyword:const', 'identifier:x', 'operator:=', 'number:1']],
    ['a.if(true)', ['identifier:a', 'operator:.', 'call:if', 'open:(', 'literal:true', 'close:)']],
    [
      `web.$\`uname \${x} b\``,
      [
        'identifier:web',
        'operator:.',
        'call:$',
        'template:`',
        'template:uname ',
        'open:${',
        'identifier:x',
        'close:}',
        'template: b',
        'template:`',
      ],
    ],
    [
      `\`a\${{b:\`c\${d}\`}}\``,
      [
        'template:`',
        'template:a',
        'open:${',
        'open:{',
        'identifier:b',
        'operator::',
        'template:`',
        'template:c',
        'open:${',
        'identifier:d',
        'close:}',
        'template:`',
        'close:}',
        'close:}',
        'template:`',
      ],
    ],
    ['`a\nb`', ['template:`', 'template:a', 'template:b', 'template:`']],
    [String.raw`'it\'s' "x"`, [String.raw`string:'it\'s'`, 'string:"x"']],
    ["'open", ["string:'open"]],
    ["'a\\\nb' c", ["string:'a\\", "string:b'", 'identifier:c']],
    [
      '1_000n 0xFf .5e-3 1..toString()',
      ['number:1_000n', 'number:0xFf', 'number:.5e-3', 'number:1.', 'operator:.', 'call:toString', 'open:(', 'close:)'],
    ],
    ['a / b / c', ['identifier:a', 'operator:/', 'identifier:b', 'operator:/', 'identifier:c']],
    ['x = /a[/]b\\/c/gi', ['identifier:x', 'operator:=', 'regex:/a[/]b\\/c/gi']],
    ['f(/x/)', ['call:f', 'open:(', 'regex:/x/', 'close:)']],
    ['return /x/', ['keyword:return', 'regex:/x/']],
    ['(a) / 2', ['open:(', 'identifier:a', 'close:)', 'operator:/', 'number:2']],
    ['a /* b\nc */ d // e', ['identifier:a', 'comment:/* b', 'comment:c */', 'identifier:d', 'comment:// e']],
    ['a?.b ?? c', ['identifier:a', 'operator:?.', 'property:b', 'operator:??', 'identifier:c']],
    ['a ? .5 : 1', ['identifier:a', 'operator:?', 'number:.5', 'operator::', 'number:1']],
    ['{ ]', ['open:{', 'unknown:]']],
    [
      'class A { #x = 1 }',
      ['keyword:class', 'identifier:A', 'open:{', 'identifier:#x', 'operator:=', 'number:1', 'close:}'],
    ],
    ['größe 变量 \\', ['identifier:größe', 'identifier:变量', 'unknown:\\']],
    ['`\\', ['template:`', 'template:\\']],
  ])('%j', (source, expected) => {
    expect(kinds(source)).toEqual(expected)
  })

  test('a pair of brackets has one depth', () => {
    const { tokens } = scanLine('a(b[c])', START)
    const depths = tokens.filter(token => token.depth !== undefined).map(token => token.depth)
    expect(depths).toEqual([1, 2, 2, 1])
  })
})

describe('complete', () => {
  test.each([
    '',
    '1 + 1',
    'const x = 1',
    'const x = 1;',
    'web.$`uname -r`',
    'fleet.each(host => { host.name })',
    'if (a) b()',
    'if (a) { b() } else { c() }',
    'do { x() } while (y)',
    'x++',
    'value!',
    'type A = Array<string>',
    'const x: Map<string, number[]>',
    ')',
    'foo)',
    "'open string",
    '// a comment {',
    '/* { */',
    '"{"',
    '/[{]/',
    'return',
    'this',
    ':focus web {',
    'await new Promise(r => r(1))',
    'function f() {}',
    'f(a,\n b)',
    "files.line({ line: 'it's here' })",
    'f("not closed',
  ])('%j is', source => {
    expect(isComplete(source)).toBe(true)
  })

  test.each([
    '(',
    'f(a,',
    'const x =',
    'const x = 1 +',
    'a &&',
    'a ?',
    'a ? b :',
    'web.',
    'x =>',
    'fleet.each(host => {',
    "f('goes on\\",
    '`open',
    '`a ${',
    '`a ${b',
    '/* open',
    "'a\\",
    'if (a)',
    'for (const x of y)',
    'while (a)',
    'if (a) { b() } else',
    'try',
    'import',
    'await',
    'const f = async () =>',
    'class A extends',
    '[1, 2,\n 3',
  ])('%j is not', source => {
    expect(isComplete(source)).toBe(false)
  })
})

const sources = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom(...'()[]{}`"\'\\/*$.,;:=<>!?&|+- \n'),
      fc.constantFrom('${', '/*', '*/', '//', '=>', 'const ', 'if (', 'x', '12.5', '\\`', '}`'),
    ),
  )
  .map(parts => parts.join(''))

test('tokens cover every line of any text, without gaps', () => {
  fc.assert(
    fc.property(sources, source => {
      let state: ScanState = START
      for (const line of source.split('\n')) {
        const scanned: { readonly tokens: readonly Token[]; readonly state: ScanState } = scanLine(line, state)
        let at = 0
        for (const token of scanned.tokens) {
          expect(token.start).toBe(at)
          expect(token.end).toBeGreaterThan(token.start)
          at = token.end
        }
        expect(at).toBe(line.length)
        state = scanned.state
      }
    }),
    { numRuns: 1000 },
  )
})

test('a scanner that has seen other sources finds the same', () => {
  const scanner = new SourceScanner()
  fc.assert(
    fc.property(sources, source => {
      const lines = source.split('\n')
      expect(scanner.scan(lines)).toEqual(new SourceScanner().scan(lines))
    }),
  )
})
