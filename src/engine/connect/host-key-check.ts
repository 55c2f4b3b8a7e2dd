import { randomBytes } from 'node:crypto'
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Asker } from './ask.js'
import {
  fingerprint,
  type HostKeyVerdict,
  judgeHostKey,
  type KnownHost,
  keyTypeOf,
  knownHostsLine,
  lookupName,
  matchesHost,
  parseKnownHosts,
  preferredAlgorithms,
} from './known-hosts.js'
import { NeedsOpenSsh } from './needs-openssh.js'
import type { SshSettings } from './ssh-settings.js'

/** Checks one server's host key by known_hosts and StrictHostKeyChecking (ssh_config(5)). */
export class HostKeyCheck {
  /** Host key algorithms to ask for first. */
  readonly preferred: readonly string[]
  /** Why the key was refused. */
  refusal: string | undefined
  /** The key is not the known one and was let pass (`no`): as OpenSSH does, no password may be sent to such a server. */
  distrusted = false

  private constructor(
    private readonly host: string,
    private readonly settings: SshSettings,
    private readonly entries: readonly KnownHost[],
    private readonly asker: Asker,
  ) {
    this.preferred = preferredAlgorithms(entries, this.#names())
  }

  /** @throws {NeedsOpenSsh} when only a certificate could prove the host. */
  static async load(host: string, settings: SshSettings, asker: Asker): Promise<HostKeyCheck> {
    const texts = await Promise.all(
      settings.knownHostsFiles.map(async file => parseKnownHosts(await readIfThere(file), file)),
    )
    const check = new HostKeyCheck(host, settings, texts.flat(), asker)
    check.#refuseCertificates()
    return check
  }

  /** A host known by a certificate authority alone shows a certificate, which ssh2 cannot ask for. */
  #refuseCertificates(): void {
    const about = this.entries.filter(entry => this.#names().some(name => matchesHost(entry, name)))
    const authority = about.find(entry => entry.marker === 'cert-authority')
    if (!authority || about.some(entry => entry.marker === undefined)) return
    throw new NeedsOpenSsh(
      this.host,
      `the host key of ${this.#where()} is vouched for by the certificate authority in ${authority.file}:${authority.line}, and ssh2 checks no certificates`,
      'host-certificate',
    )
  }

  /** Whether to go on; when not, {@link HostKeyCheck.refusal} says why. */
  async accept(key: Buffer): Promise<boolean> {
    this.refusal = await this.#decide(this.#judge(key), key)
    return this.refusal === undefined
  }

  /** OpenSSH takes a host listed without its odd port for known when the key is the same. */
  #judge(key: Buffer): HostKeyVerdict {
    const verdict = judgeHostKey(this.entries, this.#names(), key)
    if (verdict.kind !== 'unknown' || this.settings.hostKeyAlias) return verdict
    const portless = judgeHostKey(this.entries, [this.settings.host], key)
    return portless.kind === 'ok' || portless.kind === 'revoked' ? portless : verdict
  }

  async #decide(verdict: HostKeyVerdict, key: Buffer): Promise<string | undefined> {
    const { strictHostKeyChecking: strict } = this.settings
    switch (verdict.kind) {
      case 'ok':
        return undefined
      case 'revoked':
        return `the host key of ${this.#where()} is revoked (${verdict.file}:${verdict.line})`
      case 'changed':
        this.distrusted = true
        return strict === 'no'
          ? undefined
          : `the host key of ${this.#where()} has CHANGED: known is ${verdict.oldType} ${verdict.oldFingerprint} (${verdict.file}:${verdict.line}), shown was ${keyTypeOf(key)} ${verdict.newFingerprint}; if the change is expected, remove that line, else somebody may be listening in`
      case 'unknown':
        return await this.#decideUnknown(key)
    }
  }

  async #decideUnknown(key: Buffer): Promise<string | undefined> {
    const { strictHostKeyChecking: strict } = this.settings
    const shown = `the host key of ${this.#where()} is not known (${keyTypeOf(key)} ${fingerprint(key)})`
    if (strict === 'yes') return `${shown} and strictHostKeyChecking is yes: add it to ${this.#file()}`
    if (strict === 'ask') {
      const answer = await this.asker.hostKey({
        kind: 'hostkey',
        key: `hostkey:${this.#names()[0]}:${fingerprint(key)}`,
        host: this.host,
        address: this.#where(),
        keyType: keyTypeOf(key),
        fingerprint: fingerprint(key),
      })
      if (answer === undefined) {
        return `${shown} and nobody is there to ask: add it to ${this.#file()} or set strictHostKeyChecking to accept-new`
      }
      if (!answer) return `${shown} and was declined`
    }
    await this.#remember(key)
    return undefined
  }

  /** One write of one line in append mode, so that many hosts (and other programs) can add theirs at once. */
  async #remember(key: Buffer): Promise<void> {
    const file = this.#file()
    const name = this.#names()[0] ?? this.settings.host
    const text = await readIfThere(file)
    const line = knownHostsLine(name, key, this.settings.hashKnownHosts ? { salt: randomBytes(20) } : undefined)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await appendFile(file, text !== '' && !text.endsWith('\n') ? `\n${line}` : line, { mode: 0o600 })
  }

  #file(): string {
    return this.settings.knownHostsFiles[0] ?? 'known_hosts'
  }

  #names(): string[] {
    const { hostKeyAlias, host, port } = this.settings
    return hostKeyAlias ? [hostKeyAlias] : [lookupName(host, port)]
  }

  #where(): string {
    const { host, port } = this.settings
    return `${host}:${port}`
  }
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    return ''
  }
}
