import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { UsageError } from './errors.js'
import { Secret, SecretPrompt } from './secret.js'

/** An environment variable that is to hold a secret is not set. */
export class SecretNotSet extends UsageError {
  constructor(readonly variable: string) {
    super(`The environment variable ${variable}, which a secret is taken from, is not set.`)
  }
}

/**
 * Where an inventory takes its secrets from, so that none stands in the file. Each is read when the inventory is loaded.
 *
 * @example
 * export default inventory({
 *   hosts: { 'web-1': {} },
 *   connect: { user: 'deploy', sudoPassword: secret.prompt('sudo') },
 * })
 */
export const secret = {
  /** Asked for when it is first needed, once for all hosts that share it. */
  prompt: (label: string): SecretPrompt => new SecretPrompt(label),

  /** The value of an environment variable. @throws {UsageError} when it is not set. */
  env(name: string): Secret {
    const value = process.env[name]
    if (value === undefined || value === '') throw new SecretNotSet(name)
    return new Secret(value, name)
  },

  /** The first line of a file. @throws {UsageError} when it cannot be read. */
  file(path: string): Secret {
    try {
      return new Secret(firstLine(readFileSync(path, 'utf8')), path)
    } catch (error) {
      throw new UsageError(
        `The file ${path}, which the inventory takes a secret from, cannot be read: ${reasonOf(error)}`,
      )
    }
  },

  /** The first line that a program of this machine prints: `secret.command('pass', 'show', 'ops/sudo')`. @throws {UsageError} when it fails. */
  command(program: string, ...args: readonly string[]): Secret {
    try {
      return new Secret(
        firstLine(execFileSync(program, args, { encoding: 'utf8', stdio: ['inherit', 'pipe', 'inherit'] })),
        program,
      )
    } catch (error) {
      throw new UsageError(`${program}, which the inventory takes a secret from, failed: ${reasonOf(error)}`)
    }
  },
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? ''
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
}
