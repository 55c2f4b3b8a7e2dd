import { execFile } from 'node:child_process'

/** A program of this machine, or a command inside a host of the lab, ended with an exit code other than 0. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  constructor(
    readonly command: string,
    /** The exit code, or a word such as `ENOENT` when the program could not be started. */
    readonly exitCode: number | string,
    readonly stdout: string,
    readonly stderr: string,
  ) {
    super(`${command}: exit ${exitCode}: ${stderr.trim() || stdout.trim().slice(-2000)}`)
  }
}

/**
 * Runs one program without a shell and waits for it.
 *
 * @returns what it wrote to stdout.
 * @throws {CommandFailed} when it does not exit with 0, or cannot be started.
 */
export function run(program: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { maxBuffer: 256 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new CommandFailed([program, ...args].join(' '), error.code ?? String(error.signal), stdout, stderr))
    })
    child.stdin?.end()
  })
}
