import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

/** What components are made of: what is shown, as a function of the view. */
const PARTS = ['src/tui/panes', 'src/tui/document', 'src/tui/editor', 'src/tui/text']

/** State, and how it changes; what it wants done is done by these, which alone may wait and act. */
const STATE = 'src/tui/state'
const ACTING = [
  'src/tui/state/effects.ts',
  'src/tui/state/store.ts',
  'src/tui/state/assistant.ts',
  'src/tui/state/latest-only.ts',
]

/** Modules by which a process reaches anything outside of itself. */
const OUTSIDE =
  /^(?:node:)?(?:net|tls|dgram|dns|http2?|https|child_process|cluster|fs|readline|repl|tty|worker_threads|inspector)(?:\/|$)|^(?:ssh2|undici|ws)(?:\/|$)/

/** What the engine and the session do with hosts, none of which a component may hold. */
const OF_HOSTS =
  /^src\/(?:engine\/(?:connect|shell|run|read|transfer|forward|apply)|repl\/(?:kernel|language|session)|journal|cli|demo)\//

const sources = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
    .map(name => join(folder, name))

const parsed = new Map<string, ts.SourceFile>()

function parse(file: string): ts.SourceFile {
  const known = parsed.get(file) ?? ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  parsed.set(file, known)
  return known
}

/** What a file has loaded when it is, and later: not what it needs for its types alone. */
function loadedBy(file: string): readonly string[] {
  const source = parse(file)
  const early = source.statements.flatMap(statement => {
    const isValue = ts.isImportDeclaration(statement)
      ? !isTypeOnly(statement.importClause)
      : ts.isExportDeclaration(statement) && !statement.isTypeOnly
    const from =
      ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) ? statement.moduleSpecifier : undefined
    return isValue && from && ts.isStringLiteral(from) ? [from.text] : []
  })
  return [...early, ...[...source.text.matchAll(/\bimport\(\s*'([^']+)'/g)].flatMap(([, module = '']) => module)]
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false
  if (clause.isTypeOnly) return true
  const { namedBindings: names } = clause
  return (
    !clause.name &&
    names !== undefined &&
    ts.isNamedImports(names) &&
    names.elements.every(({ isTypeOnly }) => isTypeOnly)
  )
}

/** The ways from these files to modules that match, `a.ts → b.ts → node:net`. */
function waysTo(starts: readonly string[], isWanted: (module: string) => boolean): string[] {
  const cameFrom = new Map<string, string | undefined>(starts.map(start => [start, undefined]))
  const found: string[] = []
  const wayTo = (file: string): string => {
    const before = cameFrom.get(file)
    return before === undefined ? file : `${wayTo(before)} → ${file}`
  }
  for (const file of cameFrom.keys())
    for (const module of loadedBy(file)) {
      const own = module.startsWith('.')
        ? relative('.', resolve(dirname(file), module)).replace(/\.js$/, '')
        : undefined
      const next = own && [`${own}.ts`, `${own}.tsx`].find(each => ts.sys.fileExists(each))
      if (isWanted(next ?? module)) found.push(`${wayTo(file)} → ${next ?? module}`)
      else if (next && !cameFrom.has(next)) cameFrom.set(next, file)
    }
  return found
}

/** Where names stand that give something else at every look, or make something happen. */
function usesOf(files: readonly string[], names: RegExp): string[] {
  return files.flatMap(file => {
    const source = parse(file)
    const found: string[] = []
    const visit = (node: ts.Node): void => {
      if (
        (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isPropertyAccessExpression(node)) &&
        names.test(node.getText())
      )
        found.push(
          `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${node.getText().split('\n')[0]}`,
        )
      ts.forEachChild(node, visit)
    }
    visit(source)
    return found
  })
}

const components = PARTS.flatMap(sources)
const state = sources(STATE).filter(file => !ACTING.includes(file))

/** The time, chance, the process; timers; what has no arguments, but `new Date(view.now)` is a way to write a time. */
const NOT_PLAIN =
  /^(?:Date\.now|new Date\(\)|Math\.random|performance\.|process\.(?!env\.NODE_ENV)|set(?:Timeout|Interval|Immediate)\(|queueMicrotask|console\.|globalThis\.)/

describe('what is on the screen', () => {
  test('there are components and a state to look at', () => {
    expect(components.length).toBeGreaterThan(60)
    expect(state.length).toBeGreaterThan(35)
  })

  test('nothing that a component or the state loads reaches a socket, a process or a file, or holds a host', () => {
    expect(waysTo([...components, ...state], module => OUTSIDE.test(module) || OF_HOSTS.test(module))).toEqual([])
  })

  test('components and state are plain functions: no clock, no chance, no timer, no hook, nothing kept by React', () => {
    expect(usesOf([...components, ...state], NOT_PLAIN)).toEqual([])
    expect(usesOf([...components, ...state, 'src/tui/app.tsx'], /^(?:React\.)?use[A-Z]\w*\(/)).toEqual([])
  })

  test('the check itself finds a way to a socket, and a clock', () => {
    expect(waysTo(['src/tui/outside/run-editor.ts'], module => OUTSIDE.test(module)).join('\n')).toContain(
      '→ node:child_process',
    )
    expect(usesOf(['src/tui/state/store.ts'], NOT_PLAIN).join('\n')).toContain('setTimeout')
  })
})
