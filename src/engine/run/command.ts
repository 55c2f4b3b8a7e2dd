import { setTimeout as sleep } from 'node:timers/promises'
import type { Identity, RunOptions } from '../connect/link.js'
import { MusterError } from '../errors.js'
import { CommandError, CommandResult } from '../fleet/command-result.js'
import type { Machine } from '../fleet/machine.js'
import { identityOf, type Options, terminalOf } from '../fleet/options.js'
import { PlanUnknown } from '../plan/host-plan.js'
import { recordedOutput } from '../read/recorded-output.js'
import { Secret } from '../secret.js'
import { brief } from '../text/brief.js'
import type { Scope } from './scope.js'

/** Most bytes of an output that are recorded. */
const MOST_RECORDED = 1024 * 1024

/** A host's guard forbids what was asked. */
export class GuardError extends MusterError {
  override readonly name = 'GuardError'
}

/**
 * Runs a command on one host: guards, retries and time-out observed, what it may have changed forgotten.
 *
 * @throws {CommandError} the exit code is not among `successCodes` (unless `ignoreErrors`)
 * @throws {PlanUnknown} in a plan, unless it is `readOnly`
 * @throws {GuardError} the host is `readonly` and the command is not
 */
export async function runCommand(
  machine: Machine,
  scope: Scope,
  command: string,
  options: Options,
  onOutput?: RunOptions['onOutput'],
): Promise<CommandResult> {
  if (!options.readOnly) {
    if (scope.mode === 'plan')
      throw new PlanUnknown(
        `it needs the answer of “${brief(command)}”, which a plan does not run; with { readOnly: true } it would`,
      )
    if (machine.entry.guard === 'readonly')
      throw new GuardError(
        `${machine.entry.name}: its guard is readonly; a command that changes nothing runs with { readOnly: true }.`,
      )
  }
  const tries = 1 + (options.retries ?? (options.retryUntil ? 3 : 0))
  for (let attempt = 1; ; attempt++) {
    const result = await runOnce(machine, scope, command, options, onOutput)
    const good = isSuccess(result, options)
    if (good && (options.retryUntil?.(result) ?? true)) return result
    const again = attempt < tries && (await pause(options.retryDelay ?? 5, scope.signal))
    if (again) continue
    if (options.ignoreErrors) return result
    throw new CommandError(
      machine.entry.name,
      result,
      good ? `never gave what was waited for (${tries} tries)` : undefined,
    )
  }
}

/** Waits so many seconds; `false` when the signal came before they were over. */
async function pause(seconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(seconds * 1000, undefined, { signal })
    return true
  } catch {
    return false
  }
}

async function runOnce(
  { entry, link, reader, heard }: Machine,
  scope: Scope,
  command: string,
  options: Options,
  onOutput: RunOptions['onOutput'],
): Promise<CommandResult> {
  const identity = identityOf(options, entry.become)
  try {
    const raw = await link.run(command, {
      ...linkOptions(options, identity, scope.signal),
      ...(onOutput ? { onOutput } : {}),
      spill: true,
    })
    heard?.({
      type: 'answer.command',
      host: link.name,
      command,
      identity,
      stdout: recordedOutput(raw.stdoutFile?.head(MOST_RECORDED) ?? raw.stdout.subarray(0, MOST_RECORDED)),
      stderr: recordedOutput(raw.stderrFile?.head(MOST_RECORDED) ?? raw.stderr.subarray(0, MOST_RECORDED)),
      exitCode: raw.exitCode,
    })
    return new CommandResult(options.label ?? command, raw)
  } finally {
    if (!options.readOnly) reader.invalidateAll()
  }
}

function isSuccess(result: CommandResult, { successCodes = [0] }: Options): boolean {
  return successCodes.includes(result.exitCode)
}

/** Variables with the values of secrets. */
export function revealed(env: NonNullable<Options['env']>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, Secret.valueOf(value)]))
}

/** The part of a fleet's options that a link carries out. */
function linkOptions(options: Options, identity: Identity, signal: AbortSignal): RunOptions {
  const { cwd, env, timeout, shell } = options
  const stdin = Secret.valueOf(options.stdin)
  const pty = terminalOf(options)
  return {
    identity,
    signal,
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env: revealed(env) }),
    ...(timeout ? { timeout: timeout * 1000 } : {}),
    ...(shell === undefined ? {} : { shell }),
    ...(pty === undefined ? {} : { pty }),
    ...(stdin === undefined ? {} : { stdin: typeof stdin === 'string' ? Buffer.from(stdin) : stdin }),
  }
}
