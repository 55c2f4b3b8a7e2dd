import { spawn } from 'node:child_process'
import { UsageError } from '../../errors.js'
import { canonicalName } from './canonical-name.js'
import { type ConfigQuestion, type ConfigWorld, Evaluation, type SshConfigValues } from './evaluate.js'

/** A Match exec command that takes longer has failed, milliseconds. */
const PATIENCE_MS = 20_000

/**
 * Evaluates ssh_config without `ssh`: runs the commands of Match exec, each once, and looks names up for CanonicalizeHostname.
 * @throws {UsageError} with the first mistake found, in ssh's words, with file and line.
 */
export async function computeConfig(
  question: ConfigQuestion,
  world: Omit<ConfigWorld, 'exec'>,
): Promise<SshConfigValues> {
  const outcomes = new Map<string, boolean>()
  for (;;) {
    // A command comes to light where its condition is judged, which cannot wait for it: it is run, and all is read anew.
    let wanted: string | undefined
    const exec = (command: string) => {
      const outcome = outcomes.get(command)
      if (outcome === undefined) wanted ??= command
      return outcome
    }
    const found = new Evaluation(question, { ...world, exec })
    if (wanted === undefined) {
      found.finish(found.canonicalizes ? await canonicalName(found.host, found.values) : found.host)
      if (wanted === undefined) return checked(found)
    }
    outcomes.set(wanted, await succeeds(wanted))
  }
}

function checked(found: Evaluation): SshConfigValues {
  const [problem] = found.problems
  if (problem !== undefined) throw new UsageError(`ssh_config cannot be evaluated: ${problem}`)
  if (found.unsure)
    throw new UsageError(
      'ssh_config cannot be evaluated: only ssh, which is not installed, can judge Match version and localnetwork',
    )
  return found.canonicalizes
    ? new Map([...found.values, ['hostname', [found.host.replaceAll('%', '%%')]]])
    : found.values
}

/** By the user's shell, with nothing on its stdin and nobody to see what it prints (readconf.c, execute_in_shell). */
function succeeds(command: string): Promise<boolean> {
  return new Promise(resolve => {
    const shell = process.env.SHELL || '/bin/sh'
    const child = spawn(shell, ['-c', command], { stdio: 'ignore', timeout: PATIENCE_MS })
    child.once('error', () => resolve(false))
    child.once('exit', code => resolve(code === 0))
  })
}
