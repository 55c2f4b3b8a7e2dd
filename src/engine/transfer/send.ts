import { isUtf8 } from 'node:buffer'
import { setImmediate } from 'node:timers/promises'
import type { Channel, ChannelExit } from '../connect/connector.js'
import { NotOpened, type Sftp, SftpEnded } from '../connect/sftp.js'
import { FileError, InterruptedError, MusterError } from '../errors.js'
import { fileReason } from '../shell/file-scripts.js'
import { WRITING } from '../shell/writing-functions.js'
import type { BytePath } from './byte-path.js'
import { quoteBytes, shownPath } from './byte-path.js'
import type { Cargo } from './cargo.js'
import { type Carrier, type CarrierOptions, closed, counted, type OpenStream } from './carrier.js'
import type { Algorithm } from './checksum.js'
import { type Source, summed } from './source.js'

/** A file to be sent. */
export interface Outgoing {
  readonly index: number
  readonly place: BytePath
  readonly temp: BytePath
  readonly size: number
  readonly small: boolean
  readonly mode: string
  readonly owner: string
  readonly group: string
}

/** Files on their way at once over one sftp channel; what they may have under way together is bounded apart from this. */
const AT_ONCE = 4

/**
 * Sends what is not small to temp files: over sftp, else each over a channel on which a shell of the identity runs `cat`.
 *
 * @returns the checksums of all files, small ones too, by their place in the tree
 */
export async function sendFiles(
  carrier: Carrier,
  cargo: Cargo,
  files: readonly Outgoing[],
  algorithm: Algorithm,
  options: CarrierOptions,
  onBytes: (count: number) => void,
): Promise<Map<number, string>> {
  const sums = new Map<number, string>()
  const large = files.filter(({ small }) => !small)
  for (const { index, small } of files) if (small || cargo.shared) sums.set(index, await cargo.sum(index, algorithm))
  const sftp = large.some(({ temp }) => isUtf8(temp)) ? await carrier.sftp(options) : undefined
  const stop = (): void => sftp?.channel.close()
  options.signal?.addEventListener('abort', stop, { once: true })
  const waiting = [...large]
  const sendOne = async (file: Outgoing, window: () => number): Promise<void> => {
    const whole = cargo.source(file.index)
    const { source, value } = sums.has(file.index) ? { source: whole, value: undefined } : summed(whole, algorithm)
    await send(carrier, sftp, file, source, options, onBytes, window)
    if (value) sums.set(file.index, value())
  }
  try {
    await counted(async window => {
      const width = Math.max(1, Math.min(sftp ? AT_ONCE : 1, large.length))
      const share = (): number => Math.max(2, Math.floor(window() / width))
      const worker = async (): Promise<void> => {
        for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await sendOne(file, share)
      }
      const ends = await Promise.allSettled(Array.from({ length: width }, () => worker().catch(stopOthers)))
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    })
  } finally {
    options.signal?.removeEventListener('abort', stop)
    if (sftp) await closed(sftp)
  }
  return sums

  function stopOthers(error: unknown): never {
    waiting.length = 0
    throw error
  }
}

async function send(
  carrier: Carrier,
  sftp: OpenStream<Sftp> | undefined,
  file: Outgoing,
  source: Source,
  options: CarrierOptions,
  onBytes: (count: number) => void,
  window: () => number,
): Promise<void> {
  if (sftp && isUtf8(file.temp)) {
    try {
      await sftp.channel.create(file.temp.toString('utf8'), source.chunks(), { window, onBytes })
      return
    } catch (error) {
      if (error instanceof MusterError) throw error
      await throwIfCutOff(carrier.host, file, options, sftp)
      if (error instanceof SftpEnded) throw cutOff(carrier.host, file, 'lost', error.message)
      // sftp may see another file system than shells do, or be read-only; the shell then has the system's own words, too.
      if (!(error instanceof NotOpened)) throw await spaceTrouble(carrier, file, options, error)
    }
  }
  const stream = await carrier.stream(fillScript(file), options)
  try {
    await fillByShell(carrier.host, stream, file, source, options, onBytes)
  } catch (error) {
    await throwIfCutOff(carrier.host, file, options, stream)
    throw error
  }
}

/**
 * Fills a temp file from stdin; it goes again when less arrived than it should hold, as when the link is cut.
 * Its size is looked at, since a shell cannot tell the end of a file from the end of a link.
 */
function fillScript({ temp, size }: Outgoing): string {
  return `${WRITING}
t=${quoteBytes(temp)}
trap 'rm -f "$t"; exit 143' 1 2 15
set -C
true >"$t" || exit 83
set +C
cat >"$t" || { full "$t"; printf '%s\\n' "$said" >&2; rm -f "$t"; exit 84; }
[ "$(wc -c <"$t")" -eq ${size} ] || { rm -f "$t"; exit 95; }
flush "$t"
`
}

async function fillByShell(
  host: string,
  { channel }: OpenStream<Channel>,
  file: Outgoing,
  source: Source,
  { signal }: CarrierOptions,
  onBytes: (count: number) => void,
): Promise<void> {
  const errors: Buffer[] = []
  channel.stderr.on('data', (chunk: Buffer) => errors.push(chunk)).resume()
  channel.stdout.resume()
  let ended = false
  const exit = Promise.race([channel.exit, abortOf(signal)]).finally(() => {
    ended = true
  })
  try {
    for await (const chunk of source.chunks()) {
      // A cat that reads no more (a full disk) leaves the pipe stuck: its exit ends the sending.
      await Promise.race([new Promise(taken => channel.stdin.write(chunk, taken)), exit])
      if (ended) break
      onBytes(chunk.length)
    }
    channel.stdin.end()
  } catch (error) {
    channel.close()
    throw error
  }
  const { code } = await exit
  // What a command said that ended before anybody listened is handed out in the next turn.
  if (code !== 0) await setImmediate()
  if (code === null) throw cutOff(host, file, 'shell-died', 'the shell that took it ended')
  if (code !== 0) throw new FileError(host, shownPath(file.place), fileReason(code, Buffer.concat(errors)))
}

/** The exit of a command that nobody waits for any more: its host may be silent. */
function abortOf(signal: AbortSignal | undefined): Promise<ChannelExit> {
  return new Promise(resolve => signal?.addEventListener('abort', () => resolve({ code: null }), { once: true }))
}

/** A cancelled or lost transfer is told as such, whatever broke by it. Nothing has been put in place by then. */
async function throwIfCutOff(
  host: string,
  file: Outgoing,
  { signal }: CarrierOptions,
  { lost }: Pick<OpenStream<unknown>, 'lost'>,
): Promise<void> {
  if (signal?.aborted) throw cutOff(host, file, 'cancelled', 'cancelled while it was sent')
  const reason = await lost()
  if (reason !== undefined) throw cutOff(host, file, 'lost', reason)
}

function cutOff(host: string, { place }: Outgoing, how: InterruptedError['how'], reason: string): InterruptedError {
  return new InterruptedError(host, how, `${reason}; ${shownPath(place)} is as it was`)
}

/** sftp says "Failure" and no more: writing on by the shell brings out why. */
async function spaceTrouble(
  carrier: Carrier,
  { temp, place }: Outgoing,
  options: CarrierOptions,
  error: unknown,
): Promise<FileError> {
  const { stdout } = await carrier.run(`${WRITING}\nfull ${quoteBytes(temp)}; printf '%s' "$said"`, options)
  const said = stdout.toString('utf8')
  const plain = fileReason(84, said)
  const why = error instanceof Error ? error.message : String(error)
  return new FileError(carrier.host, shownPath(place), /records/.test(plain) ? fileReason(84, why) : plain)
}
