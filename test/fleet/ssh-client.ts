import { run } from './command.js'
import type { Lab } from './lab.js'

/**
 * Runs a command on a host of a lab over OpenSSH's own client, as a person would.
 *
 * @param options more arguments of ssh(1); they win over its own.
 * @throws {CommandFailed} when it exits with anything but 0; with 255 when the host cannot be reached.
 */
export const ssh = (lab: Lab, host: string, command: string, ...options: readonly string[]): Promise<string> =>
  run('ssh', '-F', lab.sshConfig, ...options, '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=3', host, command)
