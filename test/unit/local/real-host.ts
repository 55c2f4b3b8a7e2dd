import { readFileSync } from 'node:fs'
import { type Identity, type Link, LOGIN } from '../../../src/engine/connect/index.js'
import type { Fact } from '../../../src/engine/fact.js'
import type { Operation } from '../../../src/engine/operation.js'
import { type Applied, applyHost } from '../../../src/engine/plan/apply.js'
import { type OperationCall, undoOf } from '../../../src/engine/plan/change.js'
import { type HostPlan, type PlanSource, planHost } from '../../../src/engine/plan/host-plan.js'
import { Overlay } from '../../../src/engine/plan/overlay.js'
import { FactReader } from '../../../src/engine/read/fact-reader.js'
import { localFile } from '../../../src/engine/transfer/local-file.js'

/** A host behind a link, to plan on and apply to: facts are really read, changes really carried out. */
export class RealHost implements PlanSource {
  readonly name: string
  readonly groups = []
  readonly data = {}
  readonly #link: Link
  readonly #reader: FactReader
  readonly #identity: Identity

  constructor(link: Link, identity = LOGIN) {
    this.name = link.name
    this.#link = link
    this.#reader = new FactReader(link)
    this.#identity = identity
  }

  readFact: PlanSource['readFact'] = question => this.#reader.ask(question, { identity: this.#identity })

  async readLocal(path: string): Promise<Buffer> {
    return readFileSync(path)
  }

  localFile = localFile

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
      identity: this.#identity,
      permits: async () => true,
      started: () => {},
      done: () => {},
      failed: () => {},
    })
  }

  /** Takes back what was applied. */
  async undo({ changes }: Applied): Promise<void> {
    for (const { operation, args } of undoOf(changes, LOGIN)) await this.apply(operation, args)
  }
}
