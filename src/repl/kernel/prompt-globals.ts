import type { Engine } from '../../engine/engine.js'
import type { Fleet } from '../../engine/fleet/api.js'
import { raw } from '../../engine/fleet/template.js'
import { foldNames } from '../../engine/nodeset/fold.js'
import * as operations from '../../operations/index.js'
import { type BoundFleets, hostsMeant } from '../marked.js'
import { KeptValues } from './kept-values.js'

/** Names of hosts by how they fared in the last cell that asked any. */
export interface LastHosts {
  readonly failed: readonly string[]
  readonly changed: readonly string[]
  readonly unreachable: readonly string[]
}

/** What is always bound at the prompt: fleets, the focus and what acts on it, and earlier values. */
export class PromptGlobals {
  readonly #engine: Engine
  readonly #values = new KeptValues()
  /** What cells see; accessors, so that they are current whenever they are read. */
  readonly bindings: object
  #base: readonly string[]
  #focus: readonly string[]
  #pattern = '*'
  #selected: readonly string[] = []
  #last: LastHosts = { failed: [], changed: [], unreachable: [] }

  constructor(engine: Engine) {
    this.#engine = engine
    this.#base = engine.universe.hosts
    this.#focus = engine.universe.hosts
    this.bindings = this.#accessors()
  }

  /** Host names that the prompt's bare `$`, `facts`, `apt` … act on. */
  get focus(): readonly string[] {
    return this.#focus
  }

  get pattern(): string {
    return this.#pattern
  }

  get last(): LastHosts {
    return this.#last
  }

  /** Sets the focus by a pattern, by one of the bound fleets' names (`failed`, `sel` …), or to all hosts. */
  setFocus(pattern: string): void {
    const bound = this.bound
    const hosts = hostsMeant(pattern === '' ? '*' : pattern, this.#engine.universe, bound)
    this.#focus = hosts
    this.#pattern = Object.hasOwn(bound, pattern) ? foldNames(hosts) : pattern === '' ? '*' : pattern
  }

  /** The fleets of the last cell, and that of the marked hosts, by their names at the prompt. */
  get bound(): BoundFleets & Record<'sel', readonly string[]> {
    const { failed, changed, unreachable } = this.#last
    return { sel: this.#selected, failed, changed, unreachable }
  }

  select(hosts: readonly string[]): void {
    this.#selected = hosts.filter(host => this.#engine.universe.hosts.includes(host))
  }

  /** Keeps a cell's value as `_` and `_N`. */
  keep(cell: number, value: unknown): void {
    this.#values.keep(cell, value, this.bindings)
  }

  hasValue(cell: number): boolean {
    return Object.hasOwn(this.bindings, `_${cell}`)
  }

  /** Runs something while bare calls act on some hosts. */
  async focused<T>(hosts: readonly string[], run: () => Promise<T>): Promise<T> {
    const focus = this.#focus
    this.#focus = hosts.filter(host => this.#engine.universe.hosts.includes(host))
    try {
      return await run()
    } finally {
      this.#focus = focus
    }
  }

  keepHosts(last: LastHosts): void {
    this.#last = last
  }

  /** Runs something while every fleet at the prompt is narrowed to some hosts: a retry. */
  async narrowed<T>(hosts: readonly string[], run: () => Promise<T>): Promise<T> {
    const [base, focus] = [this.#base, this.#focus]
    this.#base = hosts
    this.#focus = focus.filter(host => hosts.includes(host))
    try {
      return await run()
    } finally {
      this.#base = base
      this.#focus = focus
    }
  }

  #fleet(names: readonly string[]): Fleet {
    return this.#engine.fleetOf(names, {}, new Map())
  }

  #accessors(): object {
    const focus = (): Fleet => this.#fleet(this.#focus)
    const base = (): Fleet => this.#fleet(this.#base)
    const getters: Record<string, () => unknown> = {
      fleet: base,
      focus,
      sel: () => this.#fleet(this.#selected),
      failed: () => this.#fleet(this.#last.failed),
      changed: () => this.#fleet(this.#last.changed),
      unreachable: () => this.#fleet(this.#last.unreachable),
      $: () => focus().$,
      facts: () => focus().facts,
      group: () => (name: string) => base().group(name),
      match: () => (pattern: string) => base().match(pattern),
      host: () => (name: string) => base().host(name),
      raw: () => raw,
      _: () => undefined,
    }
    for (const domain of Object.keys(operations)) getters[domain] = () => Reflect.get(focus(), domain)
    return Object.defineProperties(
      {},
      Object.fromEntries(
        Object.entries(getters).map(([name, get]) => [name, { enumerable: true, configurable: true, get }]),
      ),
    )
  }
}
