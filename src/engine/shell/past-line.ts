import type { Channel } from '../connect/connector.js'

/** Bytes of what was said that are kept, longer than any line that is looked for. */
const MOST_KEPT = 4096

/**
 * Drops what a command says up to the end of a line, and leaves both outputs paused at what follows. Gives up when the command ends
 * first, or after a time.
 *
 * @param line what the line looks like, in latin1 and without its end.
 * @param timeout milliseconds
 * @returns the line, if it came, and the end of what else was said on both outputs.
 */
export function pastLine(
  { stdout, stderr, exit }: Pick<Channel, 'stdout' | 'stderr' | 'exit'>,
  line: RegExp,
  timeout: number,
): Promise<{ readonly line?: string; readonly said: string }> {
  const whole = new RegExp(`(${line.source})\\r?\\n`)
  return new Promise(resolve => {
    let said = ''
    let held = ''
    const end = (found: { readonly line?: string }) => {
      clearTimeout(timer)
      stdout.off('data', look).pause()
      stderr.off('data', hear).pause()
      resolve({ ...found, said })
    }
    const hear = (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-MOST_KEPT)
    }
    const look = (chunk: Buffer) => {
      held += chunk.toString('latin1')
      const found = whole.exec(held)
      if (!found) {
        held = held.slice(-MOST_KEPT)
        hear(chunk)
        return
      }
      const rest = held.slice(found.index + found[0].length)
      end({ line: found[1] ?? '' })
      if (rest !== '') stdout.unshift(Buffer.from(rest, 'latin1'))
    }
    const timer = setTimeout(end, timeout, {})
    stdout.on('data', look).resume()
    stderr.on('data', hear).resume()
    void exit.then(() => end({}))
  })
}
