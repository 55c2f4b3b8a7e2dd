import type { PerHost } from '../catalogue.js'
import { UsageError } from '../errors.js'
import type { Fact } from '../fact.js'
import type { Forward } from '../forward/forward.js'
import { foldNames } from '../nodeset/fold.js'
import { selectHosts, suggest } from '../nodeset/pattern.js'
import type { Operation } from '../operation.js'
import type { GroupName, HostName } from '../register.js'
import { runCommand } from '../run/command.js'
import { localPlaces } from '../run/local-names.js'
import { inScope } from '../run/scope.js'
import {
  Cargoes,
  type DownloadOptions,
  downloadFrom,
  type FileAttributes,
  readRemote,
  type UploadOptions,
  uploadTo,
  writeRemote,
} from '../run/transfer.js'
import { brief } from '../text/brief.js'
import type { Fleet, Host } from './api.js'
import { type Backend, type Doubts, NO_DOUBTS, type TaskSpec } from './backend.js'
import type { CommandResult } from './command-result.js'
import type { OperationResult } from './operation-result.js'
import { mergeOptions, type Options } from './options.js'
import type { Outcome } from './outcome.js'
import { Results } from './results.js'
import { commandText } from './template.js'
import type { TransferResult } from './transfer-result.js'

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
      run: async (name, scope, { onOutput }) =>
        runCommand(this.#backend.machine(name), scope, await this.#argsFor(text, name), merged, onOutput),
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

  /**
   * Copies a local file or directory to every host: over sftp where it is served, else by a shell. What is the same already is left
   * alone; each file appears whole, checked and flushed, or not at all. It is not planned: use `files.put` for that.
   *
   * @param local relative to the directory of the session; a directory goes with all it holds, links as links
   * @param remote what it becomes there; with `/` at its end, the directory it is put into under its own name
   * @example
   * await web.upload('site', '/srv/site', { exclude: ['*.map'], sudo: true })
   */
  upload(
    local: PerHost<string>,
    remote: PerHost<string>,
    options: UploadOptions = {},
  ): Promise<Results<TransferResult>> {
    const merged = mergeOptions(this.#options, options)
    const cargoes = new Cargoes(this.#backend.directory, { ...options, shared: this.size > 1 })
    return this.#task({
      kind: 'transfer',
      label: merged.label ?? `upload ${textOf(local)} to ${textOf(remote)}`,
      options: merged,
      run: async (name, scope, { onBytes }) => {
        const paths = { local: await this.#argsFor(local, name), remote: await this.#argsFor(remote, name) }
        return uploadTo(this.#backend.machine(name), scope, cargoes, paths, { ...options, ...merged }, onBytes)
      },
    })
  }

  /**
   * Copies a file or directory of every host to this machine. So that no host writes over what another sent, its name is in the
   * local path: where `{host}` stands, else at the end (`hosts.web-1`). Files that are there and differ are not replaced unless
   * `overwrite` says so.
   *
   * @param local relative to the directory of the session; a directory, or a path that ends in `/`, gets `NAME.HOST`
   * @example
   * await web.download('/var/log/nginx', 'logs/{host}/nginx')
   * @throws {UsageError} two hosts would write to the same place
   */
  async download(
    remote: PerHost<string>,
    local: PerHost<string>,
    options: DownloadOptions = {},
  ): Promise<Results<TransferResult>> {
    const merged = mergeOptions(this.#options, options)
    const sources = new Map<string, string>()
    const given = new Map<string, string>()
    for (const name of this.names) {
      sources.set(name, await this.#argsFor(remote, name))
      given.set(name, await this.#argsFor(local, name))
    }
    const byHost = typeof local !== 'function'
    const places = localPlaces(sources, name => given.get(name) ?? '', this.#backend.directory, byHost)
    return this.#task({
      kind: 'transfer',
      label: merged.label ?? `download ${textOf(remote)} to ${textOf(local)}`,
      options: merged,
      run: async (name, scope, { onBytes }) => {
        const paths = { remote: sources.get(name) ?? '', local: places.get(name) ?? '' }
        return downloadFrom(this.#backend.machine(name), scope, paths, { ...options, ...merged }, onBytes)
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
    return this.results(await this.#backend.operate(this.names, this.#doubts, operation, args, merged))
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
    return this.results(
      await this.#backend.task({ ...task, label: brief(task.label), hosts: this.names, doubts: this.#doubts }),
    )
  }

  async #argsFor<A>(args: PerHost<A>, name: string): Promise<A> {
    // a function is told from a value by its type alone: no fact, operation or command takes a function as its whole argument
    return typeof args === 'function'
      ? (args as (host: Host) => A | Promise<A>)(this.#backend.hostOf(name, this.#options))
      : args
  }

  /** @internal What these hosts answered, however they were asked. */
  results<T>(outcomes: ReadonlyMap<string, Outcome<T>>): Results<T> {
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

const textOf = (path: PerHost<string>): string => (typeof path === 'function' ? 'a path for each host' : path)

function doubtsOf(fleet: Fleet): Doubts {
  return fleet.doubts.size > 0 ? fleet.doubts : NO_DOUBTS
}
