import type { Duplex } from 'node:stream'
import type { StreamAddress } from '../connect/connector.js'
import type { Link, LinkListener } from '../connect/link.js'
import type { Intake } from './forward.js'

/**
 * Pauses before the host is asked again to listen, after the link was lost, milliseconds: doubling up to the longest. A server
 * that has not noticed the loss yet still holds the port.
 */
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 30_000

/** Takes connections on the host; asks it again whenever its link was lost. @throws {ForwardError | UnreachableError} the first time */
export async function listenThere(
  link: Link,
  at: StreamAddress,
  take: (caller: Duplex) => void,
  signal?: AbortSignal,
): Promise<Intake> {
  const first = await link.listen(at, take, signal)
  return new RemoteIntake(link, first, take)
}

class RemoteIntake implements Intake {
  /** The port that the host chose at first is asked for again. */
  readonly at: StreamAddress
  interrupted: string | undefined
  readonly #end = new AbortController()

  constructor(
    private readonly link: Link,
    private listener: LinkListener,
    private readonly take: (caller: Duplex) => void,
  ) {
    this.at = listener.at
    void this.#keep()
  }

  async close(): Promise<void> {
    this.#end.abort()
    await this.listener.close()
  }

  async #keep(): Promise<void> {
    const { signal } = this.#end
    for (;;) {
      this.interrupted = await this.listener.ended
      for (let pause = FIRST_PAUSE; this.interrupted !== undefined; pause = Math.min(LONGEST_PAUSE, 2 * pause)) {
        await sleep(pause, signal)
        if (signal.aborted || this.link.state === 'closed') return
        await this.#again(signal)
      }
    }
  }

  async #again(signal: AbortSignal): Promise<void> {
    try {
      this.listener = await this.link.listen(this.at, this.take, signal)
      this.interrupted = undefined
      if (signal.aborted) await this.listener.close()
    } catch (error) {
      this.interrupted = error instanceof Error ? error.message : String(error)
    }
  }
}

/** Waits, at most until the signal comes, and without keeping the process alive. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms)
    timer.unref()
    signal.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true })
  })
}
