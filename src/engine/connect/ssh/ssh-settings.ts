import { resolve } from 'node:path'
import { UsageError } from '../../errors.js'
import { Secret, SecretPrompt } from '../../secret.js'
import { canonicalHost, splitAddress } from '../addresses.js'
import { isRoute } from '../connect-settings.js'
import type { ConnectSettings, Endpoint } from '../connector.js'
import { agentSocket, forwardedAgent } from '../keys/agent-socket.js'
import type { SshConfigValues } from '../ssh-config/evaluate.js'
import { expandTilde, localUser } from '../ssh-config/local-user.js'
import type { SshConfigReader } from '../ssh-config/reader.js'
import { connectionTokens, expandTokens, expandTokensAndVariables } from '../ssh-config/tokens.js'
import { parseJumps } from '../ways/jump-hosts.js'
import { type Algorithms, algorithmList, CIPHERS, HOST_KEYS, KEX, MACS } from './ssh-algorithms.js'
import { keywordBeyondSsh2 } from './ssh-beyond.js'

/** Everything the ssh connector needs to know about one host, with nothing left open. */
export interface SshSettings {
  /** Address to connect to and to look up in known_hosts. */
  readonly host: string
  readonly port: number
  readonly user: string
  /** Address families to resolve the name to. */
  readonly addressFamily: 'any' | 'inet' | 'inet6'
  /** Address of this machine to connect from. */
  readonly bindAddress?: string
  readonly password?: Secret
  readonly identityFiles: readonly string[]
  /** The identity files were chosen, not the defaults: a missing one is worth a remark. */
  readonly identityFilesChosen: boolean
  readonly identitiesOnly: boolean
  /** Certificates beside those that are named after a key file with `-cert.pub`. */
  readonly certificateFiles: readonly string[]
  /** Socket of the agent whose keys are offered. */
  readonly agent?: string
  /** Socket of the agent that commands on the host may use. */
  readonly forwardAgent?: string
  /** Authentication methods in the order to try them, as OpenSSH names them; others are not tried. */
  readonly preferredAuthentications: readonly string[]
  /** How often to ask for a password; 0 (also by `BatchMode yes`): nobody is asked. */
  readonly numberOfPasswordPrompts: number
  /** The user's files, then the system's. */
  readonly knownHostsFiles: readonly string[]
  /** The user's first one, where new keys go; absent: nowhere, so that no unknown host is let in. */
  readonly newHostKeysFile?: string
  /** A keyword that ssh_config sets and ssh2 cannot heed. */
  readonly keywordBeyondSsh2?: string
  /** Lists of keys that no host may show. */
  readonly revokedHostKeys: readonly string[]
  readonly strictHostKeyChecking: 'yes' | 'accept-new' | 'ask' | 'no'
  readonly hashKnownHosts: boolean
  readonly hostKeyAlias?: string
  readonly algorithms: Algorithms
  /** The host key algorithms stand in an order of the person's own, which known keys do not change. */
  readonly hostKeyOrderChosen: boolean
  /** Jump hosts in the order they are passed; empty with a proxyCommand. */
  readonly jumps: readonly Endpoint[]
  /** Command whose stdin and stdout are the connection, its tokens not yet replaced. */
  readonly proxyCommand?: string
  /** The proxyCommand hands over a connected socket instead (ProxyUseFdpass). */
  readonly proxyPassesSocket: boolean
  /** Milliseconds. */
  readonly connectTimeout: number
  /** How often connecting is tried, a second apart; at least 1. */
  readonly connectionAttempts: number
  /** Milliseconds of silence after which the host is asked whether it is there; 0: never. */
  readonly serverAliveInterval: number
  /** How many of these questions may stay without an answer before the link is lost. */
  readonly serverAliveCountMax: number
}

const DEFAULT_KEYS = ['~/.ssh/id_rsa', '~/.ssh/id_ecdsa', '~/.ssh/id_ed25519']
/** ssh_config(5), PreferredAuthentications. */
const METHODS = ['gssapi-with-mic', 'hostbased', 'publickey', 'keyboard-interactive', 'password']
/** The keyword that switches a method off, where ssh2 knows the method. */
const SWITCHES: Readonly<Record<string, string>> = {
  publickey: 'pubkeyauthentication',
  'keyboard-interactive': 'kbdinteractiveauthentication',
  password: 'passwordauthentication',
}
/** A link that says nothing for three of these is lost, seconds. OpenSSH asks never; a session of days must know. */
const KEEPALIVE = 5

/**
 * Merges what the inventory says with ssh_config (below it) and OpenSSH's defaults (below both).
 * @throws {UsageError} when ssh_config cannot be evaluated or a value makes no sense.
 */
export async function sshSettings(endpoint: Endpoint, config: SshConfigReader): Promise<SshSettings> {
  const { settings, name } = endpoint
  const given = settings.address === undefined ? undefined : splitAddress(settings.address)
  const givenPort = settings.port ?? given?.port
  const values = await config.read(
    {
      host: name,
      ...(settings.user === undefined ? {} : { user: settings.user }),
      ...(givenPort === undefined ? {} : { port: givenPort }),
      ...(given === undefined ? {} : { hostName: given.host }),
    },
    settings.sshConfigFile,
  )
  const first = (keyword: string) => meaningful(values.get(keyword)?.[0])
  const number = (keyword: string, otherwise: number) => wholeNumber(first(keyword) ?? otherwise, name, keyword)
  const host = canonicalHost(given?.host ?? expandTokens(first('hostname') ?? name, { h: name }, `${name}: HostName`))
  const port = givenPort ?? number('port', 22)
  if (port < 1 || port > 65535) throw new UsageError(`${name}: ${port} is not a TCP port`)
  const local = localUser()
  const user = settings.user ?? first('user') ?? local.name
  const alias = (settings.hostKeyAlias ?? first('hostkeyalias'))?.toLowerCase()
  const way = route(settings, first)
  const jump = way.jump?.replace(/^.*,/s, '') ?? ''
  const tokens = connectionTokens({ host, name, port, user, keyAlias: alias ?? name, jump }, local)
  const path = (written: string, keyword: string) =>
    resolve(expandTokensAndVariables(expandTilde(written, local.home), tokens, `${name}: ${keyword}`))
  const expand = (keyword: string) => (written: string) => path(written, keyword)
  const bindAddress = settings.bindAddress ?? first('bindaddress')
  const agent = agentSocket(settings, values.get('identityagent')?.[0])
  const forwardAgent = forwardedAgent(settings, first('forwardagent'), agent)
  const chosen = list(settings.identityFile) ?? values.get('identityfile')
  const beyond = keywordBeyondSsh2(values)
  return {
    host,
    port,
    user,
    addressFamily: settings.addressFamily ?? addressFamily(first('addressfamily')),
    ...(bindAddress === undefined ? {} : { bindAddress }),
    ...(settings.password === undefined || settings.password instanceof SecretPrompt
      ? {}
      : { password: asSecret(settings.password, `password of ${user}`) }),
    identityFiles: (chosen ?? DEFAULT_KEYS).filter(isPath).map(expand('IdentityFile')),
    identityFilesChosen: chosen !== undefined,
    identitiesOnly: settings.identitiesOnly ?? first('identitiesonly') === 'yes',
    certificateFiles: (list(settings.certificateFile) ?? values.get('certificatefile') ?? [])
      .filter(isPath)
      .map(expand('CertificateFile')),
    ...(agent === undefined ? {} : { agent: path(agent, 'IdentityAgent') }),
    ...(forwardAgent === undefined ? {} : { forwardAgent: path(forwardAgent, 'ForwardAgent') }),
    preferredAuthentications: methods(settings, values),
    numberOfPasswordPrompts:
      settings.numberOfPasswordPrompts ?? (first('batchmode') === 'yes' ? 0 : number('numberofpasswordprompts', 3)),
    ...knownHosts(settings, values, expand, local.home),
    ...(beyond === undefined ? {} : { keywordBeyondSsh2: beyond }),
    strictHostKeyChecking: settings.strictHostKeyChecking ?? strictness(first('stricthostkeychecking')),
    hashKnownHosts: settings.hashKnownHosts ?? first('hashknownhosts') === 'yes',
    ...(alias === undefined ? {} : { hostKeyAlias: alias }),
    ...algorithms(settings, first, name),
    jumps: way.jump === undefined ? [] : parseJumps(expandTokens(way.jump, tokens, `${name}: ProxyJump`), endpoint),
    ...(way.command === undefined ? {} : { proxyCommand: way.command }),
    proxyPassesSocket: first('proxyusefdpass') === 'yes',
    connectTimeout: 1000 * (settings.connectTimeout ?? number('connecttimeout', 10)),
    connectionAttempts: settings.connectionAttempts ?? Math.max(1, number('connectionattempts', 1)),
    serverAliveInterval: 1000 * (settings.serverAliveInterval ?? number('serveraliveinterval', KEEPALIVE)),
    serverAliveCountMax: settings.serverAliveCountMax ?? Math.max(1, number('serveralivecountmax', 3)),
  }
}

export function asSecret(value: string | Secret, label: string): Secret {
  return typeof value === 'string' ? new Secret(value, label) : value
}

/** The inventory's way to the host, whichever of the two it is, beats both of ssh_config. */
function route(
  settings: ConnectSettings,
  configured: (keyword: string) => string | undefined,
): { readonly jump?: string; readonly command?: string } {
  const own = settings.proxyJump !== undefined || settings.proxyCommand !== undefined
  const jump = own ? settings.proxyJump : configured('proxyjump')
  const command = own ? settings.proxyCommand : configured('proxycommand')
  if (isRoute(jump)) return { jump }
  return isRoute(command) ? { command } : {}
}

function algorithms(
  settings: ConnectSettings,
  configured: (keyword: string) => string | undefined,
  name: string,
): Pick<SshSettings, 'algorithms' | 'hostKeyOrderChosen'> {
  const hostKeys = settings.hostKeyAlgorithms ?? configured('hostkeyalgorithms')
  return {
    algorithms: {
      kex: algorithmList(settings.kexAlgorithms ?? configured('kexalgorithms'), KEX, `${name}: kexAlgorithms`),
      serverHostKey: algorithmList(hostKeys, HOST_KEYS, `${name}: hostKeyAlgorithms`),
      cipher: algorithmList(settings.ciphers ?? configured('ciphers'), CIPHERS, `${name}: ciphers`),
      mac: algorithmList(settings.macs ?? configured('macs'), MACS, `${name}: macs`),
    },
    hostKeyOrderChosen: hostKeys !== undefined && !/^[-+]/.test(String(hostKeys)),
  }
}

function methods(settings: ConnectSettings, values: SshConfigValues): readonly string[] {
  const preferred = settings.preferredAuthentications ?? values.get('preferredauthentications')?.[0] ?? METHODS
  return String(preferred)
    .split(',')
    .map(method => method.trim())
    .filter(method => values.get(SWITCHES[method] ?? '')?.[0] !== 'no')
}

function knownHosts(
  settings: ConnectSettings,
  values: SshConfigValues,
  expand: (keyword: string) => (path: string) => string,
  home: string,
): Pick<SshSettings, 'knownHostsFiles' | 'newHostKeysFile' | 'revokedHostKeys'> {
  const chosen = list(settings.knownHostsFile)
  const user = chosen ?? values.get('userknownhostsfile') ?? ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']
  const system = values.get('globalknownhostsfile') ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']
  const userFiles = user.filter(isPath).map(expand('UserKnownHostsFile'))
  // ssh_config(5), TOKENS: GlobalKnownHostsFile takes none.
  const systemFiles = (chosen ? [] : system).filter(isPath).map(file => resolve(expandTilde(file, home)))
  return {
    knownHostsFiles: [...userFiles, ...systemFiles],
    ...(userFiles[0] === undefined ? {} : { newHostKeysFile: userFiles[0] }),
    revokedHostKeys: (values.get('revokedhostkeys') ?? []).filter(isPath).map(expand('RevokedHostKeys')),
  }
}

function strictness(value: string | undefined): SshSettings['strictHostKeyChecking'] {
  return value === 'yes' || value === 'no' || value === 'accept-new' ? value : 'ask'
}

function addressFamily(value: string | undefined): SshSettings['addressFamily'] {
  return value === 'inet' || value === 'inet6' ? value : 'any'
}

function wholeNumber(value: string | number, name: string, keyword: string): number {
  const number = Number(value)
  if (!Number.isInteger(number) || number < 0)
    throw new UsageError(`${name}: ssh_config sets ${keyword} to ${value}, which is no whole number`)
  return number
}

function meaningful(value: string | undefined): string | undefined {
  return value === undefined || value === 'none' || value === '' ? undefined : value
}

/** `none` stands for no file at all. */
function isPath(path: string): boolean {
  return path.toLowerCase() !== 'none'
}

function list(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? [value] : value
}
