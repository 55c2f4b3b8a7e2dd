import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import SSHConfig from 'ssh-config'
import { UsageError } from '../errors.js'
import { type ConfigBlock, defaultConfigFiles, scanSshConfig } from './ssh-config-scan.js'
import { Throttle } from './throttle.js'
import { matchesPatterns } from './wildcard.js'

/** Settings of one host by ssh_config: keyword in lower case → its values in order. */
export type SshConfigValues = ReadonlyMap<string, readonly string[]>

/** The keywords muster acts on; a config that sets none of them for a host need not be evaluated. */
const RELEVANT = new Set(
  [
    'hostname port user addressfamily bindaddress canonicalizehostname connecttimeout connectionattempts proxyjump proxycommand proxyusefdpass',
    'identityfile certificatefile identitiesonly identityagent forwardagent preferredauthentications numberofpasswordprompts',
    'pubkeyauthentication passwordauthentication kbdinteractiveauthentication batchmode',
    'userknownhostsfile globalknownhostsfile stricthostkeychecking hostkeyalias hashknownhosts revokedhostkeys',
    'hostkeyalgorithms kexalgorithms ciphers macs serveraliveinterval serveralivecountmax',
  ].flatMap(line => line.split(' ')),
)
/** Older names under which a keyword may be written. */
const ALIASES: Readonly<Record<string, string>> = {
  challengeresponseauthentication: 'kbdinteractiveauthentication',
  skeyauthentication: 'kbdinteractiveauthentication',
  tisauthentication: 'kbdinteractiveauthentication',
  dsaauthentication: 'pubkeyauthentication',
  identityfile2: 'identityfile',
}
/** A session lives for days and ssh_config is edited meanwhile: it is read again after this long, milliseconds. */
const FRESH_MS = 2000
const NOTHING: SshConfigValues = new Map()

/**
 * Evaluates ssh_config for hosts. `ssh -G` is the authority where `ssh` is installed; it is run once for all hosts to which the
 * same Host blocks apply, and not at all for a host to which none does.
 */
export class SshConfigReader {
  readonly #blocks = new Map<string, { readonly at: number; readonly blocks: readonly ConfigBlock[] }>()
  readonly #answers = new Map<string, Promise<SshConfigValues>>()
  readonly #processes = new Throttle(4)

  /**
   * @param file an ssh_config to read instead of the user's and the system's; `false`: none.
   * @throws {UsageError} when `file` does not exist or `ssh` finds a mistake in it.
   */
  async read(host: string, file?: string | false): Promise<SshConfigValues> {
    if (file === false) return NOTHING
    if (file !== undefined && !existsSync(file)) throw new UsageError(`the ssh_config file ${file} does not exist`)
    const blocks = this.#scan(file).filter(block => concerns(block, host))
    if (blocks.length === 0) return NOTHING
    const values = await this.#once(answerKey(blocks, host, file), () => evaluate(host, file))
    const set = new Map([...values].filter(([keyword]) => mentions(blocks, keyword)))
    return setsHostName(blocks) ? set : set.set('hostname', [host])
  }

  #scan(file: string | undefined): readonly ConfigBlock[] {
    const key = file ?? ''
    const known = this.#blocks.get(key)
    if (known && performance.now() - known.at < FRESH_MS) return known.blocks
    const blocks = (file === undefined ? defaultConfigFiles() : [file]).flatMap(each => scanSshConfig(each))
    this.#blocks.set(key, { at: performance.now(), blocks })
    return blocks
  }

  #once(key: string, work: () => Promise<SshConfigValues>): Promise<SshConfigValues> {
    const known = this.#answers.get(key)
    if (known) return known
    const answer = this.#processes.run(work)
    this.#answers.set(key, answer)
    answer.catch(() => this.#answers.delete(key))
    return answer
  }
}

function concerns(block: ConfigBlock, host: string): boolean {
  if (!block.lines.some(([keyword]) => RELEVANT.has(ALIASES[keyword] ?? keyword))) return false
  return block.patterns === 'match' || matchesPatterns(block.patterns, host)
}

/** `ssh -G` prints the defaults too: what no block sets is nobody's choice. */
function mentions(blocks: readonly ConfigBlock[], keyword: string): boolean {
  return blocks.some(block => block.lines.some(([written]) => (ALIASES[written] ?? written) === keyword))
}

function setsHostName(blocks: readonly ConfigBlock[]): boolean {
  return blocks.some(block => block.patterns === 'match' || block.lines.some(([keyword]) => keyword === 'hostname'))
}

/** Hosts under the same blocks share an answer, unless something in it depends on the host's own name. */
function answerKey(blocks: readonly ConfigBlock[], host: string, file: string | undefined): string {
  const own = blocks.some(
    block =>
      block.patterns === 'match' ||
      block.lines.some(
        ([keyword, argument]) =>
          keyword === 'canonicalizehostname' || (keyword === 'hostname' && argument.includes('%')),
      ),
  )
  return JSON.stringify([file, own ? host : '', blocks])
}

async function evaluate(host: string, file: string | undefined): Promise<SshConfigValues> {
  try {
    const { stdout } = await promisify(execFile)('ssh', [...(file === undefined ? [] : ['-F', file]), '-G', '--', host])
    return parseSshG(stdout)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return compute(host, file)
    const said =
      error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n')[0] : String(error)
    throw new UsageError(`ssh_config cannot be evaluated for ${host}: ${said}`)
  }
}

/** Parses the output of `ssh -G`: one lower-case keyword and its value per line. */
export function parseSshG(text: string): SshConfigValues {
  const values = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ')
    if (space > 0) append(values, line.slice(0, space).toLowerCase(), line.slice(space + 1))
  }
  return values
}

/** Without `ssh`: the ssh-config package. Of Match it knows `host` and `exec` only. */
function compute(host: string, file: string | undefined): SshConfigValues {
  const values = new Map<string, string[]>()
  for (const path of file === undefined ? defaultConfigFiles() : [file]) {
    if (!existsSync(path)) continue
    for (const [name, value] of Object.entries(SSHConfig.parse(readFileSync(path, 'utf8')).compute(host))) {
      const keyword = name.toLowerCase()
      if (values.has(keyword) && keyword !== 'identityfile') continue
      for (const each of Array.isArray(value) ? value : [value]) append(values, keyword, each)
    }
  }
  return values
}

function append(values: Map<string, string[]>, keyword: string, value: string): void {
  const known = values.get(keyword)
  if (known) known.push(value)
  else values.set(keyword, [value])
}
