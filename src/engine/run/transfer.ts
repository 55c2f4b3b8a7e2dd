import { setMaxListeners } from 'node:events'
import { basename, resolve } from 'node:path'
import type { WriteOptions } from '../connect/link.js'
import { InterruptedError } from '../errors.js'
import type { Machine } from '../fleet/machine.js'
import { identityOf, type Options } from '../fleet/options.js'
import { TransferResult } from '../fleet/transfer-result.js'
import { PlanUnknown } from '../plan/host-plan.js'
import { Cargo } from '../transfer/cargo.js'
import type { Copied, OnBytes } from '../transfer/carrier.js'
import type { TreeOptions } from '../transfer/local-tree.js'
import { GuardError } from './command.js'
import type { Scope } from './scope.js'

/** A file's attributes, for `write`. */
export type FileAttributes = Pick<WriteOptions, 'mode' | 'owner' | 'group'>

/** How far a transfer to or from one host is, in bytes. */
export interface TransferProgress {
  readonly host: string
  readonly done: number
  readonly total: number
}

/** Options of uploads and downloads. */
export interface TransferOptions extends Options, TreeOptions {
  /** Told of each piece that has arrived. */
  readonly onProgress?: (progress: TransferProgress) => void
}

/**
 * Options of uploads. Files replaced keep mode, owner and group, new ones get the mode of the local file, unless `mode`, `owner` or
 * `group` say otherwise; a mode goes for files, not for directories.
 */
export interface UploadOptions extends TransferOptions, FileAttributes {}

/** Options of downloads. */
export interface DownloadOptions extends TransferOptions {
  /** Replace files of this machine that are there and differ; without it, that is an error. */
  readonly overwrite?: boolean
}

/** Local files for many hosts: each is listed, and its checksum computed, once. */
export class Cargoes {
  readonly #listed = new Map<string, Promise<Cargo>>()

  constructor(
    private readonly directory: string,
    private readonly options: TreeOptions & { readonly shared: boolean },
  ) {}

  at(path: string): Promise<Cargo> {
    const full = resolve(this.directory, path)
    const known = this.#listed.get(full)
    if (known) return known
    const { exclude, followLinks, shared } = this.options
    const cargo = Cargo.local(full, {
      shared,
      ...(exclude ? { exclude } : {}),
      ...(followLinks ? { followLinks } : {}),
    })
    this.#listed.set(full, cargo)
    return cargo
  }
}

/** Copies a local file or tree to one host, unless its guard or a plan forbids. */
export async function uploadTo(
  machine: Machine,
  scope: Scope,
  cargoes: Cargoes,
  { local, remote }: { readonly local: string; readonly remote: string },
  options: UploadOptions,
  onBytes: OnBytes,
): Promise<TransferResult> {
  const path = remote.endsWith('/') ? `${remote}${basename(resolve(local))}` : remote
  mayWrite(machine, scope, path)
  const { mode, owner, group } = options
  try {
    return await timed('upload', machine, scope, options, async signal =>
      machine.link.upload({
        cargo: await cargoes.at(local),
        path,
        identity: identityOf(options, machine.entry.become),
        signal,
        ...(mode ? { mode } : {}),
        ...(owner ? { owner } : {}),
        ...(group ? { group } : {}),
        onBytes: telling(machine, options, onBytes),
      }),
    )
  } finally {
    machine.reader.invalidate([`file:${path}`, `file:${path}/*`])
  }
}

/** Copies a file or tree of one host to this machine. @throws {PlanUnknown} in a plan, when an earlier planned change may alter it */
export async function downloadFrom(
  machine: Machine,
  scope: Scope,
  { local, remote }: { readonly local: string; readonly remote: string },
  options: DownloadOptions,
  onBytes: OnBytes,
): Promise<TransferResult> {
  mayRead(machine, scope, remote, [`file:${remote}`, `file:${remote}/*`])
  const { exclude, followLinks, overwrite } = options
  return await timed('download', machine, scope, options, signal =>
    machine.link.download({
      path: remote,
      local,
      identity: identityOf(options, machine.entry.become),
      signal,
      ...(exclude ? { exclude } : {}),
      ...(followLinks ? { followLinks } : {}),
      ...(overwrite ? { overwrite } : {}),
      onBytes: telling(machine, options, onBytes),
    }),
  )
}

function telling({ entry }: Machine, { onProgress }: TransferOptions, onBytes: OnBytes): OnBytes {
  return (done, total) => {
    onBytes(done, total)
    onProgress?.({ host: entry.name, done, total })
  }
}

/** Within the time-out of the options, where there is one. */
async function timed(
  direction: TransferResult['direction'],
  { entry: { name } }: Machine,
  { signal }: Scope,
  { timeout }: Options,
  transfer: (signal: AbortSignal) => Promise<Copied>,
): Promise<TransferResult> {
  const start = performance.now()
  const limit = timeout ? AbortSignal.timeout(timeout * 1000) : undefined
  const either = limit ? AbortSignal.any([signal, limit]) : signal
  setMaxListeners(0, either)
  try {
    return new TransferResult(direction, name, await transfer(either), performance.now() - start)
  } catch (error) {
    if (!limit?.aborted || signal.aborted || !(error instanceof InterruptedError)) throw error
    throw new InterruptedError(name, 'timeout', error.reason.replace(/^cancelled/, `given up after ${timeout} s`))
  }
}

/** Replaces a file on one host, unless its guard or a plan forbids. */
export async function writeRemote(
  machine: Machine,
  scope: Scope,
  path: string,
  content: string | Uint8Array,
  attributes: FileAttributes,
  options: Options,
): Promise<void> {
  mayWrite(machine, scope, path)
  try {
    await machine.link.write(path, typeof content === 'string' ? Buffer.from(content) : content, {
      ...attributes,
      identity: identityOf(options, machine.entry.become),
      signal: scope.signal,
    })
  } finally {
    machine.reader.invalidate([`file:${path}`])
  }
}

function mayWrite({ entry }: Machine, { mode }: Scope, path: string): void {
  if (mode === 'plan') throw new PlanUnknown(`it writes ${path} outside an operation, which a plan does not run`)
  if (entry.guard === 'readonly')
    throw new GuardError(`${entry.name}: its guard is readonly, so ${path} was not written.`)
}

/** The bytes of a file on one host. @throws {PlanUnknown} in a plan, when an earlier planned change may alter it */
export async function readRemote(machine: Machine, scope: Scope, path: string, options: Options): Promise<Buffer> {
  mayRead(machine, scope, path, [`file:${path}`])
  return machine.link.read(path, { identity: identityOf(options, machine.entry.become), signal: scope.signal })
}

function mayRead({ entry }: Machine, { mode, run }: Scope, path: string, reads: readonly string[]): void {
  const planned = mode === 'plan' ? run?.overlay(entry.name) : undefined
  const foreseen = planned?.foresee({ key: `read ${path}`, reads })
  if (foreseen?.kind === 'doubtful')
    throw new PlanUnknown(`the content of ${path} depends on “${foreseen.because}”, which is planned before it`)
}
