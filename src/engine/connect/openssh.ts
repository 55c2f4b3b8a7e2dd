import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { UnreachableError } from '../errors.js'
import { SecretPrompt } from '../secret.js'
import type {
  Channel,
  Connection,
  Connector,
  Endpoint,
  ExecOptions,
  OpenContext,
  Phase,
  StreamAddress,
} from './connector.js'
import { fingerprint, parseKnownHosts } from './known-hosts.js'
import { MuxProxy } from './mux-proxy.js'
import { openProxy, type ProxySocket, terminateMaster } from './mux-socket.js'
import { SshMissing } from './needs-openssh.js'
import { type Askpass, listenForPrompts } from './openssh-askpass.js'
import { openSshConfig } from './openssh-config.js'
import { SshLog } from './openssh-log.js'
import { type Master, startMaster } from './openssh-master.js'
import { findSsh, type SshProgram } from './openssh-program.js'
import { SshPrompts } from './openssh-prompts.js'
import { masterEnd, sshRefusal } from './openssh-refusal.js'
import { PhaseClock } from './phase-clock.js'
import { SshConfigReader } from './ssh-config/reader.js'
import { asSecret } from './ssh-settings.js'
import { notValid, parseUserCertificate } from './user-certificate.js'

/** Default of `connectTimeout`, seconds. */
const CONNECT_S = 10
/** unix(7): a socket's path has 104 bytes at least; ssh binds under a name of 17 characters more, then renames. */
const LONGEST_FOLDER = 104 - '/ctl'.length - 18

/**
 * Connects by the system's `ssh`, for what npm ssh2 cannot do: certificates, security keys, GSSAPI, PKCS#11. One `ssh` per host
 * stays in the background as the master of the connection; commands go through its control socket.
 */
export class OpenSshConnector implements Connector {
  readonly name = 'openssh'
  readonly #config = new SshConfigReader()
  #program: Promise<SshProgram | undefined> | undefined

  async open(endpoint: Endpoint, context: OpenContext): Promise<Connection> {
    this.#program ??= findSsh()
    const program = await this.#program
    if (!program) {
      this.#program = undefined
      throw new SshMissing(endpoint.name)
    }
    const folder = await mkdtemp(join(shortTmp(), 'muster-'))
    try {
      return await new Opening(endpoint, context, program, folder, await this.#timeout(endpoint)).open()
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      if (error instanceof UnreachableError) throw error
      throw new UnreachableError(endpoint.name, error instanceof Error ? error.message : String(error), {
        cause: error,
      })
    }
  }

  /** Seconds until a connection that has not come up is given up. */
  async #timeout({ name, settings }: Endpoint): Promise<number> {
    if (settings.connectTimeout !== undefined) return settings.connectTimeout
    const configured = Number(
      (await this.#config.read({ host: name }, settings.sshConfigFile)).get('connecttimeout')?.[0],
    )
    return configured > 0 ? configured : CONNECT_S
  }
}

/** One attempt to bring up a master and to be let in. */
class Opening {
  readonly #clock: PhaseClock
  readonly #log: SshLog
  readonly #prompts: SshPrompts
  readonly #controlPath: string
  #phase: Phase | undefined

  constructor(
    private readonly endpoint: Endpoint,
    private readonly context: OpenContext,
    private readonly program: SshProgram,
    private readonly folder: string,
    timeout: number,
  ) {
    const { settings, name } = endpoint
    this.#controlPath = join(folder, 'ctl')
    this.#clock = new PhaseClock(1000 * timeout, settings.address ?? name)
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
    const { context } = this
    context.signal.throwIfAborted()
    this.#enter('resolving')
    const mute = muteness(this.program)
    if (mute) context.note(mute)
    const configFile = join(this.folder, 'config')
    await writeFile(configFile, this.#config(), { mode: 0o600 })
    return await context.turn(() => this.#connect(configFile))
  }

  async #connect(configFile: string): Promise<Connection> {
    const { context, endpoint } = this
    const askpass = await this.#listen()
    const master = await startMaster(endpoint.name, configFile, askpass?.env ?? {}, chunk => this.#log.push(chunk))
    try {
      const settled = await Promise.race([master.settled, this.#clock.expired, aborted(context.signal)])
      if (settled === 'failed') {
        await master.lastWords()
        throw new Error(await this.#refusal())
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
    this.context.phase(phase)
  }

  #config(): string {
    const { sshConfigFile } = this.endpoint.settings
    const includes =
      sshConfigFile === false
        ? []
        : sshConfigFile === undefined
          ? [join(homedir(), '.ssh/config'), '/etc/ssh/ssh_config']
          : [sshConfigFile]
    return openSshConfig({
      endpoint: this.endpoint,
      controlPath: this.#controlPath,
      batch: !this.program.asks,
      includes,
    })
  }

  async #listen(): Promise<Askpass | undefined> {
    if (!this.program.asks) return undefined
    return await listenForPrompts(
      this.folder,
      // The time that a person takes does not count.
      prompt => this.#clock.outside(() => this.#prompts.answer(prompt)),
      text => this.context.note(`ssh: ${text}`),
    )
  }

  async #connection(master: Master): Promise<Connection> {
    const proxy = await openProxy(this.#controlPath)
    const { user = this.endpoint.settings.user ?? userInfo().username } = this.#log
    return new OpenSshConnection(user, proxy, this.#controlPath, async () => {
      await master.lastWords()
      await rm(this.folder, { recursive: true, force: true })
      return masterEnd(this.#log.said)
    })
  }

  /** After what was said and asked: the sentence. */
  async #refusal(): Promise<string> {
    const said = this.#log.said.join('\n')
    this.#prompts.ended(/Permission denied/.test(said))
    if (said !== '') this.context.note({ kind: 'refusal', text: said })
    if (this.#log.hostKey && /Host key verification failed/.test(said))
      this.context.note({ kind: 'host-key', ...this.#log.hostKey, trust: 'refused' })
    const { certificateFile = [] } = this.endpoint.settings
    const certificates = typeof certificateFile === 'string' ? [certificateFile] : certificateFile
    const faults = new Map<string, string | undefined>()
    for (const { origin, type } of this.#log.offered)
      if (type.endsWith('-CERT')) faults.set(origin, await certificateFault([`${origin}-cert.pub`, ...certificates]))
    return sshRefusal(this.#log, {
      name: this.endpoint.name,
      unanswered: this.#prompts.unanswered,
      wrong: this.#prompts.wrong,
      mute: muteness(this.program),
      knownKey,
      certificateFault: file => faults.get(file),
    })
  }
}

class OpenSshConnection implements Connection {
  readonly ended: Promise<string>
  readonly #mux: MuxProxy
  #closing = false

  constructor(
    readonly user: string,
    private readonly proxy: ProxySocket,
    private readonly controlPath: string,
    tidy: () => Promise<string>,
  ) {
    this.#mux = new MuxProxy(message => proxy.send(message))
    proxy.onMessage = message => this.#mux.receive(message)
    this.ended = proxy.closed.then(async () => {
      const reason = await tidy()
      // Whoever holds the connection shall know that it is lost before its channels are heard to end.
      setImmediate(() => this.#mux.end())
      return this.#closing ? 'closed' : reason
    })
  }

  exec(command: string, options?: ExecOptions): Promise<Channel> {
    return this.#mux.exec(command, options)
  }

  dial(to: StreamAddress): Promise<Duplex> {
    return this.#mux.dial(to)
  }

  async close(): Promise<void> {
    this.#closing = true
    await terminateMaster(this.controlPath)
    this.proxy.destroy()
    await this.ended
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

/** The system's folder for temporary files, unless a socket in it would have too long a name. */
function shortTmp(): string {
  const folder = tmpdir()
  return Buffer.byteLength(join(folder, 'muster-XXXXXX')) <= LONGEST_FOLDER ? folder : '/tmp'
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('connecting was cancelled')), { once: true })
  })
}
