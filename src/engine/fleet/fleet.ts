import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { PerHost } from '../catalogue.js'
import { UsageError } from '../errors.js'
import type { Fact } from '../fact.js'
import type { Forward } from '../forward/forward.js'
import { foldNames } from '../nodeset/fold.js'
import { selectHosts, suggest } from '../nodeset/pattern.js'
import type { Operation } from '../operation.js'
import type { GroupName, HostName } from '../register.js'
import { runCommand } from '../run/command.js'
import { inScope } from '../run/scope.js'
import { type FileAttributes, readRemote, writeRemote } from '../run/transfer.js'
import { brief } from '../text/brief.js'
import type { Fleet, Host } from './api.js'
import { type Backend, type Doubts, NO_DOUBTS, type TaskSpec } from './backend.js'
import type { CommandResult } from './command-result.js'
import type { OperationResult } from './operation-result.js'
import { mergeOptions, type Options } from './options.js'
import type { Outcome } from './outcome.js'
import { Results } from './results.js'
import { commandText } from './template.js'

/** An ordered selection of hosts, immutable. A subset of a fleet is a fleet. */
export class FleetCore implements Iterable<Host> {
  readonly #backend: Backend
  readonly #options: Options
  readonly #doubts: Doubts
  /** Host names, in inventory order unless selected otherwise. */
  readonly names: readonly string[]

  /** @internal */
  constructor(backend: Backend, names: readonly string[], options: Options, doubts: Doubts) {
    this.#backend = backend
    this.names = names
    this.#options = options
    this.#doubts = doubts
  }

  /** How many hosts. */
  get size(): number {
    return this.names.length
  }

  *[Symbol.iterator](): Iterator<Host> {
    for (const name of this.names) yield this.#backend.hostOf(name, this.#options)
  }

  /** The members of a group that are in this fleet. @throws {UsageError} when there is no such group. */
  group(name: GroupName): Fleet {
    const members = this.#backend.universe.groups.get(name)
    if (!members)
      throw new UsageError(`There is no group ${name}${suggest(name, [...this.#backend.universe.groups.keys()])}`)
    return this.#subset(new Set(members))
  }

  /** The hosts of this fleet that a pattern selects: `web-[1-9],!web-3,@db&@eu`. @throws {UsageError} */
  match(pattern: string): Fleet {
    return this.#subset(new Set(selectHosts(pattern, this.#backend.universe)))
  }

  /** One host. @throws {UsageError} when it is not in this fleet. */
  host(name: HostName): Host {
    if (!this.names.includes(name))
      throw new UsageError(`There is no host ${name} in this fleet of ${this.size}${suggest(name, this.names)}`)
    return this.#backend.hostOf(name, this.#options)
  }

  /** The hosts for which the test is true; it may look at names, groups and data. */
  where(test: (host: Host) => boolean): Fleet {
    return this.#subset(new Set([...this].filter(test).map(host => host.name)))
  }

  /** Hosts in either. */
  or(other: Fleet): Fleet {
    const doubts = new Map([...this.#doubts, ...doubtsOf(other)])
    return this.#backend.fleetOf([...new Set([...this.names, ...other.names])], this.#options, doubts)
  }

  /** Hosts in both. */
  and(other: Fleet): Fleet {
    const names = new Set(other.names)
    const doubts = new Map([...this.#doubts, ...doubtsOf(other)])
    return this.#backend.fleetOf(
      this.names.filter(name => names.has(name)),
      this.#options,
      doubts,
    )
  }

  /** Hosts of this fleet that are not in the other. */
  minus(other: Fleet): Fleet {
    const names = new Set(other.names)
    const uncertain = doubtsOf(other)
    const doubts = new Map([...this.#doubts, ...uncertain])
    return this.#backend.fleetOf(
      this.names.filter(name => !names.has(name) || uncertain.has(name)),
      this.#options,
      doubts,
    )
  }

  /** The first `count` hosts. */
  first(count: number): Fleet {
    return this.#subset(new Set(this.names.slice(0, Math.max(0, count))))
  }

  /** `count` hosts by chance, in the fleet's order. */
  sample(count: number): Fleet {
    const pool = [...this.names]
    for (let i = pool.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1))
      const [a, b] = [pool[i], pool[j]]
      if (a !== undefined && b !== undefined) [pool[i], pool[j]] = [b, a]
    }
    return this.#subset(new Set(pool.slice(0, Math.max(0, count))))
  }

  /** The same fleet with other defaults for its calls. */
  with(options: Options): Fleet {
    return this.#backend.fleetOf(this.names, mergeOptions(this.#options, options), this.#doubts)
  }

  /**
   * Runs a command on every host at once; interpolated values are quoted, arrays as several words.
   *
   * @example
   * await web.$`systemctl is-active ${unit}`
   */
  get $(): (strings: TemplateStringsArray, ...values: unknown[]) => Promise<Results<CommandResult>> {
    return (strings, ...values) => this.script(commandText(strings, values))
  }

  /** Runs a POSIX `sh` script of any number of lines on every host. */
  script(text: PerHost<string>, options?: Options): Promise<Results<CommandResult>> {
    const merged = mergeOptions(this.#options, options)
    const label = merged.label ?? (typeof text === 'string' ? text : 'script')
    return this.#task({
      kind: 'command',
      label,
      options: merged,
      run: async (name, scope) =>
        runCommand(this.#backend.machine(name), scope, await this.#argsFor(text, name), merged),
    })
  }

  /** The text of a file on every host. */
  read(path: string, options?: Options): Promise<Results<string>> {
    const merged = mergeOptions(this.#options, options)
    return this.#task({
      kind: 'transfer',
      label: `read ${path}`,
      options: merged,
      run: async (name, scope) => (await readRemote(this.#backend.machine(name), scope, path, merged)).toString('utf8'),
    })
  }

  /** Replaces a file on every host atomically. It is not planned: use `files.put` for that. */
  write(
    path: string,
    content: PerHost<string | Uint8Array>,
    attributes: FileAttributes = {},
    options?: Options,
  ): Promise<Results<void>> {
    const merged = mergeOptions(this.#options, options)
    return this.#task({
      kind: 'transfer',
      label: `write ${path}`,
      options: merged,
      run: async (name, scope) =>
        writeRemote(this.#backend.machine(name), scope, path, await this.#argsFor(content, name), attributes, merged),
    })
  }

  /** Copies a local file to every host. */
  async upload(
    source: string,
    path: string,
    attributes: FileAttributes = {},
    options?: Options,
  ): Promise<Results<void>> {
    return this.write(path, await readFile(source), attributes, options)
  }

  /** Copies a remote file from every host into a local directory, as `NAME.HOST`. */
  download(path: string, directory: string, options?: Options): Promise<Results<string>> {
    const merged = mergeOptions(this.#options, options)
    return this.#task({
      kind: 'transfer',
      label: `download ${path}`,
      options: merged,
      run: async (name, scope) => {
        const bytes = await readRemote(this.#backend.machine(name), scope, path, merged)
        const file = join(directory, `${basename(path)}.${name}`)
        await mkdir(directory, { recursive: true })
        await writeFile(file, bytes)
        return file
      },
    })
  }

  /** Opens the connections without running anything. */
  connect(options?: Options): Promise<Results<string>> {
    const merged = mergeOptions(this.#options, options)
    return this.#task({
      kind: 'command',
      label: 'connect',
      options: merged,
      run: async (name, { signal }) => {
        const { link } = this.#backend.machine(name)
        await link.connect(signal)
        return link.state
      },
    })
  }

  /** The forwards of these hosts that are open; see {@link HostCore.forward}. */
  get forwards(): readonly Forward[] {
    return [...this].flatMap(host => host.forwards)
  }

  /** Reads a fact of your own (or of muster) on every host. */
  fact<T>(fact: Fact<undefined, T>): Promise<Results<T>>
  fact<A, T>(fact: Fact<A, T>, args: PerHost<NoInfer<A>>, options?: Options): Promise<Results<T>>
  fact<T>(fact: Fact<unknown, T>, args?: PerHost<unknown>, options?: Options): Promise<Results<T>> {
    const merged = mergeOptions(this.#options, options)
    return this.#task({
      kind: 'fact',
      label: fact.name,
      options: merged,
      run: async name => this.#backend.readFact(name, fact, await this.#argsFor(args, name), merged),
    })
  }

  /** Plans, asks and applies an operation of your own (or of muster). */
  async run<A>(
    operation: Operation<A>,
    args: PerHost<NoInfer<A>>,
    options?: Options,
  ): Promise<Results<OperationResult>> {
    const merged = mergeOptions(this.#options, options)
    return this.#results(await this.#backend.operate(this.names, this.#doubts, operation, args, merged))
  }

  /** Runs a function for every host at once, with plain values, plain `if` and plain loops; what it returns is collected. */
  each<T>(run: (host: Host) => Promise<T> | T, options?: Options): Promise<Results<T>> {
    const merged = mergeOptions(this.#options, options)
    return this.#task({
      kind: 'command',
      label: 'each',
      options: merged,
      run: (name, scope) =>
        scope.desk.branch(async () => inScope(scope, () => run(this.#backend.hostOf(name, merged)))),
    })
  }

  toString(): string {
    return foldNames(this.names)
  }

  toJSON(): readonly string[] {
    return this.names
  }

  /** @internal Hosts of which it is not known that they belong here. */
  get doubts(): Doubts {
    return this.#doubts
  }

  #subset(names: ReadonlySet<string>): Fleet {
    return this.#backend.fleetOf(
      this.names.filter(name => names.has(name)),
      this.#options,
      this.#doubts,
    )
  }

  async #task<T>(task: Omit<TaskSpec<T>, 'hosts' | 'doubts'>): Promise<Results<T>> {
    return this.#results(
      await this.#backend.task({ ...task, label: brief(task.label), hosts: this.names, doubts: this.#doubts }),
    )
  }

  async #argsFor<A>(args: PerHost<A>, name: string): Promise<A> {
    // a function is told from a value by its type alone: no fact, operation or command takes a function as its whole argument
    return typeof args === 'function'
      ? (args as (host: Host) => A | Promise<A>)(this.#backend.hostOf(name, this.#options))
      : args
  }

  #results<T>(outcomes: ReadonlyMap<string, Outcome<T>>): Results<T> {
    return new Results(
      {
        select: (names, doubts) => this.#backend.fleetOf(names, this.#options, doubts),
        host: name => this.#backend.hostOf(name, this.#options),
        undo: results => this.#backend.undo(results, this.#options),
      },
      outcomes,
    )
  }
}

function doubtsOf(fleet: Fleet): Doubts {
  return fleet.doubts.size > 0 ? fleet.doubts : NO_DOUBTS
}
