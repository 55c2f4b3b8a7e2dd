import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FileError, UnreachableError } from '../../errors.js'
import { below } from '../../transfer/byte-path.js'
import type { Copied } from '../../transfer/carrier.js'
import { nobody } from '../ask.js'
import { Credentials } from '../credentials.js'
import { HostLink } from '../link/host-link.js'
import type { DownloadRequest, LinkObserver, RawResult, RunOptions, UploadRequest, WriteOptions } from '../link.js'
import { Throttle } from '../throttle.js'
import { type FakeConnectorOptions, fakeConnector } from './connector.js'
import type { FakeHandler } from './host.js'

export interface FakeLinkOptions extends FakeConnectorOptions {
  readonly observer?: LinkObserver
}

/** Simulated hosts connect all at once: there is no server to spare. */
const gate = new Throttle(Number.POSITIVE_INFINITY)
const silent: LinkObserver = { state: () => {}, latency: () => {} }

/**
 * The link to a simulated host. Scripts are answered by a function; files live in a map, for what muster's own scripts do to
 * files nobody wants to answer by hand.
 *
 * @example
 * const link = new FakeLink('web-1', script => ({ stdout: script === 'uname -r' ? '6.1.0\n' : '' }))
 */
export class FakeLink extends HostLink {
  readonly files = new Map<string, Buffer>()
  /** Every script that was run, in order. */
  readonly ran: string[]
  readonly #away: { error?: UnreachableError }

  constructor(name: string, answer: FakeHandler, { observer = silent, ...options }: FakeLinkOptions = {}) {
    const ran: string[] = []
    const away: { error?: UnreachableError } = {}
    const remember: FakeHandler = async (script, request) => {
      ran.push(script)
      try {
        return await answer(script, request)
      } catch (error) {
        if (error instanceof UnreachableError) away.error = error
        throw error
      }
    }
    super({
      endpoint: { name, settings: { connector: 'fake' } },
      connector: fakeConnector(remember, options),
      asker: nobody,
      credentials: new Credentials(),
      observer,
      gate,
      reconnect: false,
    })
    this.ran = ran
    this.#away = away
  }

  /** An answer that throws an `UnreachableError` is a host that could not be reached, though here it must be reached to say so. */
  override async run(script: string, options?: RunOptions): Promise<RawResult> {
    try {
      return await super.run(script, options)
    } catch (error) {
      const { error: away } = this.#away
      delete this.#away.error
      throw away ?? error
    }
  }

  override async write(path: string, content: Uint8Array, _options?: WriteOptions): Promise<void> {
    await this.connect()
    this.files.set(path, Buffer.from(content))
  }

  override async read(path: string): Promise<Buffer> {
    await this.connect()
    const content = this.files.get(path)
    if (!content) throw new FileError(this.name, path, 'no such file')
    return content
  }

  override async upload({ cargo, path }: UploadRequest): Promise<Copied> {
    await this.connect()
    const { entries, skipped } = cargo.tree
    let bytes = 0
    for (const [index, entry] of entries.entries()) {
      if (entry.type !== 'file') continue
      const content: Buffer[] = []
      for await (const chunk of cargo.source(index).chunks()) content.push(Buffer.from(chunk))
      this.files.set(below(Buffer.from(path), entry.path).toString('utf8'), Buffer.concat(content))
      bytes += entry.size
    }
    const files = entries.filter(({ type }) => type === 'file').length
    return { path, files, bytes, unchanged: false, skipped }
  }

  override async download({ path, local }: DownloadRequest): Promise<Copied> {
    const content = await this.read(path)
    await mkdir(dirname(local), { recursive: true })
    await writeFile(local, content)
    return { path: local, files: 1, bytes: content.length, unchanged: false, skipped: [] }
  }
}
