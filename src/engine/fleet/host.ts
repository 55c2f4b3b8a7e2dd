import type { LinkState } from '../connect/connector.js'
import type { Fact } from '../fact.js'
import type { Forward } from '../forward/forward.js'
import type { ForwardSpec } from '../forward/spec.js'
import type { Guard } from '../inventory/spec.js'
import type { Operation } from '../operation.js'
import type { HostData } from '../register.js'
import { runCommand } from '../run/command.js'
import { localPlaces } from '../run/local-names.js'
import { type HostShellOptions, startShell } from '../run/shell.js'
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
import type { InteractiveShell } from '../shell/interactive-shell.js'
import { brief } from '../text/brief.js'
import type { Host } from './api.js'
import { type Backend, NO_DOUBTS, type TaskSpec } from './backend.js'
import type { CommandResult } from './command-result.js'
import type { OperationResult } from './operation-result.js'
import { mergeOptions, type Options } from './options.js'
import type { Outcome } from './outcome.js'
import { commandText } from './template.js'
import type { TransferResult } from './transfer-result.js'

/** One machine: its name, data and groups, and what can be asked of it. Its calls throw when they fail. */
export class HostCore {
  readonly #backend: Backend
  readonly #options: Options
  readonly name: string

  /** @internal */
  constructor(backend: Backend, name: string, options: Options) {
    this.#backend = backend
    this.name = name
    this.#options = options
  }

  /** What the inventory says of it, its groups' data included. */
  get data(): HostData {
    // the shape is declared by the inventory's generated types and is the caller's to keep true
    return this.#backend.machine(this.name).entry.data as HostData
  }

  get groups(): readonly string[] {
    return this.#backend.machine(this.name).entry.groups
  }

  get guard(): Guard {
    return this.#backend.machine(this.name).entry.guard
  }

  /** Where its connection stands. */
  get state(): LinkState {
    return this.#backend.machine(this.name).link.state
  }

  /** The same host with other defaults for its calls. */
  with(options: Options): Host {
    return this.#backend.hostOf(this.name, mergeOptions(this.#options, options))
  }

  /**
   * Runs a command; interpolated values are quoted.
   *
   * @example
   * const { stdout } = await host.$`cat ${path}`
   * @throws {CommandError} when it exits with something else than 0
   */
  get $(): (strings: TemplateStringsArray, ...values: unknown[]) => Promise<CommandResult> {
    return (strings, ...values) => this.script(commandText(strings, values))
  }

  /** Runs a POSIX `sh` script of any number of lines. @throws {CommandError} */
  async script(text: string, options?: Options): Promise<CommandResult> {
    const merged = mergeOptions(this.#options, options)
    return this.#one(merged.label ?? text, 'command', merged, (host, scope, { onOutput }) =>
      runCommand(this.#backend.machine(host), scope, text, merged, onOutput),
    )
  }

  /**
   * Starts a login shell on a terminal of its own; `attach` joins it to the one you sit at.
   *
   * @example
   * const shell = await host.shell({ sudo: true, pty: { columns: 120, rows: 40 } })
   * shell.stdin.write('systemctl status nginx\r')
   * for await (const chunk of shell.stdout) …
   */
  async shell(options?: HostShellOptions): Promise<InteractiveShell> {
    const merged = mergeOptions(this.#options, options)
    const { term } = options ?? {}
    return this.#one('shell', 'command', merged, (host, scope) =>
      startShell(this.#backend.machine(host), scope, { ...merged, ...(term === undefined ? {} : { term }) }),
    )
  }

  /** The text of a remote file. */
  async read(path: string, options?: Options): Promise<string> {
    return (await this.readBytes(path, options)).toString('utf8')
  }

  /** The bytes of a remote file. */
  async readBytes(path: string, options?: Options): Promise<Buffer> {
    const merged = mergeOptions(this.#options, options)
    return this.#one(`read ${path}`, 'transfer', merged, (host, scope) =>
      readRemote(this.#backend.machine(host), scope, path, merged),
    )
  }

  /** Replaces a remote file atomically. At the prompt it is not planned: use `files.put` for that. */
  async write(
    path: string,
    content: string | Uint8Array,
    attributes: FileAttributes = {},
    options?: Options,
  ): Promise<void> {
    const merged = mergeOptions(this.#options, options)
    await this.#one(`write ${path}`, 'transfer', merged, (host, scope) =>
      writeRemote(this.#backend.machine(host), scope, path, content, attributes, merged),
    )
  }

  /**
   * Forwards a port: of this machine to a place the host can reach (`ssh -L`), or with `to` of the host to a place this machine
   * can reach (`ssh -R`). It stays open, also when the link is lost and comes back, until it is closed: by `close()`, at the
   * end of an `await using` block, with the deploy that opened it, or with the session. In a plan it is not opened, unless
   * `readOnly`.
   *
   * @example
   * await using db = await host.forward({ remote: 5432 })
   * const version = await askPostgres({ port: db.port })
   * @example
   * await host.forward({ local: 8080, remote: 'intranet:80' })
   * await host.forward({ remote: 9000, to: 'localhost:3000' })
   * @throws {UsageError} an address makes no sense, or the port here is in use
   * @throws {ForwardError} the host refuses to listen: forbidden by its sshd, or the port there is in use
   * @throws {UnreachableError}
   */
  async forward(spec: ForwardSpec, options?: Options): Promise<Forward> {
    const merged = mergeOptions(this.#options, options)
    const label =
      merged.label ?? `forward ${spec.to !== undefined ? `${spec.remote} → ${spec.to} here` : `→ ${spec.remote}`}`
    return this.#one(label, 'command', merged, (host, scope) => this.#backend.forward(host, spec, merged, scope))
  }

  /** The forwards of this host that are open. */
  get forwards(): readonly Forward[] {
    return [...this.#backend.machine(this.name).forwards].filter(({ state }) => state !== 'closed')
  }

  /**
   * Copies a local file or directory to the host; see `upload` of a fleet.
   *
   * @example
   * const { bytes, unchanged } = await host.upload('nginx.conf', '/etc/nginx/nginx.conf', { sudo: true })
   * @throws {FileError | InterruptedError | UsageError}
   */
  async upload(local: string, remote: string, options: UploadOptions = {}): Promise<TransferResult> {
    const merged = mergeOptions(this.#options, options)
    const cargoes = new Cargoes(this.#backend.directory, { ...options, shared: false })
    return this.#one(merged.label ?? `upload ${local} to ${remote}`, 'transfer', merged, (host, scope, { onBytes }) =>
      uploadTo(this.#backend.machine(host), scope, cargoes, { local, remote }, { ...options, ...merged }, onBytes),
    )
  }

  /**
   * Copies a file or directory of the host to this machine. Files that are there and differ are not replaced unless `overwrite`
   * says so.
   *
   * @param local what it becomes; a directory, or a path that ends in `/`, gets it under its own name
   * @throws {FileError | InterruptedError | UsageError}
   */
  async download(remote: string, local: string, options: DownloadOptions = {}): Promise<TransferResult> {
    const merged = mergeOptions(this.#options, options)
    const places = localPlaces(new Map([[this.name, remote]]), () => local, this.#backend.directory, false)
    const paths = { remote, local: places.get(this.name) ?? local }
    return this.#one(merged.label ?? `download ${remote} to ${local}`, 'transfer', merged, (host, scope, { onBytes }) =>
      downloadFrom(this.#backend.machine(host), scope, paths, { ...options, ...merged }, onBytes),
    )
  }

  /** Reads a fact, of muster or your own. @throws {FactError} */
  fact<T>(fact: Fact<undefined, T>): Promise<T>
  fact<A, T>(fact: Fact<A, T>, args: NoInfer<A>, options?: Options): Promise<T>
  async fact<T>(fact: Fact<unknown, T>, args?: unknown, options?: Options): Promise<T> {
    const merged = mergeOptions(this.#options, options)
    return this.#one(fact.name, 'fact', merged, host => this.#backend.readFact(host, fact, args, merged))
  }

  /** Plans, asks and applies an operation, of muster or your own. */
  async run<A>(operation: Operation<A>, args: NoInfer<A>, options?: Options): Promise<OperationResult> {
    const outcomes = await this.#backend.operate(
      [this.name],
      NO_DOUBTS,
      operation,
      args,
      mergeOptions(this.#options, options),
    )
    return only(outcomes, this.name)
  }

  toString(): string {
    return this.name
  }

  toJSON(): string {
    return this.name
  }

  async #one<T>(
    label: string,
    kind: 'command' | 'fact' | 'transfer',
    options: Options,
    run: TaskSpec<T>['run'],
  ): Promise<T> {
    const outcomes = await this.#backend.task({
      kind,
      label: brief(label),
      hosts: [this.name],
      doubts: NO_DOUBTS,
      options,
      run,
    })
    return only(outcomes, this.name)
  }
}

function only<T>(outcomes: ReadonlyMap<string, Outcome<T>>, name: string): T {
  const outcome = outcomes.get(name)
  if (!outcome) throw new Error(`${name} gave no outcome`)
  if (outcome.status !== 'ok') throw outcome.error
  return outcome.value
}
