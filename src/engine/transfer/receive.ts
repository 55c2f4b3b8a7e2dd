import { isUtf8 } from 'node:buffer'
import { type Sftp, SftpEnded } from '../connect/sftp.js'
import { FileError, InterruptedError, MusterError } from '../errors.js'
import { fileReason } from '../shell/file-scripts.js'
import { batches } from './batches.js'
import { type BytePath, shownPath } from './byte-path.js'
import { ByteReader } from './byte-reader.js'
import { type Carrier, type CarrierOptions, closed, counted, type OpenStream } from './carrier.js'
import { type Algorithm, readChecksum } from './checksum.js'
import { bytesScript } from './list-script.js'
import { Incoming } from './local-place.js'
import { remoteSums } from './remote-sums.js'

/** From this size on a file goes over sftp, where that is served; smaller ones come one behind another from one script. */
const LARGE = 256 * 1024
/** A file that was not the same at its end as at its beginning is read again so often. */
const TRIES = 3

/** A file to be received. */
export interface Arriving {
  readonly index: number
  /** On the host. */
  readonly path: BytePath
  /** On this machine. */
  readonly place: BytePath
  readonly size: number
  readonly mode: number
}

/** Receives files and puts each in its place; returns how many bytes came. */
export async function receiveFiles(
  carrier: Carrier,
  files: readonly Arriving[],
  algorithm: Algorithm,
  options: CarrierOptions,
  onBytes: (count: number) => void,
): Promise<number> {
  let bytes = 0
  const count = (size: number): void => {
    bytes += size
    onBytes(size)
  }
  const large = files.filter(({ size, path }) => size >= LARGE && isUtf8(path))
  const left = new Set(files)
  const sftp = large.length > 0 ? await carrier.sftp(options) : undefined
  if (sftp) {
    const stop = (): void => sftp.channel.close()
    options.signal?.addEventListener('abort', stop, { once: true })
    const came: { file: Arriving; incoming: Incoming }[] = []
    try {
      await counted(async window => {
        for (const file of large) {
          const incoming = await bySftp(carrier.host, sftp, file, algorithm, options, window, count)
          if (incoming) came.push({ file, incoming })
        }
      })
    } catch (error) {
      for (const { incoming } of came) await incoming.drop()
      throw error
    } finally {
      options.signal?.removeEventListener('abort', stop)
      await closed(sftp)
    }
    for (const file of await kept(carrier, came, options)) left.delete(file)
  }
  let again: readonly Arriving[] = [...left]
  for (let tries = 0; again.length > 0; tries += 1) {
    const [changing] = again
    if (tries === TRIES && changing)
      throw new FileError(carrier.host, shownPath(changing.path), 'it changes while it is being read')
    const changed: Arriving[] = []
    for (const some of batches(again, ({ path }) => 40 + path.length))
      changed.push(...(await byShell(carrier, some, algorithm, options, count)))
    again = changed
  }
  return bytes
}

/** One file over sftp; `undefined` where it could not even be opened there: the shell then says why. */
async function bySftp(
  host: string,
  sftp: OpenStream<Sftp>,
  file: Arriving,
  algorithm: Algorithm,
  { signal }: CarrierOptions,
  window: () => number,
  count: (size: number) => void,
): Promise<Incoming | undefined> {
  const incoming = await Incoming.begin(file.place, algorithm)
  try {
    for await (const chunk of sftp.channel.read(file.path.toString('utf8'), { window })) {
      await incoming.write(chunk)
      count(chunk.length)
    }
    return incoming
  } catch (error) {
    await incoming.drop()
    if (error instanceof MusterError) throw error
    await throwIfCutOff(host, file, signal, sftp)
    if (error instanceof SftpEnded)
      throw new InterruptedError(host, 'lost', `${error.message} while ${shownPath(file.path)} was being received`)
    count(-incoming.received)
    return undefined
  }
}

/** Puts files in their places whose checksum is the host's; drops the others. */
async function kept(
  carrier: Carrier,
  came: readonly { readonly file: Arriving; readonly incoming: Incoming }[],
  options: CarrierOptions,
): Promise<Arriving[]> {
  const waiting = new Set(came.map(({ incoming }) => incoming))
  const good: Arriving[] = []
  try {
    const stretches = came.map(({ file: { index, path }, incoming }) => ({ index, path, size: incoming.received }))
    const { sums } = await remoteSums(carrier, stretches, options)
    for (const { file, incoming } of came) {
      if (sums.get(file.index) !== incoming.sum()) continue
      await incoming.keep(file.mode)
      waiting.delete(incoming)
      good.push(file)
    }
    return good
  } finally {
    for (const incoming of waiting) await incoming.drop()
  }
}

/** Files one behind another from a script on a channel of its own; returns those that were changing. */
async function byShell(
  carrier: Carrier,
  files: readonly Arriving[],
  algorithm: Algorithm,
  options: CarrierOptions,
  count: (size: number) => void,
): Promise<Arriving[]> {
  const stream = await carrier.stream(bytesScript(files), options)
  const { channel } = stream
  channel.stderr.resume()
  channel.stdin.end()
  const reader = new ByteReader(channel.stdout, options.signal)
  const changed: Arriving[] = []
  let current: Arriving | undefined
  let incoming: Incoming | undefined
  try {
    if ((await reader.line()) === undefined) throw new Error('it ended too soon')
    for (const file of files) {
      current = file
      const [index, size = ''] = (await reader.line())?.split(' ') ?? []
      if (index !== String(file.index)) throw new Error('it ended too soon')
      if (size.startsWith('-')) throw new FileError(carrier.host, shownPath(file.path), fileReason(-Number(size), ''))
      incoming = await Incoming.begin(file.place, algorithm)
      for await (const chunk of reader.bytes(Number(size))) {
        await incoming.write(chunk)
        count(chunk.length)
      }
      await reader.line()
      if (readChecksum(algorithm, (await reader.line()) ?? '') === incoming.sum()) await incoming.keep(file.mode)
      else {
        await incoming.drop()
        count(-incoming.received)
        changed.push(file)
      }
      incoming = undefined
    }
    return changed
  } catch (error) {
    await incoming?.drop()
    channel.close()
    if (error instanceof MusterError) throw error
    await throwIfCutOff(carrier.host, current, options.signal, stream)
    const path = current ? shownPath(current.path) : ''
    throw new FileError(carrier.host, path, 'it changed while it was being read')
  }
}

async function throwIfCutOff(
  host: string,
  file: Arriving | undefined,
  signal: AbortSignal | undefined,
  { lost }: Pick<OpenStream<unknown>, 'lost'>,
): Promise<void> {
  const what = file ? shownPath(file.path) : 'it'
  if (signal?.aborted) throw new InterruptedError(host, 'cancelled', `cancelled while ${what} was being received`)
  const reason = await lost()
  if (reason !== undefined) throw new InterruptedError(host, 'lost', `${reason} while ${what} was being received`)
}
