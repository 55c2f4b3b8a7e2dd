import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { UsageError } from '../../errors.js'
import type { ConfigQuestion, SshConfigValues } from './evaluate.js'
import { accumulates, readPrinted } from './keywords.js'

/** A Match exec command that takes longer hangs, milliseconds. */
const PATIENCE_MS = 20_000

/** The host is its own jump host (`Host *` with a ProxyJump): ssh refuses to go on, muster connects to it straight. */
export class JumpsToItself extends UsageError {}

/**
 * Asks `ssh -G` for everything that applies to a host, defaults included.
 *
 * @param file an ssh_config to read instead of the user's and the system's; `none` for neither.
 * @returns nothing where there is no `ssh`.
 * @throws {UsageError} with what ssh says is wrong, file and line included.
 */
export async function askSsh(question: ConfigQuestion, file?: string): Promise<SshConfigValues | undefined> {
  const { host, user, port, hostName } = question
  const args = [
    ...(file === undefined ? [] : ['-F', file]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    // Its tokens are expanded, which an address (fe80::1%eth0) must survive.
    ...(hostName === undefined ? [] : ['-o', `HostName="${hostName.replaceAll('%', '%%')}"`]),
  ]
  try {
    const running = promisify(execFile)('ssh', [...args, '-G', '--', host], { timeout: PATIENCE_MS })
    running.child.stdin?.end()
    return parseSshG((await running).stdout)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    const said = complaint(error)
    const Kind = said.startsWith('jumphost loop') ? JumpsToItself : UsageError
    throw new Kind(`ssh_config cannot be evaluated: ${said}`, { cause: error })
  }
}

/** Parses the output of `ssh -G`: one lower-case keyword and its value per line. */
export function parseSshG(text: string): SshConfigValues {
  const values = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ')
    if (space <= 0) continue
    const keyword = line.slice(0, space).toLowerCase()
    const printed = readPrinted(keyword, line.slice(space + 1))
    const known = values.get(keyword)
    if (known === undefined) values.set(keyword, [...printed])
    else if (accumulates(keyword)) known.push(...printed)
  }
  return values
}

function complaint(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('killed' in error && error.killed === true)
    return `ssh -G did not end within ${PATIENCE_MS / 1000} s (does a Match exec command hang?)`
  const said = 'stderr' in error ? String(error.stderr).trim().split(/\r?\n/) : []
  // What was printed by a Match exec command, or is about a terminal, may stand around the sentence that counts.
  return said.find(line => /line \d+|Bad owner|Can't open/.test(line)) ?? said.at(-1) ?? error.message
}
