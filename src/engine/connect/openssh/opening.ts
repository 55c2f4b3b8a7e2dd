import { readFileSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { SecretPrompt } from '../../secret.js'
import type { Connection, Endpoint, OpenContext, Phase } from '../connector.js'
import { fingerprint, parseKnownHosts } from '../host-keys/known-hosts.js'
import { notValid, parseUserCertificate } from '../keys/user-certificate.js'
import { TurnedAway } from '../link/turned-away.js'
import { PhaseClock } from '../phase-clock.js'
import { asSecret } from '../ssh/ssh-settings.js'
import { type Askpass, listenForPrompts } from './askpass.js'
import { openSshConfig } from './config.js'
import { OpenSshConnection } from './connection.js'
import { SshLog } from './log.js'
import { type Master, startMaster } from './master.js'
import { openProxy } from './mux/socket.js'
import type { SshProgram } from './program.js'
import { SshPrompts } from './prompts.js'
import { masterEnd, sshRefusal } from './refusal.js'

/** Name of the master's control socket in its folder. */
export const CONTROL = 'ctl'

export interface OpenSshOpeningParts {
  readonly endpoint: Endpoint
  readonly context: OpenContext
  readonly program: SshProgram
  /** A private folder for sockets and the configuration; it is removed with the connection. */
  readonly folder: string
  /** What else ssh_config says that muster must know. */
  readonly configured: {
    /** Seconds until a connection that has not come up is given up. */
    readonly timeout: number
    readonly forwardsAgent: boolean
  }
}

/** One attempt to bring up a master and to be let in. */
export class OpenSshOpening {
  readonly #clock: PhaseClock
  readonly #log: SshLog
  readonly #prompts: SshPrompts
  readonly #controlPath: string
  #phase: Phase | undefined

  constructor(private readonly parts: OpenSshOpeningParts) {
    const { endpoint, context, configured, folder } = parts
    const { settings, name } = endpoint
    this.#controlPath = join(folder, CONTROL)
    this.#clock = new PhaseClock(1000 * configured.timeout, settings.address ?? name)
    this.#log = new SshLog({
      phase: phase => this.#enter(phase),
      passed: () => {
        context.note('a jump host has let us in')
        this.#prompts.accepted()
      },
      note: note => context.note(note),
    })
    const { password } = settings
    const given =
      password === undefined || password instanceof SecretPrompt
        ? undefined
        : asSecret(password, `password of ${settings.user ?? name}`)
    this.#prompts = new SshPrompts({
      host: name,
      // What the inventory says is this host's; a jump host that asks is asked about.
      password: () => (this.#log.hops === 0 ? given : undefined),
      asker: context.asker,
      credentials: context.credentials,
    })
  }

  async open(): Promise<Connection> {
    const { context, folder, program } = this.parts
    context.signal.throwIfAborted()
    this.#enter('resolving')
    const mute = muteness(program)
    if (mute) context.note(mute)
    const configFile = join(folder, 'config')
    await writeFile(configFile, this.#config(), { mode: 0o600 })
    return await context.turn(() => this.#connect(configFile))
  }

  async #connect(configFile: string): Promise<Connection> {
    const { context, endpoint } = this.parts
    const askpass = await this.#listen()
    const master = await startMaster(endpoint.name, configFile, askpass?.env ?? {}, chunk => this.#log.push(chunk))
    try {
      const settled = await Promise.race([master.settled, this.#clock.expired, aborted(context.signal)])
      if (settled === 'failed') {
        await master.lastWords()
        throw await this.#refusal()
      }
      this.#prompts.accepted()
      return await this.#connection(master)
    } catch (error) {
      master.kill()
      this.#prompts.ended(false)
      throw error
    } finally {
      this.#clock.stop()
      askpass?.close()
    }
  }

  #enter(phase: Phase): void {
    if (phase === this.#phase) return
    this.#phase = phase
    this.#clock.enter(phase)
    this.parts.context.phase(phase)
  }

  #config(): string {
    const { sshConfigFile } = this.parts.endpoint.settings
    const includes =
      sshConfigFile === false
        ? []
        : sshConfigFile === undefined
          ? [join(homedir(), '.ssh/config'), '/etc/ssh/ssh_config']
          : [sshConfigFile]
    return openSshConfig({
      endpoint: this.parts.endpoint,
      controlPath: this.#controlPath,
      batch: !this.parts.program.asks,
      includes,
    })
  }

  async #listen(): Promise<Askpass | undefined> {
    if (!this.parts.program.asks) return undefined
    return await listenForPrompts(
      this.parts.folder,
      // The time that a person takes does not count.
      prompt => this.#clock.outside(() => this.#prompts.answer(prompt)),
      text => this.parts.context.note(`ssh: ${text}`),
    )
  }

  async #connection(master: Master): Promise<Connection> {
    const proxy = await openProxy(this.#controlPath)
    const { folder, configured, context } = this.parts
    return new OpenSshConnection({
      user: this.#log.user ?? this.parts.endpoint.settings.user ?? userInfo().username,
      proxy,
      controlPath: this.#controlPath,
      folder,
      forwardsAgent: configured.forwardsAgent,
      note: text => context.note(text),
      tidy: async () => {
        await master.lastWords()
        await rm(folder, { recursive: true, force: true })
        return masterEnd(this.#log.said)
      },
    })
  }

  /** After what was said and asked: the sentence. */
  async #refusal(): Promise<Error> {
    const said = this.#log.said.join('\n')
    this.#prompts.ended(/Permission denied/.test(said))
    if (said !== '') this.parts.context.note({ kind: 'refusal', text: said })
    if (this.#log.hostKey && /Host key verification failed/.test(said))
      this.parts.context.note({ kind: 'host-key', ...this.#log.hostKey, trust: 'refused' })
    const { certificateFile = [] } = this.parts.endpoint.settings
    const certificates = typeof certificateFile === 'string' ? [certificateFile] : certificateFile
    const faults = new Map<string, string | undefined>()
    for (const { origin, type } of this.#log.offered)
      if (type.endsWith('-CERT')) faults.set(origin, await certificateFault([`${origin}-cert.pub`, ...certificates]))
    const sentence = sshRefusal(this.#log, {
      name: this.parts.endpoint.name,
      unanswered: this.#prompts.unanswered,
      wrong: this.#prompts.wrong,
      mute: muteness(this.parts.program),
      knownKey,
      certificateFault: file => faults.get(file),
    })
    const wordless = /^kex_exchange_identification: .*(?:closed|reset)/m.test(said)
    if (!wordless) return new Error(sentence)
    return new TurnedAway(sentence, /^kex_exchange_identification: banner line \d+: (.*)$/m.exec(said)?.[1] ?? '')
  }
}

function muteness({ asks, version }: SshProgram): string | undefined {
  return asks ? undefined : `this ssh asks nothing: OpenSSH ${version} cannot pass its questions on, 8.4 and later can`
}

/** The key on a line of known_hosts. */
function knownKey(file: string, line: number): string | undefined {
  try {
    const entry = parseKnownHosts(readFileSync(file, 'utf8'), file).find(each => each.line === line)
    return entry && `${entry.keyType} ${fingerprint(entry.key)}`
  } catch {
    return undefined
  }
}

/** What is wrong with the times of the first of these certificates that is out of its own; a server that refuses one does not say. */
async function certificateFault(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const certificate = await readFile(file, 'utf8').then(parseUserCertificate, () => undefined)
    const fault = certificate && notValid(certificate, new Date())
    if (fault !== undefined) return fault
  }
  return undefined
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const give = () => reject(new Error('connecting was cancelled'))
    if (signal.aborted) give()
    else signal.addEventListener('abort', give, { once: true })
  })
}
