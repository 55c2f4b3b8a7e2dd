import { randomBytes } from 'node:crypto'
import type { ServerHostKeyAlgorithm } from 'ssh2'
import type { Asker } from '../ask.js'
import { NeedsOpenSsh } from '../needs-openssh.js'
import type { SshSettings } from '../ssh/ssh-settings.js'
import { addressText } from '../stream-address.js'
import type { TraceNote } from '../trace.js'
import { orderHostKeys } from './host-key-order.js'
import { entriesAbout, type HostKeyVerdict, judgeHostKey, listedName, otherNames } from './host-key-verdict.js'
import { fingerprint, type KnownHost, keyTypeOf, knownHostsLine } from './known-hosts.js'
import { appendKnownHost, readKnownHosts } from './known-hosts-file.js'
import type { NewHostKeys } from './new-host-keys.js'
import { type RevokedKey, readRevokedKeys } from './revoked-host-keys.js'

export interface HostKeyRequest {
  readonly host: string
  readonly settings: SshSettings
  readonly asker: Asker
  readonly newKeys: NewHostKeys
  /** Does work whose time is not the server's fault. */
  outside<T>(work: () => Promise<T>): Promise<T>
  note(note: TraceNote | string): void
}

/** Checks one server's host key by known_hosts, RevokedHostKeys and StrictHostKeyChecking (ssh_config(5)). */
export class HostKeyCheck {
  /** Why the key was refused. */
  refused: Error | undefined
  /**
   * The key is not the known one, or revoked, and was let pass (`no`): as OpenSSH does, no password may be sent to such a server, and no
   * agent be forwarded.
   */
  distrusted = false
  /** Those of the {@link HostKeyCheck.entries} that speak of this host: to find them in hashed names takes its time. */
  #own: readonly KnownHost[]

  private constructor(
    private readonly request: HostKeyRequest,
    private entries: readonly KnownHost[],
    private readonly revoked: readonly RevokedKey[],
  ) {
    this.#own = entriesAbout(entries, request.settings)
  }

  /** @throws {NeedsOpenSsh} when only a certificate could prove the host, or a list of revoked keys is binary. */
  static async load(request: HostKeyRequest): Promise<HostKeyCheck> {
    const { settings, host } = request
    const [entries, revoked] = await Promise.all([
      readKnownHosts(settings.knownHostsFiles),
      readRevokedKeys(settings.revokedHostKeys, host),
    ])
    const check = new HostKeyCheck(request, entries, revoked)
    if (!check.#own.some(entry => entry.marker === undefined)) check.#leaveToAuthority()
    return check
  }

  /** The host key algorithms to ask for, best first. */
  get algorithms(): readonly ServerHostKeyAlgorithm[] {
    const { algorithms, hostKeyOrderChosen } = this.request.settings
    const { serverHostKey } = algorithms
    return hostKeyOrderChosen ? serverHostKey : orderHostKeys(serverHostKey, this.#own, this.#name())
  }

  /** Whether to go on; when not, {@link HostKeyCheck.refused} says why. */
  async accept(key: Buffer): Promise<boolean> {
    try {
      await this.#decide(key)
    } catch (error) {
      this.refused = error instanceof Error ? error : new Error(String(error))
    }
    return this.refused === undefined
  }

  async #decide(key: Buffer): Promise<void> {
    const list = this.revoked.find(each => each.key.equals(key))
    if (list) {
      this.#note(key, 'refused', list)
      throw new Error(`the host key of ${this.#where()} is revoked (${list.file}:${list.line})`)
    }
    const verdict = this.#judge(key)
    if (verdict.kind !== 'unknown') return this.#follow(verdict, key)
    const { newKeys, outside, settings } = this.request
    // Off the clock: another host's question about the same name may be before this one.
    return await outside(() =>
      newKeys.inTurn(this.#name(), async () => {
        // Since the key exchange began somebody may have decided the same.
        this.entries = await readKnownHosts(settings.knownHostsFiles)
        this.#own = entriesAbout(this.entries, settings)
        const now = this.#judge(key)
        return now.kind === 'unknown' ? await this.#decideUnknown(key) : this.#follow(now, key)
      }),
    )
  }

  #judge(key: Buffer): HostKeyVerdict {
    const { settings } = this.request
    return judgeHostKey(this.#own, settings, key, settings.strictHostKeyChecking !== 'no')
  }

  #follow(verdict: Exclude<HostKeyVerdict, { kind: 'unknown' }>, key: Buffer): void {
    const { entry, kind } = verdict
    if (kind === 'changed') this.#leaveToAuthority()
    this.distrusted = kind !== 'ok'
    const strict = this.request.settings.strictHostKeyChecking !== 'no'
    this.#note(key, kind === 'ok' ? 'known' : strict ? 'refused' : 'distrusted', entry)
    if (kind === 'ok' || !strict) return
    const line = `${entry.file}:${entry.line}`
    if (kind === 'revoked') throw new Error(`the host key of ${this.#where()} is revoked (${line})`)
    throw new Error(
      `the host key of ${this.#where()} has CHANGED: known is ${entry.keyType} ${fingerprint(entry.key)} (${line}), shown was ${keyTypeOf(key)} ${fingerprint(key)}; if the change is expected, remove that line, else somebody may be listening in`,
    )
  }

  async #decideUnknown(key: Buffer): Promise<void> {
    this.#leaveToAuthority()
    const { strictHostKeyChecking: strict, newHostKeysFile: file } = this.request.settings
    const shown = `the host key of ${this.#where()} is not known (${keyTypeOf(key)} ${fingerprint(key)})`
    const refuse = (why: string) => {
      this.#note(key, 'refused')
      return new Error(`${shown} and ${why}`)
    }
    if (strict === 'yes') throw refuse(`strictHostKeyChecking is yes${file === undefined ? '' : `: add it to ${file}`}`)
    if (file === undefined) throw refuse('there is no known_hosts file of the user to add it to')
    if (strict === 'ask') {
      const answer = await this.#ask(key)
      if (answer === undefined)
        throw refuse(`nobody is there to ask: add it to ${file} or set strictHostKeyChecking to accept-new`)
      if (!answer) throw refuse('was declined')
    }
    await this.#remember(file, key)
  }

  #ask(key: Buffer): Promise<boolean | undefined> {
    const { host, settings, asker, newKeys } = this.request
    return newKeys.ask(asker, {
      kind: 'hostkey',
      key: `hostkey:${this.#name()}:${fingerprint(key)}`,
      host,
      hosts: [host],
      address: this.#where(),
      keyType: keyTypeOf(key),
      fingerprint: fingerprint(key),
      otherNames: otherNames(this.entries, settings, key),
    })
  }

  /** As with OpenSSH, a key that cannot be written down is taken all the same. */
  async #remember(file: string, key: Buffer): Promise<void> {
    const { hashKnownHosts } = this.request.settings
    const line = knownHostsLine(this.#name(), key, hashKnownHosts ? { salt: randomBytes(20) } : undefined)
    try {
      await appendKnownHost(file, line)
      this.#note(key, 'added', { file })
    } catch (error) {
      const why = error instanceof Error && 'code' in error ? error.code : error
      this.request.note(`the host key could not be added to ${file} (${why}); the connection goes on`)
    }
  }

  /** The host may have a certificate, which ssh2 cannot ask for. */
  #leaveToAuthority(): void {
    const authority = this.#own.find(entry => entry.marker === 'cert-authority')
    if (!authority) return
    const { file, line } = authority
    throw new NeedsOpenSsh(
      this.request.host,
      `the host key of ${this.#where()} is vouched for by the certificate authority in ${file}:${line}, and ssh2 checks no certificates`,
      'host-certificate',
    )
  }

  #note(
    key: Buffer,
    trust: Extract<TraceNote, { kind: 'host-key' }>['trust'],
    line: { readonly file?: string; readonly line?: number } = {},
  ): void {
    const place = {
      ...(line.file === undefined ? {} : { file: line.file }),
      ...(line.line === undefined ? {} : { line: line.line }),
    }
    this.request.note({ kind: 'host-key', type: keyTypeOf(key), fingerprint: fingerprint(key), trust, ...place })
  }

  #name(): string {
    return listedName(this.request.settings)
  }

  #where(): string {
    return addressText(this.request.settings)
  }
}
