import { homedir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { UsageError } from '../errors.js'
import { Secret, SecretPrompt } from '../secret.js'
import type { ConnectSettings, Endpoint } from './connector.js'
import type { SshConfigReader, SshConfigValues } from './ssh-config.js'

/** Everything the ssh connector needs to know about one host, with nothing left open. */
export interface SshSettings {
  /** Address to connect to and to look up in known_hosts. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password?: Secret
  readonly identityFiles: readonly string[]
  /** The identity files were chosen, not the defaults: a missing one is worth a remark. */
  readonly identityFilesChosen: boolean
  readonly identitiesOnly: boolean
  readonly agent?: string
  /** User files first; new keys go into the first. */
  readonly knownHostsFiles: readonly string[]
  readonly strictHostKeyChecking: 'yes' | 'accept-new' | 'ask' | 'no'
  readonly hashKnownHosts: boolean
  readonly hostKeyAlias?: string
  /** Jump hosts in the order they are passed. */
  readonly jumps: readonly Endpoint[]
  readonly proxyCommand?: string
  /** Milliseconds. */
  readonly connectTimeout: number
}

const DEFAULT_KEYS = ['id_rsa', 'id_ecdsa', 'id_ed25519']

/**
 * Merges what the inventory says with ssh_config (below it) and OpenSSH's defaults (below both).
 * @throws {UsageError} when ssh_config cannot be evaluated or a value makes no sense.
 */
export async function sshSettings(endpoint: Endpoint, config: SshConfigReader): Promise<SshSettings> {
  const { settings, name } = endpoint
  const values = await config.read(name, settings.sshConfigFile)
  const first = (keyword: string) => meaningful(values.get(keyword)?.[0])
  const host = settings.address ?? first('hostname') ?? name
  const port = settings.port ?? Number(first('port') ?? 22)
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new UsageError(`${name}: ${port} is not a TCP port`)
  const user = settings.user ?? first('user') ?? userInfo().username
  const expand = (path: string) => expandPath(path, { host, name, port, user })
  const alias = settings.hostKeyAlias ?? first('hostkeyalias')
  const jump = settings.proxyJump ?? first('proxyjump')
  const proxyCommand = settings.proxyJump === undefined ? first('proxycommand') : undefined
  const agent = agentSocket(settings, first('identityagent'))
  const chosen = list(settings.identityFile) ?? identityFilesSet(values)
  return {
    host,
    port,
    user,
    ...(settings.password === undefined || settings.password instanceof SecretPrompt
      ? {}
      : { password: asSecret(settings.password, `password of ${user}`) }),
    identityFiles: (chosen ?? DEFAULT_KEYS.map(key => join('~/.ssh', key))).map(expand),
    identityFilesChosen: chosen !== undefined,
    identitiesOnly: settings.identitiesOnly ?? first('identitiesonly') === 'yes',
    ...(agent === undefined ? {} : { agent: expand(agent) }),
    knownHostsFiles: knownHostsFiles(settings, values).map(expand),
    strictHostKeyChecking: settings.strictHostKeyChecking ?? strictness(first('stricthostkeychecking')),
    hashKnownHosts: first('hashknownhosts') === 'yes',
    ...(alias === undefined ? {} : { hostKeyAlias: alias }),
    jumps: jump === undefined ? [] : parseJumps(jump, settings),
    ...(proxyCommand === undefined || jump !== undefined ? {} : { proxyCommand }),
    connectTimeout: 1000 * (settings.connectTimeout ?? Number(first('connecttimeout') ?? 10)),
  }
}

/**
 * Reads a ProxyJump value: `user@host:port`, comma-separated, also `ssh://` and `[v6]:port`.
 * A jump host is looked up in ssh_config by itself and takes keys and host key rules from the host behind it.
 */
export function parseJumps(value: string, behind: ConnectSettings): Endpoint[] {
  return value.split(',').map(each => {
    const found = each.trim().match(/^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/)
    const name = found?.[2] ?? found?.[3]
    if (!found || !name) throw new UsageError(`${JSON.stringify(each)} is not a jump host: write user@host:port`)
    const {
      address: _address,
      port: _port,
      user: _user,
      password: _password,
      proxyJump: _jump,
      hostKeyAlias: _alias,
      ...shared
    } = behind
    return {
      name,
      settings: {
        ...shared,
        ...(found[1] === undefined ? {} : { user: found[1] }),
        ...(found[4] === undefined ? {} : { port: Number(found[4]) }),
      },
    }
  })
}

export function asSecret(value: string | Secret, label: string): Secret {
  return typeof value === 'string' ? new Secret(value, label) : value
}

function agentSocket(settings: ConnectSettings, configured: string | undefined): string | undefined {
  if (settings.agent === false) return undefined
  const value = settings.agent ?? configured
  if (value !== undefined && value !== 'SSH_AUTH_SOCK') {
    return value.startsWith('$') ? process.env[value.slice(1).replace(/[{}]/g, '')] : value
  }
  return process.env.SSH_AUTH_SOCK
}

/** `ssh -G` lists the default keys when none is set: then they are nobody's choice. */
function identityFilesSet(values: SshConfigValues): readonly string[] | undefined {
  const files = values.get('identityfile')
  return files?.some(file => !/^~\/\.ssh\/id_(rsa|dsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss)$/.test(file))
    ? files
    : undefined
}

function knownHostsFiles(settings: ConnectSettings, values: SshConfigValues): string[] {
  const chosen = list(settings.knownHostsFile)
  if (chosen) return [...chosen]
  const configured = (keyword: string) =>
    values
      .get(keyword)
      ?.flatMap(value => value.split(/\s+/))
      .filter(file => file !== 'none')
  return [
    ...(configured('userknownhostsfile') ?? ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']),
    ...(configured('globalknownhostsfile') ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
  ]
}

/** `ssh -G` prints `yes` as `true`, `no` and its alias `off` as `false`. */
function strictness(value: string | undefined): SshSettings['strictHostKeyChecking'] {
  switch (value?.toLowerCase()) {
    case 'yes':
    case 'true':
      return 'yes'
    case 'accept-new':
      return 'accept-new'
    case 'no':
    case 'off':
    case 'false':
      return 'no'
    default:
      return 'ask'
  }
}

function meaningful(value: string | undefined): string | undefined {
  return value === undefined || value === 'none' || value === '' ? undefined : value
}

function list(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? [value] : value
}

/** Expands `~` and the tokens of ssh_config(5) that concern file names. */
function expandPath(path: string, of: { host: string; name: string; port: number; user: string }): string {
  const tokens: Record<string, string> = {
    '%': '%',
    d: homedir(),
    h: of.host,
    k: of.name,
    n: of.name,
    p: String(of.port),
    r: of.user,
    u: userInfo().username,
  }
  const expanded = path.replace(/%(.)/g, (whole, token: string) => tokens[token] ?? whole)
  return resolve(expanded.startsWith('~/') ? join(homedir(), expanded.slice(2)) : expanded)
}
