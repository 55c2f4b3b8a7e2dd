import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'
import { Kernel } from '../../../src/repl/kernel/kernel.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** The built command where it is as new as its source, which starts faster; else the source. */
export const COMMAND: readonly string[] = isBuilt()
  ? [path.join(ROOT, 'dist/cli/main.js')]
  : ['--import', TSX, path.join(ROOT, 'src/cli/main.ts')]

function isBuilt(): boolean {
  const built = statSync(path.join(ROOT, 'dist/cli/main.js'), { throwIfNoEntry: false })
  if (!built) return false
  const sources = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  return sources.every(file => statSync(path.join(ROOT, 'src', file)).mtimeMs <= built.mtimeMs)
}

/** How the command ended and what it wrote. */
export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Four hosts that are all this machine. */
const INVENTORY = `import { inventory } from 'muster'
export default inventory({
  hosts: { 'web-[1-3]': { data: { port: 80 } }, 'db-1': { data: { role: 'main' } } },
  groups: { web: { hosts: ['web-*'] }, db: { hosts: ['db-1'] } },
  connect: { connector: 'local' },
})
`

/** A directory that the real command is run in, from its source; stdin is a pipe. */
export class CommandLine {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'muster-cli-'))

  constructor() {
    this.write('package.json', '{ "type": "module" }')
    this.write('inventory.ts', INVENTORY)
  }

  write(name: string, text: string): void {
    mkdirSync(path.dirname(this.path(name)), { recursive: true })
    writeFileSync(this.path(name), text)
  }

  path(name: string): string {
    return path.join(this.directory, name)
  }

  async run(args: readonly string[], input = ''): Promise<Ran> {
    return this.start(args, input).ended
  }

  start(args: readonly string[], input = ''): { child: ChildProcess; ended: Promise<Ran> } {
    const child = spawn(process.execPath, [...COMMAND, ...args], {
      cwd: this.directory,
      env: { ...process.env, NO_COLOR: '1', HOME: this.directory },
      stdio: 'pipe',
    })
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    let [out, err] = ['', '']
    child.stdout.setEncoding('utf8').on('data', text => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      err += text
    })
    child.stdin.on('error', () => {}) // it may end without having read all
    child.stdin.end(input)
    const ended = new Promise<Ran>(resolve => child.on('close', code => resolve({ code, out, err })))
    return { child, ended }
  }

  /**
   * Types into a session in this process, which approves all: a command of its own would take as long as the rest.
   *
   * @returns what the cells that ended with a text said
   */
  async type(...lines: readonly string[]): Promise<string[]> {
    const said: string[] = []
    const kernel: Kernel = new Kernel(
      record => {
        if (record.type === 'cell.end' && record.end.kind === 'ok' && record.end.value.kind === 'text')
          said.push(record.end.value.text)
        if (record.type === 'approval.asked') {
          const decision = { kind: 'apply', confirmedHosts: record.request.hosts.length } as const
          setImmediate(() => kernel.people.decide(record.request.id, decision))
        }
      },
      { isInterrupting: () => false, interrupt: () => {}, heard: async () => {} },
    )
    await kernel.open({ inventory: 'inventory.ts', directory: this.directory, colors: false, connect: false })
    for (const line of lines) await (line.startsWith(':') ? kernel.command(line.slice(1)) : kernel.run(line, []))
    await kernel.close()
    return said
  }

  /** Waits for a file that a command under test makes. */
  async appears(name: string): Promise<void> {
    while (!existsSync(this.path(name))) await pause(20)
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/** What `--json` wrote: a record a line. */
export function records(out: string): Record<string, unknown>[] {
  return out
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}
