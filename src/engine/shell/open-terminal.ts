import { randomBytes } from 'node:crypto'
import type { ExecOptions } from '../connect/connector.js'
import type { Identity } from '../connect/link.js'
import { UnreachableError } from '../errors.js'
import { type Command, commandSteps } from './frame.js'
import { type ShellSource, type StartedShell, startShell } from './open-shell.js'
import { pastLine } from './past-line.js'
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
  channel.stdin.write(script)
  const { line } = await pastLine(channel, new RegExp(begin), source.timeout)
  if (line === undefined) {
    channel.close()
    throw new UnreachableError(source.host, 'the terminal was closed before the command began')
  }
  return started
}
