import { canonicalHost } from '../addresses.js'
import { matchesPatterns } from '../wildcard.js'
import { accumulates, readLine } from './keywords.js'
import type { ConfigLine } from './lines.js'
import { expandTilde, type LocalUser } from './local-user.js'
import { judgeMatch } from './match.js'
import { connectionTokens, expandTokens, expandTokensAndVariables } from './tokens.js'

/** Settings of one host by ssh_config: keyword in lower case → its values in order, tokens and `~` as they stand. */
export type SshConfigValues = ReadonlyMap<string, readonly string[]>

/** What `ssh` would be told on its command line. */
export interface ConfigQuestion {
  readonly host: string
  readonly user?: string
  readonly port?: number
  /** `-o HostName`: the address that the inventory gives. */
  readonly hostName?: string
}

/** Where an evaluation starts and what it may look at. */
export interface ConfigWorld {
  readonly roots: readonly ConfigRoot[]
  readonly local: LocalUser
  /** The lines of a file; nothing for one that is not there. @throws when it cannot be read. */
  lines(file: string): readonly ConfigLine[]
  /** The files that a path with wildcards stands for, in order. */
  glob(path: string): readonly string[]
  /** Whether a Match exec command succeeds; `undefined`: it is not run, and only ssh can say. */
  exec(command: string): boolean | undefined
}

export interface ConfigRoot {
  readonly file: string
  /** The user's own: what it includes lies in `~/.ssh`. The system's: in `/etc/ssh`. */
  readonly ofUser: boolean
}

/** readconf.c, READCONF_MAX_DEPTH. */
const DEEPEST_INCLUDE = 16
/** What a block's lines do. */
type Active = boolean | 'unsure'

/** Walks through configuration files for one host; the first value of a keyword wins (ssh_config(5)). */
export class Evaluation {
  /** What is wrong in the files, with file and line, in ssh's words. */
  readonly problems: string[] = []
  /** A Match condition that only ssh can judge stood before something it may have changed. */
  unsure = false
  readonly #values = new Map<string, string[]>()
  #wantsFinal = false
  #final: string | undefined

  constructor(
    private readonly question: ConfigQuestion,
    private readonly world: ConfigWorld,
  ) {
    this.#pass()
  }

  get values(): SshConfigValues {
    return this.#values
  }

  /** Host names are to be looked up, after which all is read again. */
  get canonicalizes(): boolean {
    return (this.#first('canonicalizehostname') ?? 'no') !== 'no'
  }

  /** The name to connect to, as far as it is known. */
  get host(): string {
    return this.#final ?? hostNameOf(this.#first('hostname'), this.question)
  }

  /** Reads all again for the final host name, if a block asks for it or the name was looked up. */
  finish(name = this.host): void {
    if (!this.#wantsFinal && !this.canonicalizes) return
    this.#final = canonicalHost(name)
    this.#pass()
  }

  #pass(): void {
    for (const { file, ofUser } of this.world.roots) this.#file(file, ofUser, true, 0)
  }

  #file(file: string, ofUser: boolean, within: Active, depth: number): void {
    let active = within
    for (const line of this.#lines(file)) {
      if (line.problem !== undefined) this.#problem(line, line.problem)
      else if (line.keyword === 'host') active = both(within, this.#judgeHost(line))
      else if (line.keyword === 'match') active = both(within, this.#judgeMatch(line))
      else if (line.keyword === 'include') this.#include(line, ofUser, active, depth)
      else this.#set(line, active)
    }
  }

  #lines(file: string): readonly ConfigLine[] {
    try {
      return this.world.lines(file)
    } catch (error) {
      this.problems.push(
        `Can't open user config file ${file}: ${error instanceof Error ? error.message : String(error)}`,
      )
      return []
    }
  }

  #judgeHost(line: ConfigLine): boolean {
    if (line.words.includes('')) this.#problem(line, 'keyword host empty argument')
    return matchesPatterns(line.words, this.#final ?? this.question.host)
  }

  #judgeMatch(line: ConfigLine): Active {
    const { host: originalHost } = this.question
    const { world } = this
    const verdict = judgeMatch(line.words, {
      host: this.host,
      originalHost,
      user: this.#user(),
      localUser: world.local.name,
      tag: this.#first('tag') ?? '',
      final: this.#final !== undefined,
      exec: command => world.exec(expandTokens(command, this.#tokens(), `${line.file} line ${line.line}: Match exec`)),
    })
    if ('problem' in verdict) {
      this.#problem(line, `${verdict.problem}; Bad Match condition`)
      return false
    }
    if (verdict.wantsFinal) this.#wantsFinal = true
    return verdict.applies
  }

  #include(line: ConfigLine, ofUser: boolean, active: Active, depth: number): void {
    if (depth >= DEEPEST_INCLUDE) {
      this.problems.push('Too many recursive configuration includes')
      return
    }
    const { home } = this.world.local
    for (const word of line.words) {
      const path = expandTokensAndVariables(word, this.#tokens(), `${line.file} line ${line.line}: Include`)
      if (path.startsWith('~') && !ofUser) {
        this.#problem(line, `bad include path ${path}.`)
        continue
      }
      const anchored = /^[/~]/.test(path) ? expandTilde(path, home) : `${ofUser ? `${home}/.ssh` : '/etc/ssh'}/${path}`
      for (const file of this.world.glob(anchored)) this.#file(file, ofUser, active, depth + 1)
    }
  }

  #set(line: ConfigLine, active: Active): void {
    const reading = readLine(line, keyword =>
      matchesPatterns((this.#first('ignoreunknown') ?? '').toLowerCase().split(','), keyword),
    )
    if (reading === 'of no use') return
    if ('problem' in reading) this.#problem(line, reading.problem)
    else if (active === 'unsure') this.unsure = true
    else if (active) this.#take(reading.keyword, reading.values)
  }

  #take(keyword: string, values: readonly string[]): void {
    const { user, port, hostName } = this.question
    if (keyword === 'user' && user !== undefined) return
    if (keyword === 'port' && port !== undefined) return
    if (keyword === 'hostname' && (hostName !== undefined || this.#final !== undefined)) return
    // Of ProxyJump and ProxyCommand, the one that stands first counts.
    if (keyword === 'proxycommand' && this.#values.has('proxyjump')) return
    if (keyword === 'proxyjump' && this.#values.has('proxycommand')) return
    const known = this.#values.get(keyword)
    // OpenSSH keeps whether and which agent apart: a later path says which.
    const says = keyword === 'forwardagent' && known?.[0] === 'yes' && !['yes', 'no'].includes(values[0] ?? '')
    if (known === undefined || says) this.#values.set(keyword, [...values])
    else if (accumulates(keyword)) known.push(...values.filter(value => !known.includes(value)))
  }

  #tokens() {
    const host = this.host
    const keyAlias = this.#first('hostkeyalias') ?? host
    const port = this.question.port ?? Number(this.#first('port') ?? 22)
    const jump = this.#first('proxyjump')?.replace(/^.*,/s, '') ?? ''
    const connecting = { host, name: this.question.host, port, user: this.#user(), keyAlias, jump }
    return connectionTokens(connecting, this.world.local)
  }

  #user(): string {
    return this.question.user ?? this.#first('user') ?? this.world.local.name
  }

  #first(keyword: string): string | undefined {
    return this.#values.get(keyword)?.[0]
  }

  #problem({ file, line }: ConfigLine, problem: string): void {
    this.problems.push(`${file} line ${line}: ${problem}`)
  }
}

/** The name to connect to, by a HostName as written. */
export function hostNameOf(written: string | undefined, { host, hostName }: ConfigQuestion): string {
  return hostName ?? (written === undefined ? host : expandTokens(written, { h: host }, `${host}: HostName`))
}

function both(one: Active, other: Active): Active {
  if (one === false || other === false) return false
  return one === 'unsure' || other === 'unsure' ? 'unsure' : true
}
