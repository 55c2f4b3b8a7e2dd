import { type DownloadRequest, LOGIN } from '../connect/link.js'
import { FileError, UsageError } from '../errors.js'
import { fileReason } from '../shell/file-scripts.js'
import { type BytePath, below, bytePath, shownPath } from './byte-path.js'
import type { Carrier, CarrierOptions, Copied } from './carrier.js'
import type { Algorithm } from './checksum.js'
import { excluding } from './exclude.js'
import { listScript, readList } from './list-script.js'
import { localFound, makeDirectory, makeLink, makeParents, setMode } from './local-place.js'
import type { TreeEntry } from './local-tree.js'
import { type Arriving, receiveFiles } from './receive.js'
import { remoteSums } from './remote-sums.js'
import { fileSource, sourceSum } from './source.js'

/** A list of names may be this long, bytes. */
const LONGEST_LIST = 256 * 1024 * 1024

/**
 * Copies a file or tree of a host to this machine. What is there and the same is left alone; what is there and differs is
 * replaced only with `overwrite`, and that is looked at before anything is. Each file is received beside its place, compared
 * with the host's checksum, flushed and renamed.
 *
 * @throws {FileError} naming what cannot be read on the host
 * @throws {InterruptedError} the link was lost or the transfer cancelled
 * @throws {UsageError} a local file cannot be written, or is there and differs
 */
export async function download(carrier: Carrier, request: DownloadRequest): Promise<Copied> {
  const { identity = LOGIN, signal } = request
  const options: CarrierOptions = { identity, ...(signal ? { signal } : {}) }
  const from = bytePath(request.path)
  const to = bytePath(request.local)
  const { entries, skipped } = await listed(carrier, from, request, options)
  const plan = await planDownload(carrier, from, to, entries, request.overwrite ?? false, options)
  const total = plan.files.reduce((sum, { size }) => sum + size, 0)
  let done = 0
  const onBytes = (count: number): void => {
    done += count
    request.onBytes?.(done, Math.max(done, total))
  }
  onBytes(0)
  if (plan.files.length + plan.directories.length + plan.links.length > 0) await makeParents(to)
  for (const { place } of plan.directories) await makeDirectory(place)
  const bytes = await receiveFiles(carrier, plan.files, plan.algorithm, options, onBytes)
  // Links come last: nothing is ever written through a link that a host names.
  for (const { place, target } of plan.links) await makeLink(place, target)
  for (const { place, mode } of plan.directories.toReversed()) await setMode(place, mode)
  return {
    path: request.local,
    files: entries.filter(({ type }) => type === 'file').length,
    bytes,
    unchanged: plan.files.length + plan.directories.length + plan.links.length === 0,
    skipped: skipped.map(path => shownPath(below(from, path))),
  }
}

async function listed(
  carrier: Carrier,
  from: BytePath,
  { exclude = [], followLinks = false }: DownloadRequest,
  options: CarrierOptions,
): Promise<{ entries: readonly TreeEntry[]; skipped: readonly BytePath[] }> {
  const answer = await carrier.run(listScript(from, followLinks), options, LONGEST_LIST)
  const path = shownPath(from)
  if (answer.exitCode !== 0)
    throw new FileError(carrier.host, path, fileReason(unreadable(answer.exitCode), answer.stderr))
  const { entries, skipped } = attempt(carrier.host, path, () => readList(answer.stdout))
  return { entries: without(entries, exclude), skipped }
}

/** find(1) ends with 1 when there is something it may not look into. */
const unreadable = (exitCode: number): number => (exitCode === 1 ? 93 : exitCode)

function attempt<T>(host: string, path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new FileError(host, path, `it cannot be listed: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Leaves out what is excluded, and all below it. */
function without(entries: readonly TreeEntry[], patterns: readonly string[]): readonly TreeEntry[] {
  if (patterns.length === 0) return entries
  const isExcluded = excluding(patterns)
  return entries.filter(({ path }) => {
    const parts = path.toString('utf8').split('/')
    return !parts.some((_, at) => path.length > 0 && isExcluded(parts.slice(0, at + 1).join('/')))
  })
}

interface DownloadPlan {
  readonly algorithm: Algorithm
  readonly files: readonly Arriving[]
  readonly directories: readonly { readonly place: BytePath; readonly mode: number }[]
  readonly links: readonly { readonly place: BytePath; readonly target: Buffer }[]
}

async function planDownload(
  carrier: Carrier,
  from: BytePath,
  to: BytePath,
  entries: readonly TreeEntry[],
  overwrite: boolean,
  options: CarrierOptions,
): Promise<DownloadPlan> {
  const files: Arriving[] = []
  const directories: { place: BytePath; mode: number }[] = []
  const links: { place: BytePath; target: Buffer }[] = []
  const differing: BytePath[] = []
  const maybeSame: Arriving[] = []
  for (const [index, entry] of entries.entries()) {
    const place = below(to, entry.path)
    const there = await localFound(place, entry)
    if (there.type === 'same') continue
    if (there.type === 'other') differing.push(place)
    if (entry.type === 'directory') directories.push({ place, mode: entry.mode })
    else if (entry.type === 'link') links.push({ place, target: entry.target })
    else {
      const file: Arriving = { index, place, path: below(from, entry.path), size: entry.size, mode: entry.mode }
      if (there.type === 'file') maybeSame.push(file)
      else files.push(file)
    }
  }
  const { algorithm, sums } = await remoteSums(carrier, maybeSame, options)
  for (const file of maybeSame) {
    if (sums.get(file.index) === (await sourceSum(fileSource(file.place, file.size), algorithm))) continue
    differing.push(file.place)
    files.push(file)
  }
  const [first] = differing
  if (first && !overwrite) {
    const more = differing.length > 1 ? ` and ${differing.length - 1} more` : ''
    throw new UsageError(`${shownPath(first)}${more} is there and differs; { overwrite: true } replaces it.`)
  }
  return { algorithm, files, directories, links }
}
