import { spawn } from 'node:child_process'
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import {
  type Link,
  LOGIN,
  type RawResult,
  type RunOptions,
  type WriteOptions,
} from '../../../src/engine/connect/link.js'
import type { Fact } from '../../../src/engine/fact.js'
import type { Operation } from '../../../src/engine/operation.js'
import { type Applied, applyHost } from '../../../src/engine/plan/apply.js'
import type { OperationCall } from '../../../src/engine/plan/change.js'
import { type HostPlan, type PlanSource, planHost } from '../../../src/engine/plan/host-plan.js'
import { Overlay } from '../../../src/engine/plan/overlay.js'
import { FactReader } from '../../../src/engine/read/fact-reader.js'
import { quote } from '../../../src/engine/shell/quote.js'
import type { LocalShell } from './shells.js'

/** This machine under one shell: facts are really read, changes really carried out. Callers keep to a directory of their own. */
export class LocalHost implements PlanSource {
  readonly name = 'local'
  readonly groups = []
  readonly data = {}
  readonly #link: Link
  readonly #reader: FactReader

  constructor(shell: LocalShell) {
    this.#link = new ShellLink(shell)
    this.#reader = new FactReader(this.#link)
  }

  readFact: PlanSource['readFact'] = question => this.#reader.ask(question, { identity: LOGIN })

  async readLocal(path: string): Promise<Buffer> {
    return readFileSync(path)
  }

  async fact<A, T>(fact: Fact<A, T>, args: A): Promise<T> {
    this.#reader.invalidateAll()
    return this.readFact(fact.ask(args))
  }

  async plan<A>(operation: Operation<A>, args: NoInfer<A>): Promise<HostPlan> {
    this.#reader.invalidateAll()
    return planHost(this, operation, args, new Overlay())
  }

  /** Plans several calls one after the other, each over what those before it predict. */
  async planAll(calls: readonly OperationCall[]): Promise<HostPlan[]> {
    this.#reader.invalidateAll()
    const overlay = new Overlay()
    const plans: HostPlan[] = []
    for (const { operation, args } of calls) plans.push(await planHost(this, operation, args, overlay))
    return plans
  }

  async apply<A>(operation: Operation<A>, args: NoInfer<A>): Promise<Applied> {
    this.#reader.invalidateAll()
    return applyHost(this, operation, args, {
      link: this.#link,
      reader: this.#reader,
      identity: LOGIN,
      permits: async () => true,
      started: () => {},
      done: () => {},
      failed: () => {},
    })
  }

  /** Takes back what was applied. */
  async undo({ undo }: Applied): Promise<void> {
    for (const { operation, args } of undo) await this.apply(operation, args)
  }
}

class ShellLink implements Link {
  readonly name = 'local'
  readonly state = 'ready'
  readonly #shell: LocalShell

  constructor(shell: LocalShell) {
    this.#shell = shell
  }

  async connect(): Promise<void> {}

  async close(): Promise<void> {}

  run(script: string, options: RunOptions = {}): Promise<RawResult> {
    const [command = 'sh', ...argv] = this.#shell.argv
    const start = performance.now()
    const child = spawn(command, [...argv, '-c', script], { env: { ...process.env, ...this.#shell.env } })
    const outputs = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
    child.stdout.on('data', (chunk: Buffer) => outputs.stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => outputs.stderr.push(chunk))
    child.stdin.end(options.stdin)
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', exitCode =>
        resolve({
          stdout: Buffer.concat(outputs.stdout),
          stderr: Buffer.concat(outputs.stderr),
          exitCode: exitCode ?? -1,
          truncated: false,
          ms: performance.now() - start,
        }),
      )
    })
  }

  async write(path: string, content: Uint8Array, { mode = '0644', owner, group }: WriteOptions = {}): Promise<void> {
    const temporary = `${path}.${process.pid}`
    writeFileSync(temporary, content)
    chmodSync(temporary, Number.parseInt(mode, 8))
    if (owner ?? group) {
      const { exitCode, stderr } = await this.run(`chown ${quote(`${owner ?? ''}:${group ?? ''}`)} ${quote(temporary)}`)
      if (exitCode !== 0) throw new Error(stderr.toString('utf8'))
    }
    renameSync(temporary, path)
  }

  async read(path: string): Promise<Buffer> {
    return readFileSync(path)
  }
}
