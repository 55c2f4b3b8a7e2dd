import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { scanLine } from './scan.js'
import { type ScanState, START } from './scan-state.js'

/** What matters for colour and for what is open: where texts, templates, regular expressions, comments and brackets are. */
type Part = 'text' | 'template' | 'regex' | 'comment' | 'bracket' | 'other'

/** The part that every character of a source is in, as the prompt's scanner sees it. */
function ours(source: string): Part[] {
  const parts: Part[] = []
  let state: ScanState = START
  for (const line of source.split('\n')) {
    const scanned = scanLine(line, state)
    for (const { kind, start, end } of scanned.tokens) {
      const part: Part =
        kind === 'string'
          ? 'text'
          : kind === 'template' || kind === 'regex' || kind === 'comment'
            ? kind
            : kind === 'open' || kind === 'close'
              ? line.slice(start, end) === '${'
                ? 'template'
                : 'bracket'
              : 'other'
      for (let at = start; at < end; at++) parts.push(part)
    }
    parts.push('other')
    state = scanned.state
  }
  return parts.slice(0, source.length)
}

/** The same as TypeScript's parser sees it, which asks its scanner for what can stand there. */
function theirs(source: string): Part[] {
  const parts: Part[] = Array.from({ length: source.length }, () => 'other')
  const put = (part: Part, from: number, to: number) => {
    for (let at = from; at < to; at++) if (source[at] !== '\n') parts[at] = part
  }
  const file = ts.createSourceFile('a.ts', source, ts.ScriptTarget.Latest, true)
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(file)
    if (children.length > 0) {
      children.forEach(visit)
      return
    }
    const start = node.getStart(file)
    for (const comment of [
      ...(ts.getLeadingCommentRanges(source, node.pos) ?? []),
      ...(ts.getTrailingCommentRanges(source, node.pos) ?? []),
    ])
      if (comment.end <= start) put('comment', comment.pos, comment.end)
    if (ts.isStringLiteral(node)) put('text', start, node.end)
    else if (ts.isRegularExpressionLiteral(node)) put('regex', start, node.end)
    else if (ts.isTemplateLiteralToken(node)) put('template', start, node.end)
    else if (/^[()[\]{}]$/.test(node.getText(file))) put('bracket', start, node.end)
  }
  visit(file)
  return parts
}

/** The closing brace of an interpolation is a bracket here, and the template's there: both colours are right. */
function differences(source: string): string[] {
  const [a, b] = [ours(source), theirs(source)]
  const found: string[] = []
  for (const [at, part] of a.entries()) {
    if (part === b[at] || (source[at] === '}' && b[at] === 'template')) continue
    const line = source.slice(0, at).split('\n').length
    found.push(`${line}: ${JSON.stringify(source.slice(at, at + 20))} is ${part}, TypeScript: ${b[at]}`)
    if (found.length === 3) break
  }
  return found
}

const root = fileURLToPath(new URL('../../', import.meta.url))
/** One of six files: all are right, and take long. */
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .filter((_, index) => index % 6 === 0)

describe('the prompt sees texts, templates, regular expressions, comments and brackets where TypeScript sees them', () => {
  test('in muster’s own source', () => {
    expect(files.length).toBeGreaterThan(50)
    const wrong = files.flatMap(name =>
      differences(readFileSync(root + name, 'utf8').replace(/^#!.*/, '')).map(difference => `${name}:${difference}`),
    )
    expect(wrong).toEqual([])
  })

  test.each([
    '`a${b}c${`d${{ e: `f` }.e}`}` / 2',
    'const x = { a: 1 } / 2 / 3',
    'f(a)[0] / b / c; /b/.test(c)',
    'if (a) /b/.test(c)',
    'while (x--) /y/g.exec(z)',
    'a = b ? /c/ : /d/',
    'x => /y/',
    'x++ / 2; y / /z/.source.length',
    'return_ / 2 / 3',
    '[/a/, /[/]]/, /\\//u]',
    'typeof /x/; void /y/; delete /z/',
    'yield_ / a / b',
    '!/a/ && (/b/).test(c)',
    '`${/}/.test(`x`)}`',
    'const o = { if: 1, in: 2 }; o.if / o.in / 2',
    'class A { #a = /x/; static b = 1 / 2; get c() { return /d/ } }',
    '`a\\`b\\${c}` + "d\\"e" + \'f\\\'g\'',
    '// "a\nb /* c */ / d /* `e` */ / f',
    'x as Y / z',
    'a! / b / c',
    '({}) / 1 / 2',
    '"\\\n" + 1',
    '1 / 2 / 3.5 / 0x1f / 1n / 2',
    'this / a / b; super_ / c / d',
    'const f = <T,>(x: T) => x / 2 / 3',
    'case_: for (;;) { break case_ }',
    "import('a') / 1; import.meta / 2 / 3",
  ])('%s', source => {
    expect(differences(source)).toEqual([])
  })

  test('and as far as a source is written, at every place it can be cut off', () => {
    const whole = '`a${f({ b: [/c[/]`/g, "d\'", \'e"\'] })}f` / 2 // g\nh(`i${`j${k}`}`) /* l\nm */ + /n/'
    const seen = ours(whole)
    for (let end = 0; end < whole.length; end++) {
      const cut = ours(whole.slice(0, end))
      const word = whole.slice(0, end).search(/(?:\/|\/\*|[^\s`]*)$/)
      expect(cut.slice(0, word), whole.slice(0, end)).toEqual(seen.slice(0, word))
    }
  })
})
