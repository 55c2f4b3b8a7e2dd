import { randomBytes } from 'node:crypto'
import { LOGIN, type UploadRequest } from '../connect/link.js'
import { FileError, InterruptedError, UnreachableError } from '../errors.js'
import { fileReason, printfFill } from '../shell/file-scripts.js'
import { batches } from './batches.js'
import { type BytePath, below, bytePath, directoryOf, shownPath } from './byte-path.js'
import type { Carrier, CarrierOptions, Copied } from './carrier.js'
import {
  attributesScript,
  directoriesScript,
  finishScript,
  type NewDirectory,
  type NewLink,
  removeScript,
} from './directories-script.js'
import type { TreeEntry } from './local-tree.js'
import { type Misplaced, type Placement, placeScript, readMisplaced } from './place-script.js'
import type { Outgoing } from './send.js'
import { sendFiles } from './send.js'
import {
  type Found,
  NONCE_BYTES,
  readSurvey,
  type Survey,
  surveyScript,
  tempName,
  type Wanted,
} from './survey-script.js'

/** Files up to this size travel in scripts, many in one: a file of its own over sftp takes four round trips. */
const SMALL = 16 * 1024
/** Removing temp files after a failure may take this long, milliseconds; else it is left to the next transfer. */
const CLEAN_MS = 5000

/**
 * Copies files to a host. What is there is looked at first, and what is the same is left alone. All files are sent to temp
 * files beside their places, then checked, flushed and renamed, each at once; nobody ever sees half of one. Links on the host
 * are followed: it is the file behind that is replaced.
 *
 * @throws {FileError} naming the first file that cannot be written; temp files are removed
 * @throws {InterruptedError} the link was lost or the transfer cancelled
 * @throws {UsageError} a local file cannot be read
 */
export async function upload(carrier: Carrier, request: UploadRequest): Promise<Copied> {
  const { cargo, identity = LOGIN, signal } = request
  const options: CarrierOptions = { identity, ...(signal ? { signal } : {}) }
  const { entries, skipped } = cargo.tree
  const top = bytePath(request.path)
  const wanted = entries.map((entry): Wanted => ({ ...entry, path: below(top, entry.path) }))
  const survey = await surveyed(carrier, wanted, options)
  const plan = await planUpload(carrier.host, request, wanted, survey)
  const total = plan.files.reduce((sum, { size }) => sum + size, 0)
  let done = 0
  const onBytes = (count: number): void => {
    done += count
    request.onBytes?.(done, total)
  }
  onBytes(0)
  const temps = plan.files.filter(({ small }) => !small).map(({ temp }) => temp)
  let placed = false
  try {
    if (plan.directories.length > 0)
      settle(carrier, wanted, await runChunks(carrier, plan.directories, directoriesScript, options))
    const sums = await sendFiles(carrier, cargo, plan.files, survey.algorithm, options, onBytes)
    for await (const batch of placements(request, plan.files, sums)) {
      const wrong = await misplaced(carrier, placeScript(batch), options)
      placed = true
      settle(carrier, wanted, wrong)
      for (const { fill, size } of batch) if (fill !== undefined) onBytes(size)
    }
    const finish = [...plan.links, ...plan.directories.toReversed()]
    if (finish.length > 0) settle(carrier, wanted, await runChunks(carrier, finish, finishScript, options))
  } catch (thrown) {
    const error = thrown instanceof UnreachableError ? lostMeanwhile(thrown, request.path, placed) : thrown
    await removeTemps(carrier, temps, options, error)
    throw error
  }
  const restyled = await setAttributes(carrier, request, plan.same, options)
  const changed = plan.files.length + plan.links.length + plan.directories.length + restyled
  return {
    path: request.path,
    files: entries.filter(({ type }) => type === 'file').length,
    bytes: total,
    unchanged: changed === 0,
    skipped,
  }
}

/** The host was there when the transfer began: it was lost between two steps and did not come back in time for the next. */
function lostMeanwhile({ host, reason }: UnreachableError, path: string, placed: boolean): InterruptedError {
  return new InterruptedError(
    host,
    'lost',
    `${reason}; ${placed ? `not all of ${path} is in place` : `${path} is as it was`}`,
  )
}

interface UploadPlan {
  readonly files: readonly Outgoing[]
  readonly directories: readonly NewDirectory[]
  readonly links: readonly NewLink[]
  /** Files that hold what they are to hold. */
  readonly same: readonly BytePath[]
}

async function surveyed(carrier: Carrier, wanted: readonly Wanted[], options: CarrierOptions): Promise<Survey> {
  const parents = wanted[0]?.type === 'directory'
  const left = carrier.takeLeft(options.identity)
  if (left.length > 0) await removeTemps(carrier, left, options)
  const found: Found[] = []
  let algorithm: Survey['algorithm'] = 'sha256'
  for (const some of chunks(wanted)) {
    const { stdout, stderr } = await carrier.run(surveyScript(some, parents), options)
    const part = readSurvey(stdout)
    if (part.found.length !== some.length)
      throw new FileError(carrier.host, shownPath(some[0]?.path ?? Buffer.from('')), fileReason(1, stderr))
    algorithm = part.algorithm
    found.push(...part.found)
  }
  return { algorithm, found }
}

/** What has to be done, from what is wanted and what is there. @throws {FileError} something stands in the way */
async function planUpload(
  host: string,
  { cargo, mode, owner = '', group = '' }: UploadRequest,
  wanted: readonly Wanted[],
  { algorithm, found }: Survey,
): Promise<UploadPlan> {
  const nonce = randomBytes(NONCE_BYTES).toString('hex')
  const files: Outgoing[] = []
  const directories: NewDirectory[] = []
  const links: NewLink[] = []
  const same: BytePath[] = []
  for (const [index, entry] of cargo.tree.entries.entries()) {
    const there = found[index]
    const path = wanted[index]?.path
    if (there === undefined || path === undefined) throw new RangeError(`no answer for entry ${index}`)
    if (there.type === 'obstacle') throw new FileError(host, shownPath(path), fileReason(there.code, ''))
    if (entry.type === 'directory') {
      if (there.type === 'nothing')
        directories.push({ type: 'directory', index, path, mode: octal(entry.mode), owner, group })
    } else if (entry.type === 'link') {
      if (there.type !== 'link' || !there.same)
        links.push({ type: 'link', index, path, target: entry.target, owner, group })
    } else if (there.type === 'nothing') {
      files.push(outgoing(entry, index, there.place, nonce, { mode: mode ?? octal(entry.mode), owner, group }))
    } else if (there.type === 'file') {
      if (there.sum !== undefined && there.sum === (await cargo.sum(index, algorithm))) same.push(there.place)
      else {
        const kept = { mode: mode ?? there.mode, owner: owner || there.owner, group: group || there.group }
        files.push(outgoing(entry, index, there.place, nonce, kept))
      }
    }
  }
  return { files, directories, links, same }
}

function outgoing(
  { size }: Extract<TreeEntry, { type: 'file' }>,
  index: number,
  place: BytePath,
  nonce: string,
  attributes: { mode: string; owner: string; group: string },
): Outgoing {
  const temp = below(directoryOf(place), Buffer.from(tempName(nonce, index)))
  return { index, place, temp, size, small: size <= SMALL, ...attributes }
}

/** Files in batches, each for one script; small ones with their content, which is read when its batch comes up. */
async function* placements(
  { cargo }: UploadRequest,
  files: readonly Outgoing[],
  sums: ReadonlyMap<number, string>,
): AsyncGenerator<Placement[], void, void> {
  // Escaped, a byte may become four.
  for (const batch of batches(files, ({ small, size, place }) => 600 + 2 * place.length + (small ? 4 * size : 0))) {
    const placements: Placement[] = []
    for (const file of batch) {
      const { index, temp, place, size, mode, owner, group } = file
      const fill = file.small ? printfFill(await bytesOf(cargo.source(index).chunks())) : undefined
      const common = { index, temp, place, size, mode, owner, group, sum: sums.get(index) ?? '' }
      placements.push({ ...common, ...(fill === undefined ? {} : { fill }) })
    }
    yield placements
  }
}

async function bytesOf(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(Buffer.from(chunk))
  return Buffer.concat(all)
}

function chunks<T extends { readonly path: BytePath }>(items: readonly T[]): T[][] {
  return batches(items, ({ path }) => 60 + path.length)
}

async function runChunks<T extends { readonly path: BytePath }>(
  carrier: Carrier,
  items: readonly T[],
  script: (items: readonly T[]) => string,
  options: CarrierOptions,
): Promise<Misplaced[]> {
  const all: Misplaced[] = []
  for (const some of chunks(items)) all.push(...(await misplaced(carrier, script(some), options)))
  return all
}

async function misplaced(carrier: Carrier, script: string, options: CarrierOptions): Promise<Misplaced[]> {
  const { stdout } = await carrier.run(script, options)
  return readMisplaced(stdout)
}

/** @throws {FileError} for the first thing that went wrong */
function settle(carrier: Carrier, wanted: readonly Wanted[], wrong: readonly Misplaced[]): void {
  const [first] = wrong
  if (!first) return
  const path = shownPath(wanted[first.index]?.path ?? Buffer.from(''))
  const more = wrong.length > 1 ? ` (and ${wrong.length - 1} more)` : ''
  throw new FileError(carrier.host, path, `${fileReason(first.code, first.said)}${more}`)
}

/** Gives files whose content is right the attributes asked for; says how many had others. */
async function setAttributes(
  carrier: Carrier,
  { mode = '', owner = '', group = '' }: UploadRequest,
  places: readonly BytePath[],
  options: CarrierOptions,
): Promise<number> {
  if (places.length === 0 || (mode === '' && owner === '' && group === '')) return 0
  let altered = 0
  for (const some of chunks(places.map((path, index) => ({ path, index })))) {
    const { stdout } = await carrier.run(attributesScript(some, { mode, owner, group }), options)
    const [wrong] = readMisplaced(stdout).filter(({ code }) => code !== 0)
    if (wrong)
      throw new FileError(
        carrier.host,
        shownPath(places[wrong.index] ?? Buffer.from('')),
        fileReason(wrong.code, wrong.said),
      )
    altered += readMisplaced(stdout).length
  }
  return altered
}

/** Removes temp files, whatever has become of the transfer; those that cannot be reached now are left to the next one. */
async function removeTemps(
  carrier: Carrier,
  temps: readonly BytePath[],
  { identity }: CarrierOptions,
  cause?: unknown,
): Promise<void> {
  if (temps.length === 0) return
  if (cause instanceof InterruptedError && cause.how === 'lost') {
    carrier.leave(identity, temps)
    return
  }
  try {
    await carrier.run(removeScript(temps), { identity, signal: AbortSignal.timeout(CLEAN_MS) })
  } catch {
    carrier.leave(identity, temps)
  }
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0')
