import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { ExecOptions } from '../connect/connector.js'
import type { Identity } from '../connect/link.js'
import { UnreachableError } from '../errors.js'
import { type Command, commandSteps } from './frame.js'
import { type ShellSource, type StartedShell, startShell } from './open-shell.js'
import { scriptReader, typedScript } from './typed-script.js'

/** What runs on a terminal of its own. */
export interface TerminalCommand extends Pick<Command, 'script' | 'cwd' | 'env' | 'shell'> {
  readonly pty: NonNullable<ExecOptions['pty']>
}

/**
 * Starts a command for an identity on a terminal; what its channel gives from here on is the command's own output.
 * The channel's stdout is paused until somebody reads it.
 *
 * @param signal gives it up as long as nothing of the command was sent, with its reason.
 * @throws {IdentityError | UnreachableError} as for any shell
 * @throws {RangeError} when the command cannot be written as shell text; nothing was sent.
 */
export async function openTerminal(
  source: ShellSource,
  identity: Identity,
  { pty, ...command }: TerminalCommand,
  signal?: AbortSignal,
): Promise<StartedShell> {
  const begin = `muster-${randomBytes(8).toString('hex')}`
  const script = typedScript(commandSteps(command).join(' && '))
  const started = await startShell(source, identity, { next: scriptReader(begin), terminal: true }, { pty })
  const { channel } = started
  if (signal?.aborted) {
    channel.close()
    throw signal.reason
  }
  const begun = pastLine(channel.stdout, begin)
  channel.stdin.write(script)
  const timer = setTimeout(() => channel.close(), source.timeout)
  const ended = channel.exit.then(() => false)
  const up = await Promise.race([begun, ended])
  clearTimeout(timer)
  if (!up) throw new UnreachableError(source.host, 'the terminal was closed before the command began')
  return started
}

/** Drops what a stream gives up to the end of a line, and leaves it paused at what follows. */
function pastLine(stream: Readable, line: string): Promise<true> {
  return new Promise(resolve => {
    let held = ''
    const look = (chunk: Buffer) => {
      held += chunk.toString('latin1')
      const at = held.search(new RegExp(`${line}\\r?\\n`))
      if (at < 0) {
        held = held.slice(-line.length - 2)
        return
      }
      stream.off('data', look)
      stream.pause()
      const rest = held.slice(held.indexOf('\n', at) + 1)
      if (rest !== '') stream.unshift(Buffer.from(rest, 'latin1'))
      resolve(true)
    }
    stream.on('data', look)
  })
}
