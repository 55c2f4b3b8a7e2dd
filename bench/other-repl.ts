/** Runs sequences of cells through Node's REPL or that of ts-node, for `bench/evaluation.ts`; answers by message. */
import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { type REPLServer, start } from 'node:repl'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { bindings, declaration } from '../test/corpus/prompt.js'
import { type Seen, shown } from '../test/corpus/seen.js'

const [name = 'node', cwd = '.'] = process.argv.slice(2)
process.chdir(cwd)
process.on('uncaughtException', () => {})
process.on('unhandledRejection', () => {})

/** What a prompt writes, chunk by chunk: Node's tells an error by nothing else. */
const said = new EventEmitter()

type Outcome = { readonly value: unknown } | { readonly thrown: unknown }

/** A prompt with the corpus's own bindings. `typed`: ts-node checks types, which takes it seconds. */
function prompt(typed: boolean): REPLServer {
  const streams = { input: new PassThrough(), output: new PassThrough(), terminal: false, useGlobal: false }
  streams.output.on('data', (chunk: Buffer) => said.emit('said', chunk.toString()))
  if (name === 'node') {
    const server = start(streams)
    Object.assign(server.context, bindings())
    return server
  }
  const tsNode: typeof import('ts-node') = createRequire(import.meta.url)('ts-node')
  const repl = tsNode.createRepl()
  const service = tsNode.create({
    ...repl.evalAwarePartialHost,
    cwd,
    experimentalReplAwait: true,
    transpileOnly: !typed,
    compilerOptions: {
      target: 'es2022',
      module: 'commonjs',
      moduleResolution: 'node10',
      ignoreDeprecations: '6.0',
      strict: true,
      esModuleInterop: true,
      resolveJsonModule: true,
    },
  })
  repl.setService(service)
  const server = start({ ...streams, eval: repl.nodeEval.bind(repl) })
  Object.assign(server.context, bindings(), { exports: {} })
  if (typed) for (const line of declaration.split('\n')) repl.evalCode(`${line}\n`)
  return server
}

async function evaluate(server: REPLServer, source: string): Promise<Outcome> {
  const outcome = new Promise<Outcome>(resolve => {
    said.removeAllListeners()
    said.on('said', (text: string) => {
      const uncaught = /Uncaught:?\s+([\s\S]*)/.exec(text)?.[1]
      if (uncaught !== undefined) resolve({ thrown: toldError(uncaught) })
    })
    try {
      server.eval.call(server, `${source}\n`, server.context, 'REPL', (error: Error | null, value: unknown) => {
        if (error) return resolve({ thrown: error })
        server.context._ = value
        resolve({ value })
      })
    } catch (error) {
      resolve({ thrown: error })
    }
  })
  return Promise.race([outcome, sleep(3000, { thrown: new Error('no answer') })])
}

/** An error as it was printed: its first line, and its stack. What is no error is printed by its value alone. */
function toldError(text: string): unknown {
  const [, kind, message = ''] =
    /^(?:\w+:\d+\n[\s\S]*?\n\n)?(\w*(?:Error|far)\w*)(?: \[\w+\])?(?:: ([\s\S]*?))?(?:\n {4}at |\s*$)/.exec(text) ?? []
  return kind === undefined ? { [TOLD]: text.trim() } : Object.assign(new Error(message), { name: kind, stack: text })
}

const TOLD = Symbol('told')

/** Words and place of an error as the corpus writes them: `cell 1:2:3: TypeError: …`. */
function errorText(thrown: unknown, cell: number): string {
  const recoverable = typeof thrown === 'object' && thrown !== null && 'err' in thrown ? thrown.err : thrown
  if (!(recoverable instanceof Error) && Object.prototype.toString.call(recoverable) !== '[object Error]')
    return `cell ${cell}: ${toldText(recoverable)} was thrown`
  const { name: kind, message, stack } = Object.assign({ name: '', message: '', stack: '' }, errorFields(recoverable))
  const place = /(?:REPL\d*|<repl>(?:-\d+)?\.ts):(\d+):(\d+)/.exec(stack)
  const syntax = /<repl>\.ts\((\d+),(\d+)\): error TS\d+: (.*)/.exec(message)
  if (syntax) return `cell ${cell}:${syntax[1]}:${syntax[2]}: ${syntax[3]}`
  const words = kind === 'SyntaxError' ? message : `${kind}: ${message}`
  return place ? `cell ${cell}:${place[1]}:${place[2]}: ${words}` : `cell ${cell}: ${words}`
}

function toldText(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null && TOLD in thrown ? String(thrown[TOLD]) : shown(thrown)
}

function errorFields(error: unknown): object {
  if (typeof error !== 'object' || error === null) return {}
  return {
    name: Reflect.get(error, 'name'),
    message: Reflect.get(error, 'message'),
    stack: String(Reflect.get(error, 'stack')),
  }
}

/** Lines that its checker has seen before the first cell. */
const DECLARED = declaration.split('\n').length

/** What ts-node's checker says, as `2:3 …`: it prints that. */
function problemsOf(printed: string): string[] {
  return [...printed.matchAll(/<repl>\.ts\((\d+),(\d+)\): error TS\d+: (.*)/g)].map(
    ([, line, column, message]) => `${Number(line) - DECLARED}:${column} ${message}`,
  )
}

/** What is printed on stderr while something runs. */
async function printedBy(work: () => Promise<unknown>): Promise<string> {
  const { error } = console
  const printed: string[] = []
  console.error = (...given: readonly unknown[]) => printed.push(given.map(String).join(' '))
  await work()
  console.error = error
  return printed.join('\n')
}

async function run(cells: readonly string[], runsLast: boolean): Promise<Seen> {
  const server = prompt(!runsLast)
  let seen: Seen = {}
  try {
    for (const [index, source] of cells.slice(0, runsLast ? undefined : -1).entries()) {
      const outcome = await evaluate(server, source)
      seen = 'thrown' in outcome ? { error: errorText(outcome.thrown, index + 1) } : { value: shown(outcome.value) }
    }
    if (runsLast) return seen
    const last = cells.at(-1) ?? ''
    if (!last.includes('|')) {
      const printed = await printedBy(() => evaluate(server, last))
      return name === 'node' ? {} : { problems: problemsOf(printed) }
    }
    const typed = last.slice(0, last.indexOf('|'))
    const found = await new Promise<readonly string[]>(resolve => {
      server.completer(typed, (_error, result) => resolve(result?.[0] ?? []))
    })
    return {
      completions: found.map(
        each =>
          each
            .split('.')
            .at(-1)
            ?.replace(/^.*['"]/, '') ?? each,
      ),
    }
  } finally {
    server.close()
  }
}

process.on('message', ({ cells, runsLast }: { cells: readonly string[]; runsLast: boolean }) => {
  run(cells, runsLast).then(
    seen => process.send?.(seen),
    error => process.send?.({ error: String(error) }),
  )
})
